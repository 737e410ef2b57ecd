from pathlib import Path

from playground.company.source import handler_source
from playground.company.topology import HANDLERS

ROOT = Path(__file__).resolve().parents[3]


def test_every_handlers_source_is_found() -> None:
    for service, message in HANDLERS:
        found = handler_source(service, message.__name__)

        assert found is not None
        lines = (ROOT / found.file).read_text().splitlines()
        assert lines[found.first_line - 1].startswith(f"def {found.symbol}(")
        assert found.file.startswith("playground/company/services/")


def test_only_handlers_are_shown() -> None:
    for service, message in (("orders", "Nonsense"), ("playground", "OrderPlaced"), ("", "")):
        assert handler_source(service, message) is None
