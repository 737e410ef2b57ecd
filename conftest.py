"""Fixtures for all tests, and the level of each test.

A test's level follows from the fixtures that it asks for (LEVELS); no list is kept by hand.
"""

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

# The first level with a fixture that a test asks for, directly or through others, is its level.
# A parameter that names a server (of a suite that several adapters pass) counts as well.
LEVELS = {
    "browser": {"browser"},
    "stack": {"stack", "own_stack"},
    "integration": {
        "redis_server",
        "redis",
        "redis-streams",
        "live_server",
        "processes",
        "static_root",
    },
    "unit": set[str](),
}


@pytest.fixture(scope="session")
def processes() -> None:
    """Ask for this in a test that starts a process."""


@pytest.fixture(autouse=True)
def no_processes_in_unit_tests(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if request.node.get_closest_marker("unit"):

        def refuse(*_: object, **__: object) -> None:
            pytest.fail("A unit test starts no process: ask for the fixture `processes`.")

        monkeypatch.setattr(subprocess.Popen, "__init__", refuse)


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
    _use_static_storage(settings, "django.contrib.staticfiles.storage.StaticFilesStorage")


@pytest.fixture
def static_root(tmp_path: Path, settings: Any, plain_static_files: None) -> Path:
    """Where a test collects and hashes the static files as a start does. That takes seconds."""
    _use_static_storage(settings, "webapp.static.ModuleStaticFilesStorage")
    settings.STATIC_ROOT = tmp_path / "static"
    return settings.STATIC_ROOT


def _use_static_storage(settings: Any, backend: str) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}


@pytest.fixture
def redis(
    redis_server: str,
    request: pytest.FixtureRequest,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Redis]:
    """An empty Redis, which this process's adapters use, too. No Celery task is sent."""
    if request.node.get_closest_marker("unit"):
        pytest.fail("Nothing in this test's arguments or parameters says that it needs Redis.")
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


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by marker
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(level_of(item))
    if config.getoption("--with-database-only"):
        items[:] = [item for item in items if _uses_the_database(item)]


def level_of(item: pytest.Item) -> str:
    """The test's level: a key of LEVELS."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    asked_for = {*getattr(item, "fixturenames", ()), *filter(_is_text, parameters)}
    return next((level for level, names in LEVELS.items() if asked_for & names), "unit")


def _is_text(parameter: object) -> bool:
    return isinstance(parameter, str)


def _uses_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures or item.get_closest_marker("django_db"))
