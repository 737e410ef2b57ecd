"""The company is pure: it imports nothing of the machinery around it."""

import ast
from pathlib import Path

import pytest

COMPANY = Path(__file__).parent
FORBIDDEN = {"django", "celery", "redis", "channels", "ninja"}
SOURCES = sorted(p for p in COMPANY.rglob("*.py") if not p.name.startswith("test_"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(COMPANY)))
def test_no_machinery_is_imported(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        assert not FORBIDDEN & {name.split(".")[0] for name in names}, ast.unparse(node)
