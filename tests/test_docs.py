"""The documents: every link leads somewhere, and what has to be in them is there."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.design.choices import Design
from playground.faults.spec import Stage
from playground.flow.records import Kind, Record

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
OUR_WORDS = (
    "call", "text", "company", "playground", "design", "fault", "run", "record", "ledger", "twin",
    "doorbell", "storm", "rush", "passport", "promise", "hop", "conditions", "step",
    "killable worker",
)  # fmt: skip
# Words that code and documents once used instead of the field's.
OLD_WORDS = re.compile(
    r"\b(mortals?|victims?|whoever|carrier|cargo|tray|pulse|unseal|brew)\b", re.I
)
# Texts that describe code as it was before the stock stack (ADR 19).
LEFT_AS_THEY_ARE: set[str] = set()


def name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def prose(document: Path) -> str:
    """The document without fenced blocks and code spans."""
    text = re.sub(r"^(~~~~|```).*?^\1", "", document.read_text(), flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def links(document: Path) -> Iterator[str]:
    """Targets of the document's links and images within this repository."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(document)):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub makes of the document's headings."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def table(document: str, heading: str = "") -> list[list[str]]:
    """The cells of the tables below this heading, up to the next one."""
    text = (ROOT / document).read_text()
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0] if heading else text
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_leads_to_a_file_or_folder_and_to_a_heading_in_it(document: Path) -> None:
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if d.stem.split("-")[0] not in LEFT_AS_THEY_ARE], ids=name
)
def test_no_document_uses_a_word_that_was_given_up(document: Path) -> None:
    assert not OLD_WORDS.findall(re.sub(r"\]\([^)]*\)", "", prose(document)))


def test_every_setting_that_is_read_from_the_environment_is_documented() -> None:
    settings = (ROOT / "webapp" / "settings.py").read_text()
    read = set(re.findall(r"""\benv(?:\.\w+)?\(\s*["'](\w+)["']""", settings))
    for_tests_only = {"TEST_DATABASE"}
    documented = set(re.findall(r"`(\w+)`", " ".join(row[0] for row in table("docs/deploy.md"))))
    assert read
    assert read - for_tests_only <= documented


def test_no_code_uses_a_word_that_was_given_up() -> None:
    """What a reader meets in every file: the words of comments, names and texts."""
    given_up = re.compile(r"\b(mortals?|whoever|carrier|cargo|tray|unseal|befall\w*)\b", re.I)
    folders = ("playground", "lessons", "webapp", "bench", "templates", "static/js", "static/css")
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.*"))
    found = {
        path.relative_to(ROOT).as_posix(): words
        for path in files
        if path.suffix in (".py", ".html", ".js", ".css", ".md", ".yaml")
        and (words := given_up.findall(path.read_text()))
    }
    assert not found


def test_every_room_has_a_line_in_the_architecture() -> None:
    rooms = {
        path.stem
        for path in (ROOT / "playground").iterdir()
        if (path / "__init__.py").exists() and path.stem != "migrations"
    } | {"bootstrap", "models"}
    described = {row[0] for row in table("docs/architecture.md", "The rooms")}
    missing = {room for room in rooms if not any(f"[`{room}`]" in cell for cell in described)}
    assert not missing


def test_the_rooms_stand_in_the_architecture_in_the_order_in_which_they_are_held() -> None:
    config = (ROOT / "pyproject.toml").read_text()
    layers = config.partition("layers = [")[2].partition("]")[0]
    held = [room for room in re.findall(r"\w+", layers) if room not in ("views", "urls", "testing")]
    rows = table("docs/architecture.md", "The rooms")
    described = [match[1] for row in rows if (match := re.match(r"\[`(\w+)`\]", row[0]))]
    assert described == held


def code_spans(heading: str) -> set[str]:
    """What the tables of the architecture below this heading set as code, but for links."""
    cells = " ".join(" ".join(row) for row in table("docs/architecture.md", heading))
    return set(re.findall(r"`([^`]+)`", re.sub(r"\[[^]]*\]\([^)]*\)", "", cells)))


def test_the_architecture_describes_every_field_and_kind_of_a_record() -> None:
    assert {field.name for field in dataclasses.fields(Record)} <= code_spans("Records")
    assert set(Kind) <= code_spans("Records")


def test_the_architecture_says_where_every_choice_and_every_stage_of_a_fault_acts() -> None:
    assert set(Design.model_fields) <= code_spans("The design")
    assert set(Stage) <= code_spans("Faults")


def test_every_document_that_the_code_names_exists() -> None:
    folders = ("playground", "lessons", "webapp", "tests", "static/js", "static/css", "templates")
    for folder in folders:
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in {".py", ".js", ".css", ".html"} and path != Path(__file__):
                for named in re.findall(r"\bdocs/[\w./-]*\w", path.read_text()):
                    assert [*ROOT.glob(f"{named}*")], f"{name(path)} names {named}"


def test_the_glossary_defines_our_words_and_maps_each_to_the_fields() -> None:
    rows = {row[0]: row for row in table("docs/glossary.md") if len(row) == 3}
    for word in OUR_WORDS:
        assert word in rows, word
    for word, cells in rows.items():
        assert all(cells), f"{word}: an empty cell; a dash says that there is no such term"


@pytest.mark.parametrize("decision", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=name)
def test_a_decision_has_its_number_and_a_status(decision: Path) -> None:
    text = decision.read_text()
    assert text.startswith(f"# {int(decision.stem[:4])}. ")
    if decision.stem[:4] not in LEFT_AS_THEY_ARE:
        assert re.search(r"^\*\*Status\.\*\* ", text, re.M)


def test_decisions_are_numbered_once_each() -> None:
    numbers = [decision.stem[:4] for decision in (ROOT / "docs" / "adr").glob("*.md")]
    assert len(numbers) == len(set(numbers))
