"""The published document is enough to work with: a client made from it places an order."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from .stack import ORDER, Stack, until


def test_the_document_is_valid_and_describes_every_error_as_a_problem(client: Any) -> None:
    document = client.get("/api/openapi.json").json()
    validate(document)
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) > 30
    for operation in operations:
        errors = {s: a for s, a in operation["responses"].items() if int(s) >= 400}
        assert errors, operation["operationId"]
        for status, answer in errors.items():
            assert list(answer["content"]) == ["application/problem+json"]
            expected = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
            assert set(answer.get("headers", {})) == {
                expected[s] for s in (status,) if s in expected
            }


def test_every_link_leads_to_an_operation_and_gives_it_what_it_takes(client: Any) -> None:
    paths = client.get("/api/openapi.json").json()["paths"].values()
    operations = {o["operationId"]: o for path in paths for o in path.values()}
    links = [
        link
        for operation in operations.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) > 15
    for link in links:
        target = operations[link["operationId"]]
        taken = {parameter["name"] for parameter in target.get("parameters", ())}
        assert set(link.get("parameters", ())) <= taken, link
        assert "requestBody" not in link or "requestBody" in target, link


@pytest.fixture
def generated(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package that openapi-python-client makes of the running server's document."""
    (tmp_path / "openapi.json").write_text(
        json.dumps(httpx.get(f"{stack.url}/api/openapi.json").json())
    )
    (tmp_path / "config.yaml").write_text(
        "content_type_overrides: {application/x-ndjson: text/plain}\npost_hooks: []\n"
    )
    done = subprocess.run(
        [
            sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json",
            "--config", "config.yaml", "--meta", "none", "--output-path", "shop_client",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "may be missing" not in done.stdout, done.stdout
    monkeypatch.syspath_prepend(str(tmp_path))
    return importlib.import_module("shop_client")


def test_a_generated_client_places_an_order_and_reads_its_ledger(
    generated: Any, stack: Stack
) -> None:
    def operation(tag: str, name: str) -> Any:
        return importlib.import_module(f"shop_client.api.{tag}.{name}")

    models = importlib.import_module("shop_client.models")
    anonymous = generated.Client(base_url=stack.url)
    made = operation("playground", "create_playground").sync(client=anonymous)
    client = generated.AuthenticatedClient(base_url=stack.url, token=made.token)
    order = operation("company", "place_order").sync(
        client=client, body=models.OrderIn.from_dict(ORDER)
    )
    assert order.id

    def emails() -> Any:
        ledger = operation("playground", "show_ledger").sync(client=client)
        return next(r.actual for r in ledger.rows if r.effect == "EmailSent")

    until(lambda: emails() == 1, "the e-mail is in the ledger")
    missing = operation("company", "show_order").sync(client=client, id="NONE")
    assert (missing.status, missing.title) == (404, "Not Found")
