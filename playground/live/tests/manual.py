"""docs/asyncapi.yaml, as the judge of what is sent over the socket and in answers to polls."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from django.conf import settings
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

MANUAL = yaml.safe_load((settings.BASE_DIR / "docs" / "asyncapi.yaml").read_text())
SITE = "https://inflight.example"  # any: the manual refers to the API's document by its path
ADDRESS = f"{SITE}/asyncapi.yaml"
HEARD = {
    reference["$ref"].rpartition("/")[2] for reference in MANUAL["operations"]["hear"]["messages"]
}
SAID = {
    reference["$ref"].rpartition("/")[2] for reference in MANUAL["operations"]["ask"]["messages"]
}


def check_heard(frame: dict[str, Any]) -> None:
    """Raises AssertionError if the server must not send this frame."""
    _check(frame, HEARD)


def check_said(frame: dict[str, Any]) -> None:
    """Raises AssertionError if a client must not send this frame."""
    _check(frame, SAID)


def references(part: Any = MANUAL) -> Iterator[str]:
    """All that the manual refers to, in itself and in the OpenAPI document."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


@cache
def registry() -> Registry[Any]:
    from playground.api.api import api

    documents = {ADDRESS: MANUAL, f"{SITE}/api/openapi.json": api.get_openapi_schema()}
    return Registry().with_resources(
        (address, DRAFT202012.create_resource(document)) for address, document in documents.items()
    )


@cache
def _validator(kind: str) -> Draft202012Validator:
    reference = {"$ref": f"{ADDRESS}#/components/messages/{kind}/payload"}
    return Draft202012Validator(reference, registry=registry())


def _check(frame: dict[str, Any], kinds: set[str]) -> None:
    kind = frame.get("type", "")
    assert kind in kinds, f"the manual knows no such frame: {frame}"
    wrong = [f"{error.json_path}: {error.message}" for error in _validator(kind).iter_errors(frame)]
    assert not wrong, f"not as the manual says: {wrong} in {frame}"
    known = MANUAL["components"]["messages"][kind]["payload"]["properties"].keys()
    assert frame.keys() <= known, f"not in the manual: {frame.keys() - known}"
