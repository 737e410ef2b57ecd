"""Directives: the lesson of the manual is parsed; mistakes are reported with line and remedy."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from lessons import course, directives
from lessons.samples import MANUAL, example_lesson


def read(folder: Path, text: str) -> course.Lesson:
    path = folder / "two-rings.md"
    path.write_text(text)
    return course.read(path)


def test_the_example_of_the_manual_is_a_valid_lesson(tmp_path: Path) -> None:
    lesson = read(tmp_path, example_lesson())

    kinds = [getattr(block, "kind_of_step", "prose") for block in lesson.blocks]
    assert kinds == [
        "prose", "predict", "predict", "run", "observe", "verdict", "case", "code", "fault",
        "transfer", "quiz", "task",
    ]  # fmt: skip
    assert [asked.id for asked in lesson.asked_before("slow")] == ["how-long", "which-answer"]
    run = lesson.directive(directives.Run, "slow")
    assert run and run.plan()["steps"][3] == {"press": "profile"}
    assert run.plan()["stops"][0]["when"] == {"kind": "request", "target": "users"}


def test_a_term_is_a_button_that_looks_like_its_thing(tmp_path: Path) -> None:
    html = read(tmp_path, example_lesson()).html

    assert '<button type="button" class="term look-call" data-term="call"' in html
    assert 'data-points-at="style-call">call</button>' in html


@pytest.mark.parametrize(
    ("change", "at", "problem", "remedy"),
    [
        (("target: users, ms", "target: userz, ms"), "userz", "cannot be put on 'userz'", "users"),
        (("kind: latency", "kind: latncy"), "latncy", "there is no fault 'latncy'", "latency"),
        (("measure: answer_ms", "measure: anwser_ms"), "anwser_ms", "no measure `anwser_ms`",
         "Did you mean `answer_ms`?"),
        (("[answer_ms, answer_code", "[waiting_max, answer_code"), "[waiting_max",
         "`waiting_max` needs a name after it", "waiting_max."),
        (("users.save_profile", "users.save_prophet"), "prophet", "no function or class", "Look"),
        (("users.save_profile", "models.User"), "symbol", "no function or class", "Look"),
        (("symbol: company", "symbol: webapp"), "webapp", "not in company or calls or handling or messaging", "company."),
        (("name: ProfileSaved", "name: ProfileSafed"), "Safed", "no message or effect",
         "Did you mean `ProfileSaved`?"),
        (("{term=call}", "{term=cal}"), "term=cal", "no term `cal`", "Did you mean `call`?"),
        (("beside: slow", "beside: slo"), "{case}", "no run `slo`", "Did you mean `slow`?"),
        (("id: password", "id: how-long"), "{transfer}", "has the id `how-long` already", "another"),
        (("question: How long will", "question: How: long will"), "How: long", "not YAML", "quotes"),
        (("kind: number", "kind: numbr"), "{predict}", "numbr", "number"),
        (("unit: ms", "units: ms"), "units", "there is no field", "Remove it"),
        (("label: Save it while", "labels: Save it while"), "{run}", "`label` is missing", "Add"),
        (('"gateway->users": call}}\n  - fault', '"gateway->menu": call}}\n  - fault'),
         "gateway->menu", "design: styles", "Correct"),
        (("  - press: profile", "  - press: profil"), "profil\n", "`steps.3.press` is 'profil'",
         "'profile'"),
        (("  - press: profile\n", "  - {press: profile, pause: 2}\n"), "{press", "but this one does 2",
         "its own dash"),
        (("code: 502}", "codes: 502}"), "codes", "a record has no field `codes`", "The fields are kind"),
        (("expert: call", "expert: write"), "{transfer}", "no option `write`", "call"),
        (("say: Ada has her answer.}", "say: Ada has her answer., read: citty}"), "citty",
         "no field of an answer `citty`", "Did you mean `city`?"),
        (("and **waits**.\", stop", "and **waits**.\", read: city, stop"), "waits",
         "only on an answer to the customer", "response, target: customer"),
        ((":::{task}", ":::{tusk}"), "tusk", "no directive `tusk`", "Did you mean `task`?"),
        ((":::{task}", ":::task"), ":::task", "does not name a directive", "Write"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_directive_is_reported_with_its_line_and_a_remedy(
    tmp_path: Path, change: tuple[str, str], at: str, problem: str, remedy: str
) -> None:
    text = example_lesson().replace(*change, 1)
    assert text != example_lesson()

    with pytest.raises(course.LessonMistake, match=re.escape(problem)) as mistake:
        read(tmp_path, text)

    assert mistake.value.path.name == "two-rings.md"
    assert remedy in mistake.value.remedy
    line = text.splitlines()[mistake.value.line - 1]
    around = "\n".join(text.splitlines()[mistake.value.line - 2 : mistake.value.line + 1]) + "\n"
    assert at in line + "\n" or at in around


def test_a_directive_that_is_never_closed_is_reported(tmp_path: Path) -> None:
    text = example_lesson().rstrip().removesuffix(":::")

    with pytest.raises(course.LessonMistake, match="never closed"):
        read(tmp_path, text)


def test_the_check_names_file_line_and_remedy(tmp_path: Path, settings: Any) -> None:
    settings.LESSON_FOLDERS = [tmp_path]
    (tmp_path / "bad.md").write_text(example_lesson().replace("answer_ms\n", "anwser_ms\n", 1))

    with pytest.raises(SystemCheckError) as failed:
        call_command("check")

    assert re.search(r"bad\.md, line \d+: `predict`: there is no measure", str(failed.value))
    assert "Did you mean `answer_ms`?" in str(failed.value)


def test_a_lesson_that_builds_on_an_unknown_lesson_fails_the_check(
    tmp_path: Path, settings: Any
) -> None:
    settings.LESSON_FOLDERS = [tmp_path]
    text = example_lesson().replace("sources:", "builds_on: [no-such]\nsources:")
    (tmp_path / "lonely.md").write_text(text)

    with pytest.raises(SystemCheckError, match="builds on `no-such`"):
        call_command("check")


def test_a_folder_may_bring_terms_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.LESSON_FOLDERS = [tmp_path]
    (tmp_path / "terms.yaml").write_text(
        "terms:\n  - {key: chaos, title: Chaos, says: What comes by itself., points_at: q_crm}\n"
    )

    html = read(tmp_path, example_lesson().replace("[call]{term=call}", "[mess]{term=chaos}")).html

    assert 'data-points-at="q_crm">mess</button>' in html


def test_a_term_that_points_at_an_unknown_part_fails_the_check(
    tmp_path: Path, settings: Any
) -> None:
    settings.LESSON_FOLDERS = [tmp_path]
    (tmp_path / "terms.yaml").write_text(
        "terms:\n  - key: x\n    title: X\n    says: X.\n    points_at: moon\n"
    )

    with pytest.raises(SystemCheckError, match=r"terms.yaml, line 5.*no part of the picture"):
        call_command("check")


def test_every_measure_is_in_the_manual() -> None:
    from lessons.measuring.measures import MEASURES

    manual = MANUAL.read_text()
    assert all(
        f"| `{name}" in manual and measure.says in manual for name, measure in MEASURES.items()
    )
