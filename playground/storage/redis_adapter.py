"""Adapters on Redis translate redis-py's errors into the error that their port promises."""

from collections.abc import Callable
from functools import wraps
from inspect import isfunction
from typing import Any, TypeVar, cast

from redis.exceptions import RedisError

Adapter = TypeVar("Adapter", bound=Callable[..., Any])


class StoreUnavailable(Exception):
    """The shared store (flow log, counters, leases, doorbells) does not answer; try again.

    A write that raises this may or may not have been stored.
    """


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
            raise error(str(cause)) from cause

    return call
