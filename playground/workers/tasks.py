"""The Celery tasks: serve a service's queue. Ids in, nothing out, safe to run twice."""

from celery import shared_task

from ..bootstrap import KILLABLE_QUEUE, SERVE_QUEUE, runtime
from ..messaging import consumer as delivery
from ..rush.service import run_rush
from ..twin.service import run_twin
from . import killable as killable_workers


@shared_task(name="playground.serve", queue=SERVE_QUEUE, ignore_result=True)
def serve(playground: str, service: str) -> None:
    delivery.serve(runtime(), playground, service)


@shared_task(name="playground.serve_killable", queue=KILLABLE_QUEUE, ignore_result=True)
def serve_killable(playground: str, service: str) -> None:
    """In a process that the kill fault may really kill."""
    delivery.serve(runtime(), playground, service, killable=True)


@shared_task(name="playground.rush", queue=SERVE_QUEUE, ignore_result=True)
def rush(playground: str) -> None:
    """The customers of this playground's rush."""
    run_rush(playground)


@shared_task(name="playground.twin", queue=SERVE_QUEUE, ignore_result=True)
def twin(playground: str) -> None:
    """The customers of both sides of this playground's twin."""
    run_twin(playground)


@shared_task(name="playground.work_and_die", queue=KILLABLE_QUEUE, ignore_result=True)
def work_and_die(work_s: float) -> None:
    """What becomes of a call whose callee is killed: work, and no answer."""
    killable_workers.work_and_die(work_s)
