"""What nobody uses any more goes, with all that it holds; what is in use stays."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis import Redis

from playground.control.lifecycle import delete_expired
from playground.models import AccessToken, Effect, Order, OrderStatus, Playground, User
from playground.storage import playgrounds
from playground.storage.playgrounds import create, create_side, issue_token, of_session, of_token

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 86_400


def unused_for(playground: Playground, days: float) -> None:
    Playground.objects.filter(id=playground.id).update(used_at=time.time() - days * DAY)


def with_an_order(playground: Playground) -> Playground:
    Order.objects.create(
        playground_id=playground.key, code="7Q2K", user=1, restaurant=1, total_cents=900
    )
    return playground


def ids() -> set[str]:
    return set(Playground.objects.values_list("id", flat=True))


def test_a_playground_goes_so_many_days_after_its_last_use(redis: Redis, settings: Any) -> None:
    settings.PLAYGROUND_DAYS = 30
    old, young = with_an_order(create()), with_an_order(create())
    unused_for(old, 31)
    unused_for(young, 29)
    redis.xadd(f"inflight:{old.key}:log", {"r": b"{}"})
    token = issue_token(old)
    side = create_side(old, {}, expires_at=time.time() + DAY)
    delete_expired()
    assert ids() == {young.id}
    assert not any(model.objects.filter(playground=old.key) for model in (User, Order))
    assert not any(model.objects.filter(playground=side.key) for model in (User, Order))
    assert of_token(token) is None
    assert not list(redis.scan_iter(f"inflight:{old.key}:*"))


def test_a_playground_in_which_nothing_was_done_goes_after_a_day(redis: Redis) -> None:
    untouched, designed, registered, ordered, reset, new = (create() for _ in range(6))
    Playground.objects.filter(id=designed.id).update(design={"ack": "early"})
    Playground.objects.filter(id=registered.id).update(last_user=9)
    with_an_order(ordered)
    playgrounds.replace_key(reset, playgrounds.new_key(reset), time.time() + 600)
    for playground in (untouched, designed, registered, ordered, reset):
        unused_for(playground, 1.1)
    delete_expired()
    assert ids() == {p.id for p in (designed, registered, ordered, reset, new)}


def test_a_page_and_a_token_are_use() -> None:
    browsed, scripted = create(), create()
    token, session = issue_token(scripted), SessionStore()
    session[playgrounds.SESSION_KEY] = browsed.id
    for playground in (browsed, scripted):
        unused_for(playground, 20)
    before = time.time()
    assert of_session(session) == browsed
    assert of_token(token) == scripted
    assert all(used >= before for used in Playground.objects.values_list("used_at", flat=True))


def test_use_is_written_once_a_day_at_most() -> None:
    token = issue_token(create())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        of_token(token)
    assert [q for q in queries if q["sql"].startswith("UPDATE")] == []


def test_sessions_and_tokens_have_an_age(redis: Redis, settings: Any) -> None:
    settings.PLAYGROUND_DAYS = 30
    now = datetime.now(UTC)
    for key, expires in (("over", now - timedelta(seconds=1)), ("valid", now + timedelta(1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    playground = create()
    old, new = issue_token(playground), issue_token(playground)
    rush_of_yesterday = issue_token(playground, until_reset=True)
    for token, days in ((old, 31), (rush_of_yesterday, 1.1)):
        stored = AccessToken.objects.filter(hash=playgrounds.hash_of(token))
        stored.update(created_at=now - timedelta(days=days))
    delete_expired()
    assert [s.session_key for s in Session.objects.all()] == ["valid"]
    assert of_token(new) == playground
    assert of_token(old) is of_token(rush_of_yesterday) is None


def test_no_transaction_deletes_more_than_a_step(monkeypatch: Any, redis: Redis) -> None:
    monkeypatch.setattr(playgrounds, "MOST_ROWS_AT_ONCE", 10)
    playground = create()
    rows = [
        Effect(playground_id=playground.key, service="crm", name="Noted", subject=str(n), at=1.0)
        for n in range(35)
    ]
    Effect.objects.bulk_create(rows)
    lines = [
        OrderStatus(playground_id=playground.key, order=str(n), status="placed", at=1.0, by="x")
        for n in range(35)
    ]
    OrderStatus.objects.bulk_create(lines)
    unused_for(playground, 99)
    deleted: list[int] = []

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.startswith("DELETE"):
            deleted.append(context["cursor"].rowcount)
        return answer

    with connection.execute_wrapper(counting):
        delete_expired()
    assert max(deleted) <= 10
    assert not Effect.objects.exists()
    assert not OrderStatus.objects.exists()
