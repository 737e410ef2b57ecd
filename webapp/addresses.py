"""The addresses at which other machines reach this one."""

import socket

import ifaddr

# HOST is one of these if the server listens on every interface.
WILDCARDS = ("0.0.0.0", "::")
# Nothing is sent there: it is reserved for documentation (RFC 5737).
_SOMEWHERE = ("192.0.2.254", 9)


def public_host(host: str) -> str:
    """The name for other machines of a server that listens on `host`."""
    if host in ("127.0.0.1", "::1"):
        return "localhost"
    return main_address() if host in WILDCARDS else host


def main_address() -> str:
    """This machine's address in its main network; localhost if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)  # chooses a route, and sends nothing
        except OSError:
            return "localhost"
        address: str = probe.getsockname()[0]
        return address


def own_names(host: str) -> list[str]:
    """Every name by which a server that listens on `host` may be called."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host not in WILDCARDS:
        return [*names, f"[{host}]" if ":" in host else host]
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    addresses = [ip if isinstance(ip, str) else f"[{ip[0]}]" for ip in found]
    hostname = socket.gethostname().lower()
    return [*names, *addresses, hostname, f"{hostname}.local"]
