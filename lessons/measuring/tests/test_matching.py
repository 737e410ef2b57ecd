"""Which records fit a description: the same ones here and on the page."""

import json
from typing import Any

import pytest
from django.conf import settings

from playground.flow.records import Kind, Record

from ..matching import Match

SHARED = json.loads(
    (settings.BASE_DIR / "tests" / "js" / "matching_cases.json").read_text()
)  # tests/js/lesson.test.js tests the page with the same cases
RECORD = Record(**{**SHARED["record"], "kind": Kind(SHARED["record"]["kind"])})


@pytest.mark.parametrize(("match", "expected"), SHARED["cases"])
def test_a_record_fits_here_as_on_the_page(match: dict[str, Any], expected: bool) -> None:
    assert Match.model_validate(match).fits(RECORD) is expected
