"""Three tasks for each order on Huey, through Redis."""

import os

from huey import RedisHuey

WORKER = ("huey.bin.huey_consumer", "bench.rivals.on_huey.huey", "-w", "{threads}", "-q")

huey = RedisHuey("bare-huey", url=os.environ["REDIS_URL"], results=False)


@huey.task()
def noop(order: int) -> None:
    pass


def start_noop(order: int) -> None:
    noop(order)


def has_finished() -> bool:
    """A task leaves the list when a thread takes it: what the threads have in hand is not seen."""
    return not huey.pending_count()
