"""GET /healthz: what works, and for what does not, why."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from kombu import Connection
from kombu.exceptions import OperationalError as NoBroker
from redis import Redis
from redis.exceptions import RedisError

from playground.control.heartbeat import LATE_AFTER_S, ages
from playground.handling.clock import SystemClock
from playground.storage.connections import DATABASE_UNAVAILABLE, database_time_limit
from playground.storage.redis_adapter import connection_options, what_is_wrong

PROBE_S = 1.0
MB = 1024 * 1024
_PROBE_KEY = "inflight:healthz"


def healthz(request: HttpRequest) -> JsonResponse:
    """200 if every part is ok, else 503. Each probe takes about a second at most."""
    probes: dict[str, Callable[[], dict[str, Any]]] = {
        "web": dict,
        "database": _database,
        "redis": _redis,
        "worker": _worker,
        "broker": _celery_broker,
    }
    report = {name: _answer(probe) for name, probe in probes.items()}
    is_ok = all(part["ok"] for part in report.values())
    return JsonResponse(report, status=200 if is_ok else 503)


class _NotOk(Exception):
    pass


def _answer(probe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"ok": True, **probe()}
    except _NotOk as reason:
        return {"ok": False, "why": str(reason)}
    except RedisError as error:
        return {"ok": False, "why": what_is_wrong(error)}
    except DATABASE_UNAVAILABLE:
        return {"ok": False, "why": "the database does not answer, or too late"}
    except NoBroker:
        return {"ok": False, "why": "Celery's broker does not answer"}
    except Exception as trouble:  # a health check never fails itself
        return {"ok": False, "why": f"{type(trouble).__name__}"}


def _database() -> dict[str, Any]:
    with database_time_limit(PROBE_S), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"kind": connection.vendor}


def _redis() -> dict[str, Any]:
    with _probe_client() as redis:
        redis.set(_PROBE_KEY, 1, ex=60)  # a Redis that is full still answers a ping
        memory: Any = redis.info("memory")
    limit = memory["maxmemory"]  # 0: none
    return {
        "memory_used_mb": round(memory["used_memory"] / MB, 1),
        "memory_limit_mb": round(limit / MB, 1) if limit else None,
    }


def _worker() -> dict[str, Any]:
    with _probe_client() as redis:
        known = ages(redis, SystemClock().now())
    if not known:
        raise _NotOk("no worker has been heard of")
    age_s = min(known.values())
    if age_s > LATE_AFTER_S:
        raise _NotOk(f"the last heartbeat was {age_s:.0f} s ago")
    return {"heartbeat_age_s": round(age_s, 2), "workers": len(known)}


def _celery_broker() -> dict[str, Any]:
    options = {"socket_timeout": PROBE_S, "socket_connect_timeout": PROBE_S}
    url = settings.CELERY_BROKER_URL
    is_redis = url.startswith("redis")
    with Connection(
        url, connect_timeout=PROBE_S, transport_options=options if is_redis else {}
    ) as broker:
        broker.ensure_connection(max_retries=1, timeout=PROBE_S, interval_start=0)
    return {"kind": url.split("://")[0]}


def _probe_client() -> Redis:
    return Redis.from_url(settings.REDIS_URL, **connection_options(patience_s=PROBE_S))
