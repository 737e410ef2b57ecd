"""Whose request gets the next thread. Requests wait on the event loop, without one."""

import asyncio

from playground.fairness.shares import Share
from playground.fairness.turns import Turns


class TurnedAway(Exception):
    """The visitor's share is at work, and its request cannot wait for its turn."""


class RequestTurns:
    """The turns of one event loop."""

    def __init__(self, share: Share, *, most_waiting: int, waits_s: float) -> None:
        self._turns = Turns[asyncio.Future[None]](share)
        self._most_waiting, self._waits_s = most_waiting, waits_s

    async def take(self, visitor: str) -> None:
        """Wait for a thread; `end` gives it back.  Raises TurnedAway."""
        if self._turns.waiting(visitor) >= self._most_waiting:
            raise TurnedAway
        turn = asyncio.get_running_loop().create_future()
        self._turns.wait(visitor, turn)
        self._begin()
        try:
            if not turn.done():
                async with asyncio.timeout(self._waits_s):
                    await turn
        except BaseException as trouble:
            if turn.cancelled():
                self._turns.leave(visitor, turn)
            else:  # it came at the same moment
                self.end(visitor)
            if isinstance(trouble, TimeoutError):
                raise TurnedAway from None
            raise

    def end(self, visitor: str) -> None:
        self._turns.end(visitor)
        self._begin()

    def _begin(self) -> None:
        while begun := self._turns.begin():
            visitor, turn = begun
            if turn.cancelled():  # its task has yet to hear of it
                self._turns.end(visitor)
            else:
                turn.set_result(None)
