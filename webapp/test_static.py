"""What is collected to be served: small, and whole."""

import re
from pathlib import Path
from typing import Any

from django.core.management import call_command

_IMPORTED = re.compile(r"""(?:from|import\(?)\s*["'](\.{1,2}/[^"']+)["']""")


def test_every_module_that_is_served_finds_what_it_imports(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path
    backend = "webapp.static.ModuleStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}

    call_command("collectstatic", interactive=False, verbosity=0)

    hashed = [
        p for p in (tmp_path / "js").rglob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", p.name)
    ]
    assert hashed
    for module in hashed:
        text = module.read_text()
        assert text, f"{module.name} is empty"
        for name in _IMPORTED.findall(text):
            assert (module.parent / name).exists(), f"{module.name} imports {name}"
            assert re.search(r"\.[0-9a-f]{12}\.m?js$", name), f"{module.name} imports {name}"
