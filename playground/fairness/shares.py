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


# The threads of a web process. 128 of them for one visitor alone: a rush of 60 customers a second,
# each of whom waits two seconds for a service that hangs.
REQUESTS = Share(192, of_free=2)
MOST_WAITING_REQUESTS = 200  # of one visitor: as many connections as a rush opens
REQUEST_WAITS_S = 5.0

# The threads of a process in which callees work. Callers hold one while they wait for the next,
# and a callee works on after its caller has given up, so there are more of them than requests.
CALLEES = Share(512, of_free=1)


def consumer_sessions(threads: int) -> Share:
    """The threads of a worker. A third of the free ones: 32 of 128 for one playground alone.

    A session may hold its thread for ten seconds. So even nine greedy playgrounds, each of
    which comes before the next, leave nine threads free.
    """
    return Share(threads, of_free=1 / 3)


# Rows of the outbox in one sweep. Each playground's oldest comes before any second one.
OUTBOX_BATCH = 500

# Records of each playground that a web process sends to its browsers in one turn (30 ms). A
# browser that has more to get has it in the next turns: 3,000 records a second.
LIVE_BATCH = 100
