"""The supervising process of `manage.py up`: supervisord in the foreground.

Run as a file, not as a module of `webapp`, so that it holds neither Django nor Celery in
memory.  Arguments: the configuration written by the command, the address of the health
check, and the text to print once all is well.
"""

import json
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import urlopen

from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.supervisord import Supervisor

PATIENCE_S = 60.0


class ForegroundOptions(ServerOptions):
    """A closed terminal ends everything. (supervisord would read its files anew instead.)"""

    def get_signal(self) -> int | None:
        received: int | None = super().get_signal()
        return signal.SIGTERM if received == signal.SIGHUP else received


def main(config: str, health_url: str, greeting: str) -> None:
    Thread(target=announce, args=(health_url, greeting), daemon=True).start()
    options = ForegroundOptions()
    options.realize(["-n", "-c", config])
    options.first = True
    options.test = False
    with suppress(ExitNow):  # its way to say that every program has stopped
        Supervisor(options).main()
    print("  Inflight has stopped. Its data is kept.", flush=True)


def announce(health_url: str, greeting_file: str) -> None:
    """Print the greeting when every part is well; else say which is not, and why."""
    gives_up_at = time.monotonic() + PATIENCE_S
    report: dict[str, dict[str, object]] = {}
    while time.monotonic() < gives_up_at:
        try:
            with urlopen(health_url, timeout=3) as answer:
                answer.read()
            print(Path(greeting_file).read_text(), flush=True)
            return
        except HTTPError as not_yet:
            report = json.loads(not_yet.read() or b"{}")
        except (OSError, ValueError):
            report = {"web": {"ok": False, "why": "it does not answer yet"}}
        time.sleep(0.1)
    for part, state in report.items():
        if not state.get("ok"):
            print(f"Not well yet: {part}: {state.get('why')}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
