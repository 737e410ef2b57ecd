"""Redis and PostgreSQL that answer late, or not at all: pages and API say so, and recover."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from .postgresql import own_server, programs
from .slow_way import SlowWay, slow_way
from .stack import ORDER, Script, Stack, until

LATE_S = 2.0
NEVER_S = 3600.0  # connected, but silent: nothing tells that it is away
# What docs/deploy.md says (about two seconds, and ten), and some more on a busy machine.
REDIS_LIMIT_S, DATABASE_LIMIT_S = 6.0, 14.0

PAGES = ("/", "/sandbox/", "/lessons/the-rush/")
API = ("GET /api/playground", "GET /api/playground/ledger", "POST /api/orders")
HEALTH = "/healthz"
WELL = dict.fromkeys((*PAGES, *API, HEALTH), 200) | {"POST /api/orders": 202}

# What makes a way bad
Trouble = Callable[[SlowWay], None]


def late(way: SlowWay) -> None:
    way.delay_s = LATE_S


def silent(way: SlowWay) -> None:
    way.delay_s = NEVER_S


def away(way: SlowWay) -> None:
    way.cut()


@pytest.fixture(scope="module")
def ways(redis_server: str) -> Iterator[dict[str, SlowWay]]:
    """The ways to Redis and, if this machine has PostgreSQL, to a database."""
    with ExitStack() as opened:
        ways = {"redis": opened.enter_context(slow_way(urlsplit(redis_server).port or 0))}
        if programs():
            database = opened.enter_context(own_server())
            ways["database"] = opened.enter_context(slow_way(database.port))
        yield ways


@pytest.fixture(scope="module")
def stack(
    ways: dict[str, SlowWay], redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """The product, with each server behind a way. The database is SQLite if there is no PostgreSQL."""
    redis = urlsplit(redis_server)
    login = redis.netloc.rpartition("@")[0]
    settings = {"REDIS_URL": f"redis://{login}@127.0.0.1:{ways['redis'].port}{redis.path}"}
    if "database" in ways:
        port = ways["database"].port
        settings["DATABASE_URL"] = f"postgres://inflight@127.0.0.1:{port}/postgres"
    stack = Stack(tmp_path_factory.mktemp("slow") / "data", settings=settings).start()
    yield stack
    stack.stop()


@pytest.fixture
def database(ways: dict[str, SlowWay]) -> SlowWay:
    if "database" not in ways:
        pytest.skip("there is no PostgreSQL here (on Debian: apt install postgresql)")
    return ways["database"]


class Visitor:
    """A browser that has a session, and a script with a token."""

    def __init__(self, stack: Stack) -> None:
        self._url, self.script = stack.url, stack.script()
        with httpx.Client(base_url=stack.url, timeout=20) as browser:
            browser.get("/sandbox/")
            proof = {"X-CSRFToken": browser.cookies["csrftoken"], "Referer": stack.url}
            browser.post("/playground/", headers=proof).raise_for_status()
            self._cookies = dict(browser.cookies)

    def ask(self, within_s: float) -> dict[str, httpx.Response]:
        """The answers to what WELL names, asked for at once. Fails if one takes too long."""
        with ThreadPoolExecutor(len(WELL)) as pool:
            answers = {what: pool.submit(self._ask, what, within_s) for what in WELL}
        return {what: answer.result() for what, answer in answers.items()}

    def _ask(self, what: str, within_s: float) -> httpx.Response:
        if " " not in what:
            return httpx.get(f"{self._url}{what}", cookies=self._cookies, timeout=within_s)
        method, path = what.split()
        return httpx.request(
            method, f"{self._url}{path}", timeout=within_s,
            json=ORDER if method == "POST" else None,
            headers={"Authorization": f"Bearer {self.script.token}"},
        )  # fmt: skip

    def is_served(self) -> bool:
        return statuses(self.ask(DATABASE_LIMIT_S)) == WELL


def ask_while(
    trouble: Trouble, stack: Stack, database: SlowWay
) -> tuple[Visitor, dict[str, httpx.Response]]:
    """What a visitor is answered while PostgreSQL is in trouble; afterwards it is not."""
    visitor = Visitor(stack)
    trouble(database)
    try:
        return visitor, visitor.ask(DATABASE_LIMIT_S)
    finally:
        database.mend()


def statuses(answers: dict[str, httpx.Response]) -> dict[str, int]:
    return {what: answer.status_code for what, answer in answers.items()}


def check_refusals(answers: dict[str, httpx.Response], what_is_away: str) -> None:
    """Who is not served is told what is away, and when to try again."""
    for what, answer in answers.items():
        if answer.status_code == 503 and what != HEALTH:
            assert what_is_away in answer.text, (what, answer.text)
            assert answer.headers["Retry-After"] == "5", what
            if what in API:
                assert answer.headers["Content-Type"] == "application/problem+json"


def check_recovery(visitor: Visitor) -> None:
    until(visitor.is_served, "served again", 40)
    visitor.script.order()
    until(lambda: has_all_effects(visitor.script), "every order's effects", 40)


def has_all_effects(script: Script) -> bool:
    columns = ("lost", "doubled", "pending", "dead")
    rows = script.ledger().values()
    return bool(rows) and not any(row[column] for row in rows for column in columns)


@pytest.mark.parametrize("trouble", [late, silent, away])
def test_without_redis_pages_open_and_the_api_says_why_not(
    stack: Stack, ways: dict[str, SlowWay], trouble: Trouble
) -> None:
    visitor = Visitor(stack)
    trouble(ways["redis"])
    try:
        answers = visitor.ask(REDIS_LIMIT_S)
    finally:
        ways["redis"].mend()
    assert statuses(answers) == dict.fromkeys(WELL, 503) | dict.fromkeys(PAGES, 200)
    check_refusals(answers, "Redis ")
    check_recovery(visitor)


@pytest.mark.parametrize("trouble", [silent, away])
def test_without_postgresql_pages_and_api_say_so(
    stack: Stack, database: SlowWay, trouble: Trouble
) -> None:
    visitor, answers = ask_while(trouble, stack, database)
    assert statuses(answers) == dict.fromkeys(WELL, 503)
    check_refusals(answers, "database")
    assert "does not answer" in answers[HEALTH].json()["database"]["why"]
    check_recovery(visitor)


def test_a_postgresql_that_is_late_makes_nobody_wait_longer(
    stack: Stack, database: SlowWay
) -> None:
    visitor, answers = ask_while(late, stack, database)
    # A call within the company has a time-out of its own: 504.
    assert set(statuses(answers).values()) <= {200, 202, 503, 504}
    assert answers["GET /api/playground/ledger"].status_code == 503, "it has many statements"
    check_refusals(answers, "database")
    check_recovery(visitor)
