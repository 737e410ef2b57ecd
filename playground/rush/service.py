"""The rush of a playground: started and stopped by its owner, run in a worker."""

import asyncio
from dataclasses import asdict
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import close_old_connections

from ..bootstrap import SERVE_QUEUE, redis_client, runtime
from ..flow.meter import percentiles
from ..models import AccessToken, Playground
from ..storage import playgrounds
from .customers import rush
from .plan import Progress, Rushes, RushPlan, finished, new_run


def start(playground: Playground, action: str, rate: int, seconds: int) -> dict[str, Any]:
    """Raises AlreadyRushing, ServerIsFull."""
    plan = RushPlan(action, rate, seconds, new_run())
    rushes().begin(playground.id, plan, runtime().clock.now())
    _send(playground.id)
    return shown(playground) or {}


def _send(playground_id: str) -> None:
    current_app.send_task("playground.rush", (playground_id,), queue=SERVE_QUEUE, expires=30)


def stop(playground: Playground) -> None:
    rushes().stop(playground.id)


def shown(playground: Playground) -> dict[str, Any] | None:
    """Plan, progress, and how long the work for the customers took; None without a rush."""
    found = rushes().read(playground.id)
    if found is None:
        return None
    plan, progress = found
    done = finished(playground.id, plan, rushes().sent(playground.id))
    told = {"finished": done.count, "completion_ms": percentiles(done.took_ms)}
    return {**asdict(plan), **asdict(progress), **told}


def run_rush(playground_id: str) -> None:
    """In a worker: carry the plan out. A rush that was begun twice is run once."""
    book = rushes()
    found = book.read(playground_id)
    playground = Playground.objects.filter(id=playground_id).first()
    if found is None or playground is None or found[1].state != "waiting":
        return
    token = playgrounds.issue_token(playground)
    headers = {"Authorization": f"Bearer {token}"}
    if settings.IS_TLS:
        headers["X-Forwarded-Proto"] = "https"  # we come by the back door
    close_old_connections()
    try:
        asyncio.run(
            rush(
                found[0], settings.INTERNAL_URL, headers,
                lambda progress: book.tell(playground_id, progress),
                lambda: book.is_stopped(playground_id),
                lambda subject, at: book.note_sent(playground_id, subject, at),
            )
        )  # fmt: skip
    except Exception as trouble:
        book.tell(playground_id, Progress(state="failed", reason=type(trouble).__name__))
        raise
    finally:
        AccessToken.objects.filter(hash=playgrounds.hash_of(token)).delete()


def rushes() -> Rushes:
    return Rushes(redis_client())
