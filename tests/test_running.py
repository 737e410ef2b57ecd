"""`manage.py up`: starts everything, restarts what dies, and stops everything."""

import os
import resource
import signal
import socket
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import expect
from redis import Redis

from .conftest import Visitor, ready
from .stack import Stack, until


def test_ctrl_c_leaves_no_process_and_the_next_start_finds_the_data(own_stack: Stack) -> None:
    script = own_stack.start().script()
    where = script.order()
    until(lambda: script("GET", where).json()["status"] == "on_the_way", "on the way")
    assert set(own_stack.pids()) == {"web", "worker", "killable", "redis", "up"}
    first_link = own_stack.instructor_link

    assert own_stack.stop(signal.SIGINT) == 0
    assert own_stack.pids() == {}

    own_stack.start()
    assert script("GET", where).json()["status"] == "on_the_way"
    log = script("GET", "/api/playground/records").json()["records"]
    assert any(r["name"] == "OrderPlaced" for r in log)
    assert own_stack.instructor_link != first_link


def test_messages_in_a_queue_survive_a_stop(own_stack: Stack) -> None:
    script = own_stack.start().script()
    fault = {"kind": "unreachable", "target": "notification", "duration_s": 600}
    script("POST", "/api/playground/faults", fault)
    script.order()
    until(lambda: script.ledger()["TicketPrinted"]["actual"] == 1, "ticket")
    own_stack.stop()
    own_stack.start()
    assert script.ledger()["EmailSent"]["pending"] == 1
    script("DELETE", "/api/playground/faults")
    until(lambda: script.ledger()["EmailSent"]["actual"] == 1, "mail")


def test_a_closed_terminal_and_a_killed_supervisor_leave_no_process(own_stack: Stack) -> None:
    own_stack.start()
    own_stack.stop(signal.SIGHUP)
    assert own_stack.pids() == {}
    own_stack.start()
    own_stack.kill("up")
    until(lambda: set(own_stack.pids()) <= {"redis"}, "web and worker have left")
    own_stack.process = None
    own_stack.start()  # takes over the data, and the orphaned Redis with it
    assert len(own_stack.pids()["redis"]) == 1


def test_a_taken_port_is_a_clear_error_that_says_what_to_do(own_stack: Stack) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", own_stack.port))
        taken.listen()
        own_stack.launch()
        assert own_stack.process
        assert own_stack.process.wait(30) != 0
    assert f"Port {own_stack.port} on 127.0.0.1 cannot be used" in own_stack.printed
    assert f"PORT={own_stack.port + 1} make run" in own_stack.printed
    assert "Traceback" not in own_stack.printed


def test_a_second_start_on_the_same_data_is_refused_clearly(own_stack: Stack) -> None:
    own_stack.start()
    second = Stack(own_stack.data_dir)
    second.output = own_stack.data_dir / "second.txt"
    second.launch()
    assert second.process
    assert second.process.wait(30) != 0
    assert "is running already with the data in" in second.printed
    assert own_stack.is_well()


def test_a_killed_process_is_restarted(own_stack: Stack) -> None:
    script = own_stack.start().script()
    for part in ("worker", "web", "redis"):
        before = own_stack.pids()[part]
        own_stack.kill(part)
        until(
            lambda part=part, before=before: (
                own_stack.pids().get(part, before) != before and own_stack.is_well()
            ),
            f"{part} is back",
            30,
        )
    where = script.order()
    until(lambda: script("GET", where).json()["status"] == "on_the_way", "on the way", 30)


def test_without_redis_pages_open_the_api_answers_503_and_sockets_reconnect(
    own_stack: Stack, visitor: Visitor
) -> None:
    page = visitor.open(own_stack.start().playground_url)
    ready(page)
    page.click(".act[data-key='3']")
    expect(page.locator("[data-order-status=on_the_way]")).to_be_visible()
    script = own_stack.script()
    [redis] = own_stack.pids()["redis"]
    os.kill(redis, signal.SIGSTOP)  # it accepts connections but never answers: the worst failure
    try:
        refused = script("POST", "/api/orders", {
            "user": 1, "restaurant": 1, "items": [{"dish": "margherita"}], "card": "4242424242424242",
        })  # fmt: skip
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert (
            httpx.get(own_stack.playground_url, follow_redirects=True, timeout=10).status_code
            == 200
        )
        expect(page.locator("[data-connection-text]")).to_contain_text("away", timeout=20_000)
    finally:
        os.kill(redis, signal.SIGCONT)
    page.wait_for_selector("[data-connection][data-state=live]", timeout=30_000)
    page.click(".act[data-key='3']")
    expect(page.locator("[data-exchange] b[data-status]")).to_have_attribute("data-status", "202")
    expect(page.locator("[data-order-status=on_the_way]")).to_be_visible(timeout=30_000)


