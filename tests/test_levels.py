"""Every test has one level, which follows from what it asks for (conftest.py)."""

import pytest

from conftest import LEVELS


def test_every_test_has_exactly_one_level(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        levels = [marker.name for marker in item.iter_markers() if marker.name in LEVELS]
        assert len(levels) == 1, f"{item.nodeid}: {levels}"


def test_every_level_is_described_for_pytest(pytestconfig: pytest.Config) -> None:
    described = {line.split(":")[0] for line in pytestconfig.getini("markers")}
    assert set(LEVELS) <= described


def test_a_unit_test_that_starts_a_process_fails_and_says_what_to_ask_for() -> None:
    import subprocess

    with pytest.raises(pytest.fail.Exception, match="processes"):
        subprocess.run(["true"], check=False)
