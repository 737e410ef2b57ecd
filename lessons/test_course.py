"""Lessons from Markdown: shown in order, and a mistake in a file told with its line."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from redis import Redis

from lessons import course

GOOD = """---
title: A test
slug: a-test
number: 2
part: Testing
minutes: 1
lead: Why?
objectives: [know]
---
Hello *there*, "world".
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "lesson.md"
    path.write_text(text)
    return path


def test_a_lesson_is_read(tmp_path: Path) -> None:
    lesson = course.read(written(tmp_path, GOOD))
    assert (lesson.title, lesson.objectives) == ("A test", ("know",))
    assert lesson.html == "<p>Hello <em>there</em>, “world”.</p>\n"


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        (("---\ntitle", "title"), 1, "no front matter"),
        (("number: 2", "number: two"), 4, "`number`: Input should be a valid integer"),
        (("lead: Why?\n", ""), 2, "`lead` is missing"),
        (("part: Testing", "colour: blue\npart: Testing"), 5, "no field `colour`"),
        (("minutes: 1", "minutes: [1"), 7, "not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_remedy(
    tmp_path: Path, change: tuple[str, str], line: int, what: str
) -> None:
    with pytest.raises(course.LessonMistake, match=re.escape(what)) as mistake:
        course.read(written(tmp_path, GOOD.replace(*change)))
    assert mistake.value.line == line
    assert mistake.value.remedy


def test_a_folder_of_an_instructor_adds_lessons(tmp_path: Path, settings: Any) -> None:
    settings.LESSON_FOLDERS = [tmp_path]
    written(tmp_path, GOOD)
    slugs = [lesson.slug for lesson in course.lessons()]
    assert slugs[0] == "a-phone-call"
    assert "a-test" in slugs[1:3]  # at the place of its number


def test_a_lesson_is_read_again_when_it_has_changed(tmp_path: Path, settings: Any) -> None:
    def found(slug: str) -> course.Lesson:
        lesson = course.find(slug)
        assert lesson
        return lesson

    settings.LESSON_FOLDERS = [tmp_path]
    path = written(tmp_path, GOOD)
    assert found("a-test").title == "A test"
    path.write_text(GOOD.replace("A test", "Another"))
    os.utime(path, ns=(1, 1))
    assert found("a-test").title == "Another"


def test_two_lessons_with_one_slug_fail_the_check(tmp_path: Path, settings: Any) -> None:
    settings.LESSON_FOLDERS = [tmp_path]
    written(tmp_path, GOOD.replace("a-test", "a-phone-call"))
    with pytest.raises(SystemCheckError, match="has the slug"):
        call_command("check")


@pytest.mark.django_db
def test_the_course_begins_with_lesson_one(client: Client, redis: Redis) -> None:
    page = client.get("/", follow=True)
    assert page.status_code == 200
    assert "A phone call" in page.content.decode()
    assert "unsafe-inline" not in page["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/", "/course/", "/lessons/a-phone-call/", "/sandbox/", "/review/", "/progress/",
     "/glossary/", "/search/", "/instructor/", "/mermaid-frame/", "/api/docs", "/nothing/"],
)  # fmt: skip
def test_no_script_runs_that_is_not_a_file_of_ours(client: Client, redis: Redis, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    directives = dict(d.strip().partition(" ")[::2] for d in policy.split(";"))
    assert directives["default-src"] in ("'self'", "'none'")
    assert directives.get("script-src", "'self'") == "'self'"


@pytest.mark.django_db
def test_a_lesson_that_is_not_there_is_a_page_that_says_so(client: Client) -> None:
    page = client.get("/lessons/no-such-lesson/")
    assert page.status_code == 404
    assert "no page at this address" in page.content.decode()


@pytest.mark.django_db
def test_a_lesson_opens_while_redis_is_away(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert client.get("/", follow=True).status_code == 200
