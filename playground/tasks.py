"""The one Celery task: serve a service's queue. Ids in, nothing out, safe to run twice."""

from celery import shared_task

from .bootstrap import runtime
from .delivery import serve as delivery


@shared_task(name="playground.serve", queue="serve", ignore_result=True)
def serve(playground: str, service: str) -> None:
    delivery.serve(runtime(), playground, service)
