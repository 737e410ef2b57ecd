"""The instructor signs in with a link that works once, and breaks things for the whole class."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from redis import Redis

from lessons.classroom import links
from lessons.models import InstructorLink
from playground.control import presence
from playground.faults import switching as faults
from playground.models import Fault
from playground.storage import playgrounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def instructor(redis: Redis) -> Client:
    browser = Client()
    browser.post(links.issue_link())
    return browser


UNREACHABLE = {"target": "notification", "kind": "unreachable", "ms": 800, "duration_s": 120}


def test_a_link_signs_one_person_in_once(redis: Redis) -> None:
    link, first, second = links.issue_link(), Client(), Client()
    assert first.post(link, follow=True).status_code == 200
    assert first.get("/instructor/").status_code == 200
    assert second.post(link).status_code == 410
    refused = second.get("/instructor/", follow=True)
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Link realm="instructor"')


def test_opening_a_link_does_not_use_it_up(redis: Redis) -> None:
    link = links.issue_link()
    assert Client().get(link).status_code == 200  # a chat program's preview
    assert Client().post(link, follow=True).status_code == 200


def test_a_link_expires_after_a_day() -> None:
    link = links.issue_link()
    InstructorLink.objects.update(issued_at=timezone.now() - timedelta(hours=25))
    assert Client().get(link).status_code == 410


def test_the_secret_of_a_link_is_not_stored() -> None:
    secret = links.issue_link().rstrip("/").rsplit("/", 1)[1]
    assert secret not in str(InstructorLink.objects.values_list())


def test_a_command_prints_another_link(capsys: Any, client: Client, redis: Redis) -> None:
    call_command("instructor_link")
    path = "/instructor/" + capsys.readouterr().out.split("/instructor/")[1].strip()
    assert client.post(path, follow=True).status_code == 200


@pytest.mark.parametrize("path", ["", "room/", "faults/", "repair/"])
def test_only_an_instructor_may_use_the_page(path: str, client: Client, redis: Redis) -> None:
    for method in (client.get, client.post):
        assert method(f"/instructor/{path}").status_code == 302
    assert not Fault.objects.exists()


def test_signing_out_closes_the_page(instructor: Client) -> None:
    instructor.post("/instructor/leave/")
    assert instructor.get("/instructor/").status_code == 302


def test_a_fault_for_everybody_is_on_in_every_playground(instructor: Client) -> None:
    assert instructor.post("/instructor/faults/", UNREACHABLE).status_code == 200
    now = Fault.objects.get().starts_at
    for playground in (playgrounds.create(), playgrounds.create()):
        [fault] = faults.active(playground.id, now)
        assert (fault.target, fault.scope) == ("notification", "class")


def test_a_learner_cannot_repair_a_fault_of_the_instructor(instructor: Client) -> None:
    instructor.post("/instructor/faults/", UNREACHABLE)
    learner = Client()
    learner.get("/lessons/a-phone-call/")
    assert learner.delete("/api/playground/faults").status_code == 204
    [fault] = learner.get("/api/playground").json()["faults"]
    assert learner.delete(f"/api/playground/faults/{fault['id']}").status_code == 404
    assert Fault.objects.count() == 1


def test_the_instructor_repairs_one_fault_or_all_of_them(instructor: Client) -> None:
    for target in ("crm", "users", "menu"):
        instructor.post("/instructor/faults/", UNREACHABLE | {"target": target})
    fault = Fault.objects.get(target="users")
    instructor.post("/instructor/repair/", {"fault": fault.id})
    assert set(Fault.objects.values_list("target", flat=True)) == {"crm", "menu"}
    instructor.post("/instructor/repair/")
    assert not Fault.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"target": "moon"}, {"kind": "meteor"}, {"ms": "many"}, {"duration_s": 99999}, {"target": ""}],
)
def test_an_invalid_form_injects_no_fault(instructor: Client, change: dict[str, Any]) -> None:
    answer = instructor.post("/instructor/faults/", UNREACHABLE | change)
    assert answer.status_code == 422
    assert "Nothing was switched on" in answer.content.decode()
    assert not Fault.objects.exists()


def test_open_playgrounds_are_listed_with_their_browsers(instructor: Client) -> None:
    assert "Nobody has joined yet" in instructor.get("/instructor/room/").content.decode()
    playground = playgrounds.create()
    import time

    presence.report({playground.id: 2}, time.time())
    page = instructor.get("/instructor/room/").content.decode()
    assert playground.id in page
    assert "<b>2</b> browsers watching" in page


def test_while_redis_is_away_the_page_says_so_and_injects_no_fault(
    instructor: Client, settings: Any
) -> None:
    from playground import bootstrap

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    bootstrap.redis_client.cache_clear()
    answer = instructor.post("/instructor/faults/", UNREACHABLE)
    assert "Redis is away" in answer.content.decode()
    assert not Fault.objects.exists()
