"""Fixtures for all tests. Unit tests are in their room; whole-product tests are in tests/."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from webapp import embedded
from webapp.ports import free_port


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Redis server, started for the whole session."""
    folder: Path = tmp_path_factory.mktemp("redis")
    config, url = embedded.write_config(folder, free_port())
    with (folder / "redis.log").open("wb") as log:
        server = subprocess.Popen(
            [str(embedded.server_program()), str(config)], stdout=log, stderr=log
        )
    client = Redis.from_url(url)
    for _ in range(200):
        try:
            client.ping()
            break
        except RedisError:
            time.sleep(0.05)
    yield url
    server.terminate()
    server.wait(10)


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Serve static files from their source folders: tests run without `collectstatic`."""
    staticfiles = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": staticfiles}


@pytest.fixture
def redis(redis_server: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """An empty Redis, which this process's adapters use, too. No Celery task is sent."""
    from playground import bootstrap
    from playground.rush import service as rushes
    from playground.twin import service as twins

    settings.REDIS_URL = redis_server
    bootstrap.redis_client.cache_clear()
    bootstrap.parts.cache_clear()
    monkeypatch.setattr(bootstrap, "_start_serving", lambda playground, service: None)
    monkeypatch.setattr(bootstrap, "_send_to_killable", lambda task, *arguments: None)
    monkeypatch.setattr(rushes, "_send", lambda playground: None)
    monkeypatch.setattr(twins, "_send", lambda playground: None)
    client = Redis.from_url(redis_server)
    client.flushall()
    yield client
    bootstrap.redis_client.cache_clear()
    bootstrap.parts.cache_clear()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--with-database-only", action="store_true", help="run only tests that use the database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--with-database-only"):
        items[:] = [item for item in items if _uses_the_database(item)]


def _uses_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures or item.get_closest_marker("django_db"))
