"""The taught system: a food-delivery shop in plain Python.

Nothing here knows of Django, Celery, Redis or Channels. Learners read this
code in the lessons, so it is written as teaching text.

Read `topology.py` first: the services, and which of them call or text each other.
"""