def test_when_the_web_process_is_killed_the_page_says_so_and_misses_nothing(
    own_stack: Stack, visitor: Visitor
) -> None:
    page = visitor.open(own_stack.start().playground_url)
    ready(page)
    page.click(".act[data-key='3']")
    expect(page.locator("[data-exchange] b[data-status]")).to_have_attribute("data-status", "202")
    own_stack.kill("web")  # the worker keeps working
    expect(page.locator("[data-connection-text]")).to_contain_text("server is away")
    page.wait_for_selector("[data-connection][data-state=live]", timeout=30_000)
    expect(page.locator("[data-order-status=on_the_way]")).to_be_visible()
    written = page.evaluate(
        "() => fetch('/api/playground/records').then((r) => r.json()).then((j) => j.records.length)"
    )
    expect(page.locator("[data-log-count]")).to_have_text(str(written))
    visitor.complaints.clear()  # the browser reports the lost socket


def test_the_limit_of_open_files_is_raised_for_a_large_class(
    own_stack: Stack,
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        own_stack.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    (web,) = own_stack.pids()["web"]
    allowed, _ = resource.prlimit(web, resource.RLIMIT_NOFILE)
    assert allowed == min(20_000, hard)


def test_behind_a_tls_proxy_it_starts_and_serves_what_the_proxy_passes_on(own_stack: Stack) -> None:
    public = "inflight.example.edu"
    own_stack.settings = {"PUBLIC_URL": f"https://{public}", "ALLOWED_HOSTS": public}
    own_stack.start()
    assert own_stack.instructor_link.startswith(f"https://{public}/")
    here = f"http://127.0.0.1:{own_stack.port}"
    plain = httpx.get(f"{here}/sandbox/", headers={"Host": public})
    assert (plain.status_code, plain.headers["location"]) == (301, f"https://{public}/sandbox/")
    passed_on = {"Host": public, "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.1.2.3"}
    page = httpx.get(f"{here}/sandbox/", headers=passed_on)
    assert page.status_code == 200
    assert "secure" in page.headers["set-cookie"].lower()
    made = httpx.post(f"{here}/api/playgrounds", headers=passed_on).json()
    assert made["websocket"].startswith(f"wss://{public}/")
    headers = passed_on | {"Authorization": f"Bearer {made['token']}"}
    plan = {"action": "order", "rate": 2, "seconds": 1}
    httpx.post(f"{here}/api/playground/rush", json=plan, headers=headers).raise_for_status()

    def rushed() -> dict[str, Any] | None:
        found: dict[str, Any] = httpx.get(f"{here}/api/playground/rush", headers=headers).json()
        return found if found["state"] == "done" else None

    assert until(rushed, "the rush is over", 30)["accepted"] == 2


def test_two_web_hosts_share_one_company(own_stack: Stack, tmp_path: Path) -> None:
    """Start a second web and worker process on the Redis and database of the first."""
    script = own_stack.start().script()
    shared = {
        "REDIS_URL": (own_stack.data_dir / "redis.url").read_text(),
        "DATABASE_URL": f"sqlite:///{own_stack.data_dir / 'inflight.sqlite3'}",
        "SECRET_KEY": (own_stack.data_dir / "secret-key").read_text(),
    }
    second = Stack(tmp_path / "second", settings=shared)
    try:
        second.start()
        assert "redis" not in second.pids()
        there = type(script)(second.url, script.token, "")
        where = script.order()
        until(lambda: there("GET", where).json()["status"] == "on_the_way", "seen from there")
        assert own_stack.health()["worker"]["workers"] == 2
    finally:
        second.stop()


def test_celery_may_have_its_own_broker(own_stack: Stack, redis_server: str) -> None:
    bells = Redis.from_url(redis_server)
    own_stack.settings["CELERY_BROKER_URL"] = redis_server
    script = own_stack.start().script()
    where = script.order()
    until(lambda: script("GET", where).json()["status"] == "on_the_way", "on the way")
    assert bells.exists("_kombu.binding.serve")
    ours = Redis.from_url((own_stack.data_dir / "redis.url").read_text())
    assert not ours.exists("_kombu.binding.serve"), "a Celery task is on our own Redis"
    assert ours.exists(*ours.scan_iter("inflight:*", count=1000)), (
        "nothing else is on our own Redis"
    )
