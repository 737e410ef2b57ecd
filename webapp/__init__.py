"""The Django project: settings, servers, and the one command that starts them all."""

from .celery import app as celery_app

__all__ = ["celery_app"]
