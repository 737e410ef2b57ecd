"""The rush of a playground: its owner starts and stops it, a worker runs it."""

import asyncio
from dataclasses import asdict
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import close_old_connections

from ..bootstrap import SERVE_QUEUE, parts, redis_client
from ..flow.meter import percentiles
from ..models import AccessToken, Playground
from ..storage import playgrounds
from .customers import rush
from .outcome import finished
from .plan import Progress, RushPlan, new_run
from .store import RushStore

# A task that no worker has taken by then is dropped.
TASK_EXPIRES_S = 30


def start(playground: Playground, action: str, rate: int, seconds: int) -> dict[str, Any]:
    """Begin a rush, and return it as `shown`.

    Raises AlreadyRushing, ServerIsFull, StoreUnavailable.
    """
    plan = RushPlan(action, rate, seconds, new_run())
    rushes().begin(playground.id, plan, parts().clock.now())
    _send(playground.id)
    return shown(playground) or {}


def _send(playground_id: str) -> None:
    current_app.send_task(
        "playground.rush", (playground_id,), queue=SERVE_QUEUE, expires=TASK_EXPIRES_S
    )


def stop(playground: Playground) -> None:
    """Send no more customers; those who were sent are served."""
    rushes().stop(playground.id)


def shown(playground: Playground) -> dict[str, Any] | None:
    """Plan, progress, and how long the work for the customers took; None without a rush."""
    found = rushes().read(playground.id)
    if found is None:
        return None
    plan, progress = found
    done = finished(playground.id, plan, rushes().sent(playground.id))
    work = {"finished": done.count, "completion_ms": percentiles(done.took_ms)}
    return {**asdict(plan), **asdict(progress), **work}


def run_rush(playground_id: str) -> None:
    """In a worker: send the customers. A rush whose task comes twice is run once."""
    store = rushes()
    found = store.read(playground_id)
    playground = Playground.objects.filter(id=playground_id).first()
    if found is None or playground is None or found[1].state != "waiting":
        return
    token = playgrounds.issue_token(playground)
    close_old_connections()
    try:
        asyncio.run(
            rush(
                found[0], settings.INTERNAL_URL, internal_headers(token),
                lambda progress: store.report(playground_id, progress),
                lambda: store.is_stopped(playground_id),
                lambda subject, at: store.note_sent(playground_id, subject, at),
            )
        )  # fmt: skip
    except Exception as error:
        store.report(playground_id, Progress(state="failed", reason=type(error).__name__))
        raise
    finally:
        AccessToken.objects.filter(hash=playgrounds.hash_of(token)).delete()


def internal_headers(token: str) -> dict[str, str]:
    """Headers of a request that a worker sends to this installation's own web process."""
    headers = {"Authorization": f"Bearer {token}"}
    if settings.IS_TLS:
        headers["X-Forwarded-Proto"] = "https"  # it does not pass the TLS proxy
    return headers


def rushes() -> RushStore:
    return RushStore(redis_client())
