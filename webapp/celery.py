"""The Celery app: the engine that runs the company's consumers."""

import os

from celery import Celery
from celery.signals import worker_init

from .orphan import leave_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")

app = Celery("inflight")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["playground.workers"])


@app.on_after_finalize.connect
def add_caretaker(sender: Celery, **_: object) -> None:
    """Let every worker say that it lives, and sweep."""
    from playground.workers.caretaker import Caretaker  # needs Django's apps

    sender.steps["worker"].add(Caretaker)


@worker_init.connect
def leave_with_supervisor(**_: object) -> None:
    leave_with_parent()
