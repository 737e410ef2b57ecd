"""What a phone in the same network types, and which names the server then answers to."""

import pytest

from webapp import addresses
from webapp.addresses import main_address, own_names, public_host
from webapp.terminal import qr_code


def test_a_server_on_every_interface_tells_an_address_that_a_phone_can_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for host in ("0.0.0.0", "::"):
        assert public_host(host) == main_address()
        assert public_host(host) not in addresses.WILDCARDS
        assert main_address() in own_names(host)
    monkeypatch.setattr(addresses, "_SOMEWHERE", ("not an address", 9))
    assert main_address() == "localhost", "a machine without a network"


def test_a_server_on_one_interface_answers_to_its_names_only() -> None:
    assert public_host("127.0.0.1") == "localhost"
    assert own_names("192.168.1.20") == ["localhost", "127.0.0.1", "[::1]", "192.168.1.20"]
    assert "[fd00::2]" in own_names("fd00::2")


def test_the_code_in_the_terminal_is_drawn_in_lines_that_fit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = qr_code("http://192.168.178.123:8000/").splitlines()
    assert 10 < len(lines) < 25
    assert capsys.readouterr().out == ""
