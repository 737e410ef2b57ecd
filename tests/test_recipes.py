"""The recipes of CONTRIBUTING.md hold: what they name exists, and what was added followed them."""

import re
from pathlib import Path

import pytest
import yaml

from playground.company.topology import HANDLERS, SERVICES, Party
from playground.faults.catalogue import CATALOGUE, FaultKind
from playground.messaging.brokers import BROKERS, factory

ROOT = Path(__file__).resolve().parent.parent
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
RECIPES = dict(
    re.findall(
        r"^\*\*Add a (\w+)\.\*\* (.*?)\n\n",
        CONTRIBUTING.partition("## Recipes")[2].partition("\n## ")[0] + "\n\n",
        re.M | re.S,
    )
)


def text(path: str) -> str:
    return (ROOT / path).read_text()


def test_there_is_a_recipe_for_everything_that_is_added_often() -> None:
    assert set(RECIPES) == {"fault", "service", "broker", "lesson", "panel"}


@pytest.mark.parametrize("recipe", ["fault", "service", "broker", "lesson", "panel"])
def test_a_recipe_names_files_and_tables_that_exist(recipe: str) -> None:
    code = re.findall(r"`([^`]+)`", RECIPES[recipe])
    paths = [word for word in code if "/" in word]
    assert paths
    for path in paths:
        assert (ROOT / path).exists(), path
    sources = [ROOT / path for path in paths if path.endswith((".py", ".md"))]
    tables = [word for word in code if re.fullmatch(r"[A-Z][A-Za-z_]+", word)]
    for table in tables:
        assert any(table in source.read_text() for source in sources), table


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_has_a_row_a_line_in_the_documents_and_a_test(kind: FaultKind) -> None:
    assert kind in CATALOGUE
    assert f"\n| `{kind.value}` |" in text("docs/faults.md")
    assert f'"{kind.value}"' in text("playground/faults/tests/test_every_fault.py")


@pytest.mark.parametrize(
    "service", [name for name, service in SERVICES.items() if service.party is not Party.ACTOR]
)
def test_a_service_has_a_file_of_handlers_and_a_row_for_each_of_them(service: str) -> None:
    module = f"playground.company.services.{service.replace('-', '_')}"
    handlers = [handler for (name, _), handler in HANDLERS.items() if name == service]
    assert handlers
    assert {handler.__module__ for handler in handlers} == {module}


def test_every_file_of_services_is_a_service() -> None:
    files = {path.stem for path in (ROOT / "playground/company/services").glob("*.py")}
    assert files - {"__init__"} <= {name.replace("-", "_") for name in SERVICES}


@pytest.mark.parametrize("broker", BROKERS)
def test_a_broker_can_be_made_and_passes_the_contract(broker: str) -> None:
    assert callable(factory(broker))
    suite = text("playground/messaging/brokers/tests/test_contract.py")
    assert "params=BROKERS" in suite or f'"{broker}"' in suite


def test_every_panel_is_used() -> None:
    modules = {path: path.read_text() for path in (ROOT / "static/js").rglob("*.js")}
    for panel in modules:
        if panel.parent.name == "panels":
            assert any(f"/{panel.name}'" in source for source in modules.values()), panel.name


def test_make_help_lists_every_target() -> None:
    makefile = text("Makefile")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split())  # type: ignore[index]
    helped = set(re.findall(r"^([a-z-]+):.*## .", makefile, re.M))
    assert helped == targets


def test_every_make_target_that_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## .", text("Makefile"), re.M))
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / ".ci/run"]
    for document in documents:
        named = set(re.findall(r"(?:^|`|\n)make ([a-z-]+)", document.read_text()))
        assert named <= targets, document.name


def test_pre_commit_fetches_nothing_and_runs_what_make_lint_runs() -> None:
    config = yaml.safe_load(text(".pre-commit-config.yaml"))
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    entries = {hook["entry"] for repo in config["repos"] for hook in repo["hooks"]}
    assert "make lint" in entries
    lint = (
        text("Makefile").partition("\nlint:")[2].partition("\n\n")[0].replace("$(BIN)", ".venv/bin")
    )
    for entry in entries - {"make lint"}:
        assert entry in lint
