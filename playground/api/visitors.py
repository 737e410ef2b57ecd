"""Who sends a request, as far as that can be said before it has a thread.

A token or a session cookie is looked up in the database, so in a thread. What was found is
remembered: from then on the credential stands for its playground. Scripts and browsers of one
playground are two visitors, so that the page still answers during a rush.
"""

from collections.abc import Mapping
from threading import Lock
from typing import Any

from ..storage.playgrounds import hash_of
from .session_cookie import session_key

KEPT = 10_000


class Visitors:
    """Thread-safe."""

    def __init__(self, kept: int = KEPT) -> None:
        self._playgrounds: dict[str, str] = {}  # by the credential's hash, longest known first
        self._kept, self._lock = kept, Lock()

    def learn(self, credential: str, playground: str) -> None:
        """Remember that this token or session key belongs to this playground."""
        known = self._playgrounds
        with self._lock:
            known[hash_of(credential)] = playground
            while len(known) > self._kept:
                del known[next(iter(known))]

    def of(self, scope: Mapping[str, Any]) -> str:
        """The visitor that has sent the request with this ASGI scope."""
        if scope["path"] == "/healthz":
            return "the health check"
        headers = dict(scope["headers"])
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme:
            return self._of_credential("script", token)
        if key := session_key(headers.get(b"cookie", b"").decode("latin-1")):
            return self._of_credential("browser", key)
        client = scope.get("client") or ["unknown"]
        return f"somebody at {client[0]}"

    def _of_credential(self, kind: str, credential: str) -> str:
        hashed = hash_of(credential)
        return f"{kind} of {self._playgrounds.get(hashed, hashed)}"


visitors = Visitors()
