"""What runs in the Celery workers: the tasks, and the caretaker thread beside them."""
