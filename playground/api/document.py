"""The OpenAPI document: what Django Ninja makes of the views, and what it cannot know."""

from collections.abc import Iterator
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from .links import LINKS

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
# Any request of this kind may get these before its view sees it.
_UNREADABLE = {"requestBody": ("400", "Bad Request"), "parameters": ("414", "URI Too Long")}
_TRACE_HEADERS = {
    "traceresponse": "the trace of this request, as in W3C Trace Context: 00-<trace>-<span>-01",
    "X-Inflight-Run": "its run: the first twelve digits of the trace",
}
_CREATED = {("register", "201"), ("place_order", "202")}  # what they made is at `Location`
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
            _add_unreadable(operation)
            for status, answer in operation["responses"].items():
                _describe_error(str(status), answer)
                _describe_headers(operation, str(status), answer)
                if links := LINKS.get((operation["operationId"], str(status))):
                    answer["links"] = links
        for schema in document["components"]["schemas"].values():
            for field in schema.get("properties", {}).values():
                _simplify(field)
        return document


def _operations(document: OpenAPISchema) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _add_unreadable(operation: dict[str, Any]) -> None:
    """The answers to a request that is no JSON, or whose address is too long."""
    where = {parameter["in"] for parameter in operation.get("parameters", ())}
    for part, (status, title) in _UNREADABLE.items():
        if operation.get(part) and (part == "requestBody" or "query" in where):
            operation["responses"][status] = {
                "description": title,
                "content": {"application/json": {"schema": {"$ref": PROBLEM}}},
            }


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


def _describe_headers(operation: dict[str, Any], status: str, answer: dict[str, Any]) -> None:
    """What the company's answers say beside their bodies."""
    if int(status) >= 400 or "company" not in operation["tags"]:
        return
    headers = dict(_TRACE_HEADERS)
    if (operation["operationId"], status) in _CREATED:
        headers["Location"] = "where to read what was made"
    answer["headers"] = {
        name: {"description": text, "required": True, "schema": {"type": "string"}}
        for name, text in headers.items()
    }


def _simplify(field: dict[str, Any]) -> None:
    """What stands beside a reference is legal, and makes generators drop the whole schema."""
    if isinstance(field.get("default"), dict):
        del field["default"]
    if len(field.get("allOf", ())) == 1:
        field |= field.pop("allOf")[0]
