"""The whole product, started by `manage.py up` as a user starts it, in its own data directory."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from webapp.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60.0


def until(holds: Callable[[], Any], what: str, patience_s: float = 20.0) -> Any:
    """Wait until the condition holds, and return its value.  Raises AssertionError with `what`."""
    gives_up_at = time.monotonic() + patience_s
    while time.monotonic() < gives_up_at:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError(f"after {patience_s:g} s still not: {what}")


@dataclass
class Stack:
    data_dir: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)  # more environment variables
    arguments: tuple[str, ...] = ()  # of `manage.py up`
    process: subprocess.Popen[str] | None = None
    output: Path = field(init=False)

    def __post_init__(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.output = self.data_dir / "output.txt"

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def playground_url(self) -> str:
        """The sandbox: a page with the whole playground, and every button."""
        return f"{self.url}/sandbox/"

    @property
    def lesson_url(self) -> str:
        """A lesson in which orders can be placed."""
        return f"{self.url}/lessons/the-rush/"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO")}
        # All stacks serve the same static files, so these are collected once.
        shared = {"STATIC_ROOT": str(ROOT / "data" / "tests" / "static")}
        own = {"PORT": str(self.port), "DATA_DIR": str(self.data_dir)}
        return kept | shared | own | self.settings

    def launch(self) -> None:
        """Start it without waiting."""
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", *self.arguments], cwd=ROOT, env=self.environment,
                stdout=output, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )  # fmt: skip

    def start(self) -> "Stack":
        self.launch()
        until(lambda: "Ctrl-C stops" in self.printed, "running", PATIENCE_S)
        return self

    @property
    def printed(self) -> str:
        return self.output.read_text()

    @property
    def instructor_link(self) -> str:
        match = re.search(r"http\S+/instructor/enter/\S+", self.printed)
        assert match, self.printed
        return match[0]

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C, and wait for the end. Returns the exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(30)

    def pids(self) -> dict[str, list[int]]:
        """Our processes by name ("web", "worker", "redis", "up"), as the system lists them."""
        found: dict[str, list[int]] = {}
        marks = {
            "web": "webapp.web",
            "worker": "worker --pool threads",
            "killable": "worker --pool prefork",
            "up": "supervise.py",
        }
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue  # it has just ended
            for name, mark in marks.items():
                if mark in command and f"DATA_DIR={self.data_dir}\0".encode() in environment:
                    found.setdefault(name, []).append(int(folder.name))
        return found | self._redis_pid()

    def _redis_pid(self) -> dict[str, list[int]]:
        """Redis changes its process title, but writes its pid to a file."""
        try:
            pid = int((self.data_dir / "redis.pid").read_text())
            is_it = "-server" in Path(f"/proc/{pid}/cmdline").read_text()
        except (OSError, ValueError):
            return {}
        return {"redis": [pid]} if is_it else {}

    def kill(self, name: str) -> None:
        """SIGKILL to every process of this part; waits for one if it is just being restarted."""
        for pid in until(lambda: self.pids().get(name), f"{name} runs", 60):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def health(self) -> dict[str, Any]:
        try:
            report: dict[str, Any] = httpx.get(f"{self.url}/healthz", timeout=5).json()
            return report
        except (httpx.HTTPError, json.JSONDecodeError):
            return {"web": {"ok": False}}

    def is_well(self) -> bool:
        return all(part["ok"] for part in self.health().values())

    def manage(self, command: str) -> str:
        """Run a management command, and return its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", command], cwd=ROOT, env=self.environment,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def script(self) -> "Script":
        made = httpx.post(f"{self.url}/api/playgrounds", timeout=10).json()
        return Script(self.url, made["token"], made["websocket"])


ORDER = {
    "user": 1,
    "restaurant": 1,
    "items": [{"dish": "margherita", "quantity": 2}],
    "card": "4242 4242 4242 4242",
}


@dataclass
class Script:
    """An HTTP client with a playground and its token."""

    url: str
    token: str
    websocket: str

    def __call__(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return httpx.request(
            method, f"{self.url}{path}", json=body, timeout=20,
            headers={"Authorization": f"Bearer {self.token}"},
        )  # fmt: skip

    def order(self) -> str:
        answer = self("POST", "/api/orders", ORDER)
        assert answer.status_code == 202, answer.text
        return str(answer.headers["Location"])

    def ledger(self) -> dict[str, dict[str, int]]:
        rows = self("GET", "/api/playground/ledger").json()["rows"]
        return {row["effect"]: row for row in rows}

    def records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self("GET", "/api/playground/records").json()["records"]
        return found

    def has_settled(self) -> bool:
        return all(row["pending"] == 0 for row in self.ledger().values())
