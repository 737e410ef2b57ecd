"""`manage.py up`: everything Inflight needs, on this machine, in one command."""

import fcntl
import os
import socket
import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from redis import Redis
from redis.exceptions import RedisError

from playground.messaging.brokers.checks import check_event_broker
from webapp import embedded, programs
from webapp.addresses import WILDCARDS
from webapp.collected import collect
from webapp.files import allow_many_open_files
from webapp.ports import free_port
from webapp.terminal import qr_code

PARTS = ("web", "worker", "killable")


class Command(BaseCommand):
    help = "Start Redis, the web server and a worker, and keep them running until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only",
            choices=PARTS,
            help="one part on this host; needs REDIS_URL and DATABASE_URL (docs/deploy.md)",
        )

    def handle(self, *args: Any, only: str | None = None, **options: Any) -> None:
        os.umask(0o077)  # keys, passwords and learners' work are nobody else's
        for mistake in check_event_broker():
            raise CommandError(f"{mistake.msg} {mistake.hint}")
        data_dir: Path = settings.DATA_DIR
        (data_dir / "logs").mkdir(parents=True, exist_ok=True)
        self._be_the_only_one(data_dir)
        allow_many_open_files()
        has_web = only in (None, "web")
        if has_web:
            self._check_port()

        chosen = []
        if not os.environ.get("REDIS_URL"):
            if only:
                raise CommandError(f"--only {only} shares a Redis with other hosts: set REDIS_URL.")
            chosen.append(self._own_redis(data_dir))
        if has_web:
            call_command("migrate", verbosity=0, interactive=False)
            collect()
        chosen += _parts(only)
        self._become_supervisor(data_dir, chosen, only)

    def _be_the_only_one(self, data_dir: Path) -> None:
        """Hold a lock on the data directory until the supervisor ends, however it ends."""
        lock = os.open(data_dir / "up.lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"Inflight is running already with the data in {data_dir}.\n"
                "Stop it there with Ctrl-C, or start a second one beside it: "
                "DATA_DIR=./data2 PORT=8001 make run"
            ) from None
        os.set_inheritable(lock, True)

    def _check_port(self) -> None:
        host, port = settings.HOST, settings.PORT
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except socket.gaierror:
                raise CommandError(
                    f"HOST is “{host}”, which is no address of this machine."
                ) from None
            except OSError as reason:
                raise CommandError(
                    f"Port {port} on {host} cannot be used: {reason.strerror}.\n"
                    f"Choose another one: PORT={port + 1} make run"
                ) from None

    def _own_redis(self, data_dir: Path) -> programs.Program:
        try:
            server = embedded.server_program()
        except embedded.NoRedisServer as reason:
            raise CommandError(str(reason)) from None
        _end_orphan(data_dir)
        config, url = embedded.write_config(data_dir, free_port(), settings.REDIS_MEMORY_MB)
        embedded.remember_url(data_dir, url)
        os.environ["REDIS_URL"] = url
        return programs.redis(server, config)

    def _become_supervisor(
        self, data_dir: Path, chosen: list[programs.Program], only: str | None
    ) -> None:
        config = data_dir / "up.conf"
        config.write_text(programs.supervisor_config(chosen, settings.BASE_DIR, data_dir))
        greeting = data_dir / "greeting.txt"
        greeting.touch(mode=0o600)  # it holds the instructor's link
        greeting.write_text(self._greeting(data_dir, only))
        health = f"{self._web_url(only)}/healthz"
        script = Path(embedded.__file__).with_name("supervise.py")
        os.environ["INFLIGHT_SUPERVISED"] = "1"
        sys.stdout.flush()
        os.execv(  # -P: the script's folder must not become a place to import from
            sys.executable,
            [sys.executable, "-P", str(script), str(config), health, str(greeting)],
        )

    def _web_url(self, only: str | None) -> str:
        """Where the web process is asked whether all is well; a worker's is on another host."""
        if only in ("worker", "killable"):
            return str(settings.INTERNAL_URL)
        here = "127.0.0.1" if settings.HOST in WILDCARDS else settings.HOST
        return f"http://{f'[{here}]' if ':' in here else here}:{settings.PORT}"

    def _greeting(self, data_dir: Path, only: str | None) -> str:
        if only in ("worker", "killable"):
            return "\n  The worker is at work.   Ctrl-C stops it.\n"
        code = qr_code(f"{settings.PUBLIC_URL}/") if settings.HOST in WILDCARDS else ""
        return (
            f"\n{code}  Inflight is running.\n\n"
            f"    Learners      {settings.PUBLIC_URL}/\n"
            f"    Instructor    {_instructor_line()}\n"
            f"    API           {settings.PUBLIC_URL}/api/docs\n"
            f"    Data, logs    {data_dir}\n\n"
            "  Ctrl-C stops everything; the next start goes on with the same data.\n"
        )


def _parts(only: str | None) -> list[programs.Program]:
    """What runs here: everything, or one part. A worker has its killable workers beside it."""
    chosen = []
    if only in (None, "worker"):
        chosen.append(programs.worker(settings.WORKER_THREADS))
    if only in (None, "web"):
        chosen.append(programs.web(settings.HOST, settings.PORT))
    if only in (None, "worker", "killable") and settings.KILLABLE_WORKERS:
        chosen.append(programs.killable_workers(settings.KILLABLE_WORKERS))
    return chosen


def _end_orphan(data_dir: Path) -> None:
    """Stop a Redis that a killed supervisor has left behind on this data directory."""
    orphan = Redis.from_url(embedded.running_redis_url(data_dir), socket_timeout=2)
    if not (data_dir / embedded.URL_FILE).exists():
        return
    with suppress(RedisError):  # the usual case: nobody is there
        orphan.shutdown(nosave=True)  # everything is in the append-only file


def _instructor_line() -> str:
    from lessons.classroom import links

    if links.has_instructor():
        return "signed in before; another link: .venv/bin/python manage.py instructor_link"
    return f"{settings.PUBLIC_URL}{links.issue_link()}   (works once)"
