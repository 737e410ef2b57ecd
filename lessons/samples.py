"""Small lessons for tests: each with a decision to make and questions to leave behind."""

from pathlib import Path

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
    """A lesson file. Returns the lesson's slug."""
    asked = "".join(QUESTION.format(n=n) for n in range(1, questions + 1))
    slug = f"sample-{number}"
    text = LESSON.format(title=f"Sample {number}", slug=slug, number=number, questions=asked)
    (folder / f"{slug}.md").write_text(text)
    return slug
