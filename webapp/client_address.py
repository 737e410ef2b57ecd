"""Whose request it is: the address behind the proxies that are configured.

A client can send an X-Forwarded-For of its own, and a proxy adds to it at the right. So it is
read from the right, and only as far as each address that passed it on is a proxy of ours.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any


class ClientAddress:
    """An ASGI middleware: `scope["client"]` is the client, not the proxy."""

    def __init__(self, inner: Any, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._inner, self._proxies = inner, proxies

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("client"):
            scope = {**scope, "client": [self._client(scope), scope["client"][1]]}
        await self._inner(scope, receive, send)

    def _client(self, scope: Any) -> str:
        address: str = scope["client"][0]
        lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        passed_on = b",".join(lines).decode("latin-1").split(",")
        while passed_on and self._is_proxy(address):
            before = _address(passed_on.pop())
            if before is None:
                break
            address = str(before)
        return address

    def _is_proxy(self, address: str) -> bool:
        found = _address(address)
        return found is not None and any(found in network for network in self._proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
