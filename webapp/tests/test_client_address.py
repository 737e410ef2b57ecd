"""Forwarded addresses count only from a proxy that is configured."""

import asyncio
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from webapp.client_address import ClientAddress
from webapp.environment import Environment

PROXIES = [ip_network("127.0.0.1"), ip_network("10.9.0.0/16")]


def client_of(peer: str, *forwarded: str) -> str:
    seen: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    scope = {"type": "http", "client": [peer, 5000], "headers": headers}
    asyncio.run(ClientAddress(inner, PROXIES)(scope, None, None))
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", ["198.51.100.7"], "203.0.113.5"),  # no proxy of ours: the client's word
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["1.1.1.1, 198.51.100.7"], "198.51.100.7"),  # the left one is invented
        ("127.0.0.1", ["1.1.1.1", "198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["1.1.1.1, 198.51.100.7, 10.9.3.3"], "198.51.100.7"),  # two proxies
        ("::ffff:127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["2001:db8::7"], "2001:db8::7"),
        ("127.0.0.1", ["1.1.1.1, nonsense"], "127.0.0.1"),
    ],
)
def test_an_address_counts_as_far_as_proxies_of_ours_have_passed_it_on(
    peer: str, forwarded: list[str], client: str
) -> None:
    assert client_of(peer, *forwarded) == client


def test_the_setting_names_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "127.0.0.1, 10.9.0.0/16")
    assert Environment().networks("TRUSTED_PROXIES", []) == PROXIES
    monkeypatch.setenv("TRUSTED_PROXIES", "caddy")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES is “caddy”"):
        Environment().networks("TRUSTED_PROXIES", [])
