"""What `manage.py up` runs, as supervisord's configuration."""

import os
import secrets
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: Sequence[str]
    priority: int  # started in this order
    stop_wait_s: int


def redis(server: Path, config: Path) -> Program:
    return Program("redis", [str(server), str(config)], priority=1, stop_wait_s=10)


def web(host: str, port: int) -> Program:
    # Pings tell a socket whose network has gone from one that is merely quiet.
    command = [
        sys.executable, "-m", "webapp.web", "-b", host, "-p", str(port), "-v", "0",
        "--ping-interval", "20", "--ping-timeout", "30",
        "webapp.asgi:application",
    ]  # fmt: skip
    return Program("web", command, priority=3, stop_wait_s=4)


def worker(threads: int) -> Program:
    # What it has taken and not acked is delivered again: it need not be waited for long.
    command = _celery_worker("threads", threads, "serve")
    return Program("worker", command, priority=2, stop_wait_s=4)


def killable_workers(processes: int) -> Program:
    """Processes that the kill fault may kill for real; nobody else's work is in them."""
    # CRITICAL: a child that the fault has killed is no error to report.
    command = _celery_worker("prefork", processes, "killable", log_level="CRITICAL")
    return Program("killable", command, priority=4, stop_wait_s=4)


def _celery_worker(
    pool: str, concurrency: int, queue: str, *, log_level: str = "WARNING"
) -> list[str]:
    # --skip-checks: the checks import every page and read every lesson, which no worker needs;
    # `make lint` runs them. The name is unique where several workers share a host and a broker.
    return [
        sys.executable, "-m", "celery", "--skip-checks", "-A", "webapp", "worker",
        "--pool", pool, "--concurrency", str(concurrency), "--queues", queue,
        "--hostname", f"{queue}-{secrets.token_hex(4)}@%h", "--loglevel", log_level,
        "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def supervisor_config(programs: Sequence[Program], directory: Path, data_dir: Path) -> str:
    """The configuration file's text. A program that dies is started again, for ever."""
    logs = data_dir / "logs"
    lines = [
        "[supervisord]",
        "nodaemon=true",
        f"logfile={_plain(logs / 'up.log')}",
        "logfile_maxbytes=1MB",
        "logfile_backups=1",
        "loglevel=warn",
        f"pidfile={_plain(data_dir / 'up.pid')}",
        f"childlogdir={_plain(logs)}",
    ]
    if os.geteuid() == 0:
        lines.append("user=root")  # it asks to be told that this is meant
    for program in programs:
        lines += [
            "",
            f"[program:{program.name}]",
            f"command={_plain(shlex.join(program.command))}",
            f"directory={_plain(directory)}",
            f"priority={program.priority}",
            "autorestart=true",
            "startsecs=1",
            "startretries=1000000",  # each try waits a second longer than the one before
            f"stopwaitsecs={program.stop_wait_s}",
            "stopasgroup=true",
            "killasgroup=true",
            "redirect_stderr=true",
            # supervisord expands this one twice
            f"stdout_logfile={_plain(_plain(logs / f'{program.name}.log'))}",
            "stdout_logfile_maxbytes=2MB",
            "stdout_logfile_backups=1",
        ]
    # Those that only use Redis are stopped together; one after the other took twice as long.
    users = [program.name for program in programs if program.name != "redis"]
    lines += ["", "[group:inflight]", f"programs={','.join(users)}", "priority=2"]
    return "\n".join(lines) + "\n"


def _plain(text: object) -> str:
    """`%` begins an expression in supervisord's files."""
    return str(text).replace("%", "%%")
