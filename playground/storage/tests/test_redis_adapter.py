"""A Redis that is away, slow or full: how long it is waited for, and what is said of it."""

import socket
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from playground.storage.redis_adapter import (
    StoreUnavailable,
    connection_options,
    raises_instead_of_redis_errors,
)


@pytest.fixture
def full_redis(redis: Redis) -> Iterator[Redis]:
    redis.config_set("maxmemory", 1)
    yield redis
    redis.config_set("maxmemory", 0)


@pytest.fixture
def silent_server() -> Iterator[tuple[int, list[Any]]]:
    """The port of a server that never answers, and the connections that it got."""
    connections: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connections.append(server.accept()[0])
                except OSError:
                    return

        Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], connections
        server.shutdown(socket.SHUT_RDWR)


def reason(client: Redis, command: str = "SET") -> str:
    @raises_instead_of_redis_errors(StoreUnavailable)
    def use() -> None:
        if command == "SET":
            client.set("key", 1)
        else:
            client.register_script("return redis.call('SET', KEYS[1], 1)")(keys=["key"])

    with pytest.raises(StoreUnavailable) as caught:
        use()
    return str(caught.value)


@pytest.mark.parametrize("command", ["SET", "script"])
def test_a_full_redis_is_called_full(full_redis: Redis, command: str) -> None:
    assert "full" in reason(full_redis, command)


def test_a_redis_that_is_not_there_does_not_answer() -> None:
    client = Redis(port=1, **connection_options())
    assert reason(client) == "Redis does not answer"


def test_a_redis_that_takes_too_long_is_asked_once(silent_server: tuple[int, list[Any]]) -> None:
    port, connections = silent_server
    client = Redis(port=port, **connection_options(patience_s=0.05))
    assert reason(client) == "Redis takes too long to answer"
    assert len(connections) == 1


def test_another_refusal_is_told_in_the_words_of_redis() -> None:
    class Refusing(Redis):
        def set(self, *_: Any, **__: Any) -> Any:
            error: RedisError = ResponseError("MISCONF it cannot write to its disk")
            raise error

    assert reason(Refusing()) == "Redis refuses: MISCONF it cannot write to its disk"
