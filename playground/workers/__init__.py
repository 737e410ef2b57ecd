"""The Celery workers: their tasks, and a caretaker thread."""
