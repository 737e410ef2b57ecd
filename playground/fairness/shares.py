"""Every share of one playground in what a process has for all (docs/adr/0022)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """Places that are shared. Who holds some may have one more while these are fewer than
    `of_free` times the free ones, so the more want to have, the less each gets, and a newcomer
    always finds some.

    Source: Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet
    Switches", IEEE/ACM Transactions on Networking, 1998.
    """

    places: int
    of_free: float


def consumer_sessions(threads: int) -> Share:
    """The threads of a worker. A third of the free ones: 32 of 128 for one playground alone.

    A session may hold its thread for ten seconds. So even nine greedy playgrounds, each of
    which comes before the next, leave nine threads free.
    """
    return Share(threads, of_free=1 / 3)
