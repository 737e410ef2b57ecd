"""Long work on the event loop, in slices: between two of them the loop does everything else.

Every socket, every poll and the pump of a process share one loop, and a turn of it that takes
longer keeps all of them waiting. Why not a thread: docs/adr/0026.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from time import perf_counter
from typing import TypeVar

SLICE_S = 0.0003

T = TypeVar("T")


async def in_slices(items: Iterable[T]) -> AsyncIterator[T]:
    """The same items; the loop goes on with other work whenever SLICE_S is over.

    It does so before an item is yielded, so what holds then holds until the caller waits itself.
    """
    ends_at = perf_counter() + SLICE_S
    for item in items:
        if perf_counter() >= ends_at:
            await asyncio.sleep(0)
            ends_at = perf_counter() + SLICE_S
        yield item
