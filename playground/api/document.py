"""The OpenAPI document: what Django Ninja makes of the views, and what it cannot know."""

from collections.abc import Iterator
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

PROBLEM = "#/components/schemas/ProblemOut"
TAGS = {
    "company": "What a customer asks of the company",
    "playground": "The company's design and faults, rushes and twins, and what has happened",
}
SERVERS = [{"url": "/", "description": "this installation"}]
EXTRA = {
    "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
    "info": {"license": {"name": "MIT", "identifier": "MIT"}},
}
_ERROR_HEADERS = {
    "401": ("WWW-Authenticate", "how to say who you are"),
    "429": ("Retry-After", "seconds after which to try again"),
    "503": ("Retry-After", "seconds after which to try again"),
}
_EXAMPLE = {
    "type": "about:blank",
    "title": "Service Unavailable",
    "status": 503,
    "detail": "payments did not answer within 2 s",
    "kept": "Nothing was changed.",
    "next": "Try again in 5 seconds.",
}


class DocumentedAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The view's name: there is one of each."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        for operation in _operations(document):
            # Ninja writes an operation that needs nobody's playground without this field.
            operation.setdefault("security", [])
            for status, answer in operation["responses"].items():
                _describe_error(str(status), answer)
        for schema in document["components"]["schemas"].values():
            for field in schema.get("properties", {}).values():
                _simplify(field)
        return document


def _operations(document: OpenAPISchema) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _describe_error(status: str, answer: dict[str, Any]) -> None:
    """Errors are application/problem+json, and some have a header."""
    content = answer.get("content", {})
    if content.get("application/json", {}).get("schema") == {"$ref": PROBLEM}:
        answer["content"] = {"application/problem+json": content["application/json"]}
        answer["content"]["application/problem+json"]["example"] = _EXAMPLE | {
            "status": int(status),
            "title": answer["description"],
        }
        if header := _ERROR_HEADERS.get(status):
            name, text = header
            schema = {"type": "integer"} if name == "Retry-After" else {"type": "string"}
            answer["headers"] = {name: {"description": text, "schema": schema}}


def _simplify(field: dict[str, Any]) -> None:
    """What stands beside a reference is legal, and makes generators drop the whole schema."""
    if isinstance(field.get("default"), dict):
        del field["default"]
    if len(field.get("allOf", ())) == 1:
        field |= field.pop("allOf")[0]
