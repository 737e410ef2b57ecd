"""Python's collector of cycles, told what a server keeps for ever.

By default it looks at the youngest objects after every 700 that are made, and at older ones
now and then, for cycles that nobody holds. A server's modules and classes are no garbage and
its requests leave few cycles behind, so looking less often finds the same with less work
(docs/benchmarks.md). Whatever a fork inherits stays in pages that both share.
"""

import gc

MADE_BETWEEN_LOOKS = 20_000


def look_seldom() -> None:
    """To be called once, when everything is imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE_BETWEEN_LOOKS)
