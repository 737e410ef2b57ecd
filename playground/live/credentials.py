"""The token of a request that is answered on the event loop, from its ASGI scope."""

from typing import Any


def header(scope: Any, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key.lower() == name:
            return str(value.decode("latin-1"))
    return ""


def bearer_token(scope: Any) -> str | None:
    """None if the request has no Authorization; with one, its cookie does not count."""
    kind, _, token = header(scope, b"authorization").partition(" ")
    if not kind:
        return None
    return token if kind.lower() == "bearer" else ""
