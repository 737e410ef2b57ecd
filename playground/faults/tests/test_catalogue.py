"""The catalogue of faults: complete, consistent with the design and with docs/faults.md."""

import re

import pytest
from django.conf import settings

from playground.design.choices import Design
from playground.faults.catalogue import CATALOGUE, FaultKind
from playground.faults.fault import Fault, FaultRequest

HEADER = ["kind", "mechanism here", "Toxiproxy", "Chaos Mesh", "Envoy", "AWS FIS"]


def test_every_kind_is_in_the_catalogue() -> None:
    assert set(CATALOGUE) == set(FaultKind)


@pytest.mark.parametrize("kind", FaultKind)
def test_a_kind_says_what_it_does_to_calls_and_texts_what_it_teaches_and_what_answers_it(
    kind: FaultKind,
) -> None:
    spec = CATALOGUE[kind]
    assert spec.title
    for sentence in (spec.says, spec.calls, spec.texts, spec.teaches):
        assert re.fullmatch(r"[A-Z0-9{].*[.]", sentence), sentence
    assert spec.answers, "no choice of the design answers it"
    assert set(spec.answers) <= set(Design.model_fields)


@pytest.mark.parametrize("kind", FaultKind)
def test_a_kind_can_be_put_on_each_of_its_places_and_names_it(kind: FaultKind) -> None:
    spec = CATALOGUE[kind]
    assert spec.places
    sentences = set()
    for target in spec.places:
        FaultRequest(kind, target).checked()
        fault = Fault("f", kind, target, 0.0, ms=spec.default_ms, status=spec.default_status)
        assert not re.search(r"[{}]", fault.says)
        sentences.add(fault.says)
    assert len(sentences) == len(spec.places)


def table() -> list[list[str]]:
    """The table of docs/faults.md, cell by cell."""
    text = (settings.BASE_DIR / "docs" / "faults.md").read_text()
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_documentation_names_every_kind_as_other_tools_call_it() -> None:
    header, _, *rows = table()
    assert header == HEADER
    assert [row[0] for row in rows] == [f"`{kind.value}`" for kind in FaultKind]
    for row in rows:
        assert len(row) == len(HEADER)
        assert all(row), f"an empty cell of {row[0]}; write a dash if there is no equivalent"


def test_the_names_of_aws_fis_are_names_of_actions_or_documents() -> None:
    _, _, *rows = table()
    cells = [row[HEADER.index("AWS FIS")] for row in rows]
    names = [name for cell in cells for name in re.findall(r"`([^`]*)`", cell)]
    assert names
    for cell in cells:
        assert cell == "–" or "`" in cell
    for name in names:
        assert re.fullmatch(r"aws:[a-z]+:[a-z-]+|AWSFIS-Run(-[A-Z][A-Za-z]+)+", name), name
