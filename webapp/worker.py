"""A worker process: Celery's, without its command line.

python -m webapp.worker POOL PROCESSES QUEUE [--log-level LEVEL]

The command line brings an interactive prompt, and before it begins it lets Django check all
there is, lessons and pages too. A worker has no use for either, and each process would hold
them for as long as it lives (docs/benchmarks.md has what it holds without them).
"""

import os
import sys
from argparse import ArgumentParser

from celery.utils.nodenames import host_format

from .celery import app


def main() -> int:
    parser = ArgumentParser(prog="python -m webapp.worker", description=__doc__)
    parser.add_argument("pool", choices=("threads", "prefork"))
    parser.add_argument("processes", type=int, help="or threads: how many work at once")
    parser.add_argument("queue")
    parser.add_argument("--log-level", default="WARNING")
    wanted = parser.parse_args()
    os.environ["CELERY_SKIP_CHECKS"] = "1"
    worker = app.Worker(
        hostname=host_format(f"{wanted.pool}-{os.getpid()}@%h"),
        pool_cls=wanted.pool,
        concurrency=wanted.processes,
        queues=[wanted.queue],
        loglevel=wanted.log_level,
        without_gossip=True,
        without_mingle=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
