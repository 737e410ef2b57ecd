"""Three tasks for each order on Celery, through Redis."""

import os

from celery import Celery
from redis import Redis

REDIS_URL = os.environ["REDIS_URL"]
WORKER = (
    "celery", "-A", "bench.rivals.on_celery", "worker", "-P", "threads", "-c", "{threads}",
    "-Q", "bare", "-l", "ERROR", "--without-gossip", "--without-mingle",
)  # fmt: skip

app = Celery("bare", broker=REDIS_URL)
app.conf.task_ignore_result = True
app.conf.task_default_queue = "bare"
redis = Redis.from_url(REDIS_URL)


@app.task(name="bare.noop")
def noop(order: int) -> None:
    pass


def start_noop(order: int) -> None:
    noop.delay(order)


def has_finished() -> bool:
    return not redis.llen("bare") and not redis.hlen("unacked")
