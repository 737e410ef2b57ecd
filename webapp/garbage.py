"""Python's garbage collector in a process that serves many sockets.

By default it looks for cycles after every 700 new objects, and now and then through all that
the process holds. What was imported stays for ever and requests leave few cycles behind:
not to look through it, and to look less often, keeps a class's p99 low
(docs/adr/0019-the-stock-stack.md).
"""

import gc

OBJECTS_BETWEEN_COLLECTIONS = 20_000


def collect_seldom() -> None:
    """Call once, when everything is imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
