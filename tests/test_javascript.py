"""The pure parts of the page's JavaScript, run by Node where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_state_and_travel(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node: the end-to-end tests still run this code in the browser")
    shutil.copytree(ROOT / "static" / "js", tmp_path / "static" / "js")
    shutil.copytree(ROOT / "tests" / "js", tmp_path / "tests" / "js")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        [node, "--test", "tests/js/"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
