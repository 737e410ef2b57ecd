"""Start, stop, show and run the rush of a playground."""

import asyncio
from dataclasses import asdict
from typing import Any

from django.conf import settings

from ..bootstrap import parts, redis_client
from ..flow.meter import percentiles
from ..models import AccessToken, Playground
from ..storage import playgrounds
from ..storage.connections import give_back_connection
from .customers import rush
from .long_work import NoWorkerTold, tell_a_worker
from .outcome import finished
from .plan import Progress, RushPlan, new_run
from .store import RushStore


def start(playground: Playground, action: str, rate: int, seconds: int) -> dict[str, Any]:
    """Begin a rush, and return what `shown` returns.

    Raises AlreadyRushing, ServerIsFull, NoWorkerTold, StoreUnavailable.
    """
    plan = RushPlan(action, rate, seconds, new_run())
    rushes().begin(playground.key, plan, parts().clock.now())
    try:
        _send(playground.key)
    except NoWorkerTold as error:
        failed = Progress(state="failed", reason=str(error))
        rushes().report(playground.key, plan.run, failed)
        raise
    return shown(playground) or {}


def _send(playground: str) -> None:
    tell_a_worker("playground.rush", playground)


def stop(playground: Playground) -> None:
    """Send no more customers. Requests that were sent are still answered."""
    rushes().stop(playground.key)


def shown(playground: Playground) -> dict[str, Any] | None:
    """Plan, progress and outcome of the newest rush, for RushOut; None if there was none.

    Raises StoreUnavailable.
    """
    stored = rushes().read(playground.key)
    if stored is None:
        return None
    plan, progress = stored
    done = finished(playground.key, plan, rushes().sent(playground.key))
    work = {"finished": done.count, "completion_ms": percentiles(done.took_ms)}
    return {**asdict(plan), **asdict(progress), **work}


def run_rush(key: str) -> None:
    """Send the customers, in a worker. A rush whose task is delivered twice runs once.

    `key`: of the playground. After a reset it has another; then nobody is sent any more.
    """
    store = rushes()
    stored = store.read(key)
    playground = Playground.objects.filter(key=key).first()
    if stored is None or playground is None or stored[1].state != "waiting":
        return
    plan, run = stored[0], stored[0].run
    if not store.claim(key, run):
        return
    token = playgrounds.issue_token(playground, until_reset=True)
    give_back_connection()
    try:
        asyncio.run(
            rush(
                plan, settings.INTERNAL_URL, internal_headers(token),
                lambda progress: store.report(key, run, progress),
                lambda: store.is_stopped(key, run),
                lambda subject, at: store.note_sent(key, subject, at),
            )
        )  # fmt: skip
    except Exception as error:
        store.report(key, run, Progress(state="failed", reason=type(error).__name__))
        raise
    finally:
        AccessToken.objects.filter(hash=playgrounds.hash_of(token)).delete()


def internal_headers(token: str) -> dict[str, str]:
    """Headers of a request from a worker to this installation's web process."""
    headers = {"Authorization": f"Bearer {token}"}
    if settings.IS_TLS:
        headers["X-Forwarded-Proto"] = "https"  # the request does not pass the TLS proxy
    return headers


def rushes() -> RushStore:
    return RushStore(redis_client())
