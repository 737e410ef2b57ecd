"""How we connect to Redis, and how adapters translate its errors into those of their port."""

from collections.abc import Callable
from functools import wraps
from inspect import isfunction
from typing import Any, TypeVar, cast

from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeout
from redis.retry import Retry

Adapter = TypeVar("Adapter", bound=Callable[..., Any])


# A Redis that takes longer counts as away. It answers in about a millisecond.
PATIENCE_S = 1.5
# A lost connection is tried again for a second, in which a Redis that is restarted comes back.
# redis-py's default repeats commands that timed out, too, ten times: half a minute for one.
_TRIES, _FIRST_PAUSE_S, _LONGEST_PAUSE_S = 6, 0.02, 0.25


def connection_options(patience_s: float = PATIENCE_S) -> dict[str, Any]:
    """Options of a client whose commands are answered, or raise RedisError, in two seconds or so."""
    pauses = ExponentialBackoff(_LONGEST_PAUSE_S, _FIRST_PAUSE_S)
    return {
        "socket_timeout": patience_s,
        "socket_connect_timeout": patience_s,
        "retry": Retry(pauses, _TRIES, (NoConnection,)),
    }


class StoreUnavailable(Exception):
    """The shared store (flow log, counters, leases, doorbells) does not answer; try again.

    A write that raises this may or may not have been stored. Its text says what is wrong:
    "Redis does not answer".
    """


def what_is_wrong(error: RedisError) -> str:
    """The same for a person: what Redis does that it should not do."""
    match error:
        case ResponseError() if "maxmemory" in str(error):  # a script's has no other mark
            return "Redis is full (maxmemory) and refuses to store anything"
        case ReadOnlyError():
            return "this Redis only allows reading"
        case ResponseError():  # MISCONF: it cannot write its file, for example
            return f"Redis refuses: {error}"
        case RedisTimeout():
            return "Redis takes too long to answer"
        case _:
            return "Redis does not answer"


def raises_instead_of_redis_errors(error: type[Exception]) -> Callable[[Adapter], Adapter]:
    """Decorate an adapter (a class, for its public methods) or a function.

    A RedisError inside becomes `error`, with the RedisError as its cause.
    """

    def decorate(adapter: Adapter) -> Adapter:
        if not isinstance(adapter, type):
            return cast(Adapter, _translated(adapter, error))
        for name, member in list(vars(adapter).items()):
            if isfunction(member) and not name.startswith("_"):
                setattr(adapter, name, _translated(member, error))
        return adapter

    return decorate


def _translated(function: Callable[..., Any], error: type[Exception]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except RedisError as cause:
            raise error(what_is_wrong(cause)) from cause

    return call
