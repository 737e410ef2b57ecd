"""Search: ranked by where a word stands, marked, safe; nothing found is said."""

import pytest
from django.test import Client

from lessons.search import Passage, search


def passage(title: str = "", heading: str = "", text: str = "") -> Passage:
    return Passage("Lesson 1", title, heading, text, "/")


def test_a_title_outranks_a_heading_and_a_heading_the_text() -> None:
    text, heading, title = passage(text="queue"), passage(heading="Queue"), passage(title="Queues")

    assert [h.passage for h in search([text, heading, title], "queue")] == [title, heading, text]


def test_every_word_must_occur_or_begin_one() -> None:
    both, one = passage(text="early acknowledgement"), passage(text="early bird")

    assert [h.passage for h in search([both, one], "ack early")] == [both]
    assert search([passage(text="pack")], "ack") == []


@pytest.mark.parametrize("nothing", ["", "  ", "?!", "\\"])
def test_a_query_without_words_finds_nothing(nothing: str) -> None:
    assert search([passage(text="all")], nothing) == []


def test_words_are_marked_and_html_is_shown_as_text() -> None:
    hit = search(
        [passage(title="<b> & queue", text="x " * 200 + "the <i>queues</i> wait")], "queue"
    )[0]

    assert hit.title == "&lt;b&gt; &amp; <mark>queue</mark>"
    assert "&lt;i&gt;<mark>queues</mark>&lt;/i&gt;" in hit.excerpt
    assert hit.excerpt.startswith("… x")


@pytest.mark.django_db
def test_lessons_and_glossary_are_searched(client: Client, samples: list[str]) -> None:
    found = client.get("/search/", {"q": "penguins"}).content.decode()
    assert "2 results for" in found
    assert "/lessons/sample-101/#:~:text=About%20Sample%20101" in found
    assert "/glossary/#queue" in client.get("/search/", {"q": "queue"}).content.decode()

    assert "No results for “zebra&lt;”" in client.get("/search/", {"q": "zebra<"}).content.decode()


@pytest.mark.django_db
def test_the_glossary_links_to_the_lessons_that_use_a_word(
    client: Client, samples: list[str]
) -> None:
    glossary = client.get("/glossary/").content.decode()

    entry = glossary.split('id="queue"')[1].split("<dt>")[1]
    assert "/lessons/sample-101/" in entry
