"""Lessons for tests: the example of the manual, and small ones with a decision and a quiz."""

import re
from pathlib import Path

MANUAL = Path("docs/authoring.md")

LESSON = """---
title: {title}
slug: {slug}
number: {number}
part: Samples
minutes: 1
lead: Why does it wait?
objectives: [know]
---

## About {title}

Everything here is a [queue]{{term=queue}} of penguins.

:::{{transfer}}
id: decide
situation: Somebody asks for the time.
options: [{{value: call, text: Call it}}, {{value: text, text: Text it}}]
expert: call
reasons: They wait for the answer.
:::

:::{{quiz}}
questions:
{questions}:::
"""

QUESTION = """  - id: q{n}
    question: Is **it** so, {n}?
    options: [{{value: yes-it-is, text: It is}}, {{value: no-it-is-not, text: It is not}}]
    answer: yes-it-is
    why: Because of {n}.
"""


def write_lesson(folder: Path, number: int, questions: int = 2) -> str:
    """Write a small lesson into the folder, and return its slug."""
    quiz = "".join(QUESTION.format(n=n) for n in range(1, questions + 1))
    slug = f"sample-{number}"
    text = LESSON.format(title=f"Sample {number}", slug=slug, number=number, questions=quiz)
    (folder / f"{slug}.md").write_text(text)
    return slug


def example_lesson() -> str:
    """The whole lesson that docs/authoring.md shows, as Markdown."""
    example = re.search(r"~~~~markdown\n(.*?)~~~~", MANUAL.read_text(), re.DOTALL)
    assert example
    return example[1]
