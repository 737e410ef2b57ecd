"""Run the tests that use a database on PostgreSQL, on a server started for them.

python -m tests.postgresql [options of pytest]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from webapp.ports import free_port

TESTED = ("playground", "lessons", "webapp")


def main() -> int:
    if programs() is None:
        print("There is no PostgreSQL here (on Debian: apt install postgresql).")
        return 1
    with postgresql_server() as url:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "--with-database-only", *TESTED, *sys.argv[1:]],
            env={**os.environ, "DATABASE_URL": url},
            check=False,
        ).returncode


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Start a server with an empty database, yield its URL, stop it and delete its data.

    Raises FileNotFoundError if this machine has no PostgreSQL.
    """
    with own_server() as server:
        yield server.url


@contextmanager
def own_server() -> Iterator["Server"]:
    """The same for those who stop the server in between and start it again."""
    found = programs()
    if found is None:
        raise FileNotFoundError("initdb")
    folder = Path(tempfile.mkdtemp(prefix="inflight-pg-"))
    server = Server(found, folder, free_port())
    try:
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
        _run(found / "initdb", "-D", server.data, "-U", "inflight", "-A", "trust", "--no-sync")
        server.start()
        yield server
    finally:
        if server.is_running:
            server.cut()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Server:
    programs: Path
    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgres://inflight@127.0.0.1:{self.port}/postgres"

    @property
    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def start(self) -> None:
        """Start it, and wait until it takes connections. It first repeats what a cut has stopped."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = self.folder / "log"
        self._control("-o", options, "-l", log, "-w", "start")

    def cut(self) -> None:
        """Stop it at once, as when its power fails: every connection and transaction is lost."""
        self._control("-m", "immediate", "-w", "stop")

    def _control(self, *words: object) -> None:
        _run(self.programs / "pg_ctl", "-D", self.data, *words)


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, which Debian does not put on the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def _run(*command: object) -> None:
    words: Sequence[str] = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")


if __name__ == "__main__":
    sys.exit(main())
