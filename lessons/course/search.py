"""Full-text search over lessons and glossary. They are few: each search reads all of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe

from .lesson import Lesson
from .terms import Term

# How much a word adds to the score, by where it is found. In the text, each time counts, up to
# MAX_IN_TEXT times.
IN_TITLE, IN_HEADING, IN_TEXT, MAX_IN_TEXT = 20, 8, 1, 5
EXCERPT_RADIUS = 90  # characters on each side of the first word found
_HEADING = re.compile(r"<h2[^>]*>(.*?)</h2>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of a lesson, or a term."""

    where: str  # "Lesson 3", "Glossary"
    title: str
    heading: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that contains every word of the query, with the words marked."""

    passage: Passage
    score: int
    title: SafeString
    heading: SafeString
    excerpt: SafeString


def search(passages: Iterable[Passage], query: str) -> list[Hit]:
    """The passages that contain every word of the query, the highest score first.

    `ack` also finds words that begin with it, such as `acknowledgement`.
    """
    words = [re.compile(rf"\b{re.escape(word)}", re.I) for word in re.findall(r"[\w'-]+", query)]
    if not words:
        return []
    hits = [hit for passage in passages if (hit := _hit(passage, words))]
    return sorted(hits, key=lambda hit: -hit.score)


def passages_of(lesson: Lesson) -> Iterator[Passage]:
    """What stands before the first heading, then one passage for each heading."""
    url, where = reverse("lesson", args=[lesson.slug]), f"Lesson {lesson.number}"
    opening, *parts = _HEADING.split(lesson.html)
    yield Passage(where, lesson.title, "", f"{lesson.lead} {_plain(opening)}", url)
    for heading, text in zip(parts[::2], parts[1::2], strict=True):
        name = _plain(heading)
        # A text fragment: the browser scrolls to these words.
        yield Passage(where, lesson.title, name, _plain(text), f"{url}#:~:text={quote(name)}")


def passage_of(term: Term) -> Passage:
    return Passage("Glossary", term.title, "", term.says, f"{reverse('glossary')}#{term.key}")


def _hit(passage: Passage, words: list[re.Pattern[str]]) -> Hit | None:
    score = 0
    for word in words:
        in_text = min(MAX_IN_TEXT, len(word.findall(passage.text)))
        word_score = IN_TEXT * in_text + IN_HEADING * bool(word.search(passage.heading))
        word_score += IN_TITLE * bool(word.search(passage.title))
        if not word_score:
            return None
        score += word_score
    excerpt = _excerpt(passage.text, words)
    return Hit(
        passage, score, _marked(passage.title, words), _marked(passage.heading, words),
        _marked(excerpt, words),
    )  # fmt: skip


def _excerpt(text: str, words: list[re.Pattern[str]]) -> str:
    positions = [match.start() for word in words if (match := word.search(text))]
    start = max(0, min(positions, default=0) - EXCERPT_RADIUS)
    end = min(len(text), start + 2 * EXCERPT_RADIUS)
    if start:
        start = text.find(" ", start) + 1  # whole words only
    if end < len(text):
        end = max(start, text.rfind(" ", start, end))
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def _marked(text: str, words: list[re.Pattern[str]]) -> SafeString:
    any_word = re.compile("|".join(rf"{word.pattern}[\w'-]*" for word in words), re.I)
    html, end = "", 0
    for match in any_word.finditer(text):
        html += f"{escape(text[end : match.start()])}<mark>{escape(match[0])}</mark>"
        end = match.end()
    return mark_safe(html + escape(text[end:]))


def _plain(html: str) -> str:
    return " ".join(unescape(strip_tags(html)).split())
