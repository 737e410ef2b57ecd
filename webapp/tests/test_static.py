"""What is collected to be served: small, and whole."""

import os
import re
import time
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import call_command

from ..collected import STAMP, collect

_IMPORTED = re.compile(r"""(?:from|import\(?)\s*["'](\.{1,2}/[^"']+)["']""")


def test_every_module_that_is_served_finds_what_it_imports(static_root: Path) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)

    hashed = [
        p for p in (static_root / "js").rglob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", p.name)
    ]
    assert hashed
    for module in hashed:
        text = module.read_text()
        assert text, f"{module.name} is empty"
        for name in _IMPORTED.findall(re.sub(r"/\*.*?\*/", "", text, flags=re.S)):
            assert (module.parent / name).exists(), f"{module.name} imports {name}"
            assert re.search(r"\.[0-9a-f]{12}\.m?js$", name), f"{module.name} imports {name}"


def test_every_sheet_is_linked_and_every_linked_sheet_exists(settings: Any) -> None:
    base = Path(settings.BASE_DIR)
    pages = "".join(page.read_text() for page in (base / "templates").rglob("*.html"))
    linked = set(re.findall(r"'(css/[^']+\.css)'", pages))

    assert linked == {
        path.relative_to(base / "static").as_posix()
        for path in (base / "static/css").rglob("*.css")
    }


def test_it_is_collected_again_only_when_a_file_has_changed(tmp_path: Path, settings: Any) -> None:
    source = tmp_path / "source" / "sheet.css"
    source.parent.mkdir()
    source.write_text("p { color: red }")
    settings.STATICFILES_DIRS = [source.parent]
    settings.STATIC_ROOT = tmp_path / "served"
    assert collect()
    assert not collect()

    source.write_text("p { color: green }")
    later = time.time() + 5  # Django looks at whole seconds
    os.utime(source, (later, later))
    assert collect()
    assert (settings.STATIC_ROOT / "sheet.css").read_text() == source.read_text()


def test_a_collection_that_was_cut_short_is_made_anew(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path
    assert collect()
    (settings.STATIC_ROOT / STAMP).write_text("of an older version")
    with monkeypatch.context() as cut:
        cut.setattr("webapp.collected.call_command", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            collect()
    assert collect()
