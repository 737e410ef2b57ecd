"""A RabbitMQ of one's own: its own node, ports and folder. It can be killed and started again."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from webapp.ports import free_port

from .stack import until

PATIENCE_S = 60.0


@dataclass
class RabbitMQ:
    program: Path
    folder: Path
    epmd_port: int  # of the daemon that knows Erlang's nodes by name
    port: int = field(default_factory=free_port)
    distribution_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        with (self.folder / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                [str(self.program)], env=self._environment, start_new_session=True,
                stdout=output, stderr=output,
            )  # fmt: skip
        until(self._answers, "RabbitMQ takes connections", PATIENCE_S)

    def kill(self) -> None:
        """SIGKILL to its shell script and to Erlang, which that has started."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False

    @property
    def _environment(self) -> dict[str, str]:
        (self.folder / "plugins").write_text("[].\n")
        return {
            **os.environ,
            **erlang(self.folder, self.epmd_port),
            "RABBITMQ_NODENAME": f"inflight-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
        }


def erlang(folder: Path, epmd_port: int) -> dict[str, str]:
    """Environment variables: where Erlang keeps its cookie, and where its name daemon listens."""
    return {
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd_port),
    }


def program() -> Path | None:
    """RabbitMQ's start script. Debian's own, on the PATH, may be run by root only."""
    debian = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    found = str(debian) if debian.exists() else shutil.which("rabbitmq-server")
    return Path(found) if found and shutil.which("epmd") else None


@contextmanager
def rabbitmq_server(program: Path) -> Iterator[RabbitMQ]:
    """Start one, stop it and delete its data."""
    with ExitStack() as opened:
        name = opened.enter_context(tempfile.TemporaryDirectory(prefix="inflight-rabbitmq-"))
        server = RabbitMQ(program, Path(name), free_port())
        # Otherwise RabbitMQ would start one that stays when it ends.
        daemon = subprocess.Popen(
            ["epmd"], env={**os.environ, **erlang(server.folder, server.epmd_port)}
        )
        opened.callback(daemon.wait)
        opened.callback(daemon.terminate)
        opened.callback(server.kill)
        server.start()
        yield server
