"""Read the environment's variables. A mistake in one is told in a sentence that names it."""

import os
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = environ.Env.BOOLEAN_TRUE_STRINGS, ("false", "off", "no", "n", "0", "")
DATABASE_SCHEMES = ("postgres", "postgresql", "sqlite")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
REDIS_SCHEMES = ("redis", "rediss", "unix")


class Environment:
    """Every method returns the variable's value, or `default` if it is not set.

    All raise ImproperlyConfigured if the value cannot be used.
    """

    def text(self, name: str, default: str) -> str:
        return os.environ.get(name, "") or default

    def texts(self, name: str, default: Collection[str]) -> list[str]:
        """The parts between commas."""
        value = os.environ.get(name, "")
        return [part.strip() for part in value.split(",") if part.strip()] or list(default)

    def folders(self, name: str) -> list[Path]:
        """The folders between commas."""
        folders = [Path(folder).expanduser() for folder in self.texts(name, [])]
        for folder in folders:
            if not folder.is_dir():
                raise _mistake(name, str(folder), "a folder, or several with commas between them")
        return folders

    def choice(self, name: str, default: str, choices: Collection[str]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise _mistake(name, value, f"one of {', '.join(choices)}")
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        # not int() alone, which takes "1_000" and digits of every script
        if not (value.isascii() and value.isdigit() and least <= int(value[:9]) <= most):
            raise _mistake(name, value, f"a whole number from {least} to {most}")
        return int(value)

    def networks(self, name: str, default: Collection[str]) -> list[IPv4Network | IPv6Network]:
        """The addresses and networks between commas."""
        networks = []
        for text in self.texts(name, default):
            try:
                networks.append(ip_network(text))
            except ValueError:
                raise _mistake(
                    name, text, "an address or a network such as 10.0.0.0/8, or several"
                ) from None
        return networks

    def truth(self, name: str, default: bool) -> bool:
        value = os.environ.get(name, "").lower() or str(default).lower()
        if value not in (*_TRUE, *_FALSE):
            raise _mistake(name, value, "one of on, off, yes, no, true, false")
        return value in _TRUE

    def url(self, name: str, default: str, schemes: Collection[str]) -> str:
        value = self.text(name, default)
        example = f"an address that begins with {' or '.join(f'{s}://' for s in schemes)}"
        try:
            parts = urlsplit(value)
            is_one = parts.scheme in schemes and (parts.hostname or parts.path)
            if not is_one or (parts.port or 1) < 1:
                raise ValueError
        except ValueError:  # a port that is no number
            raise _mistake(name, _without_password(value), example) from None
        return value

    def database(self, name: str, default: Path) -> dict[str, Any]:
        """Django's settings of the database at this URL, or of the SQLite file `default`."""
        if not os.environ.get(name):
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(default)}
        url = self.url(name, "", DATABASE_SCHEMES)
        found: dict[str, Any] = environ.Env.db_url_config(url)
        if not found.get("NAME"):
            raise _mistake(name, _without_password(url), "postgres://user:password@host/name")
        return found


def private_directory(path: Path, name: str) -> Path:
    """Make the directory if need be, and close it to other users of the machine.

    `name` is the variable that names it.  Raises ImproperlyConfigured if nothing can be
    written there.
    """
    probe = path / f".writable.{os.getpid()}"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_uid == os.geteuid():
            path.chmod(0o700)
        probe.write_bytes(b"x" * 4096)
    except OSError as error:
        raise ImproperlyConfigured(
            f"Nothing can be written to {path} ({error.strerror}). "
            f"Make room there, or name another directory: {name}=~/inflight make run"
        ) from None
    finally:
        if probe.exists():
            probe.unlink()
    return path


def _mistake(name: str, value: str, expected: str) -> ImproperlyConfigured:
    shown = value if len(value) <= 80 else f"{value[:80]}…"
    return ImproperlyConfigured(f"{name} is “{shown}”, but must be {expected}.")


def _without_password(url: str) -> str:
    """An address as it may be shown in a terminal or a log."""
    before, at, after = url.rpartition("@")
    return f"…@{after}" if at and before else url
