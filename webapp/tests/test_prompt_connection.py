"""Connections that send when an iteration of the event loop ends."""

import asyncio

from ..prompt_connection import PromptConnection


class Line(PromptConnection):
    """A connection without a socket: it counts what would be sent."""

    def __init__(self, failure: Exception | None = None, takes: bool = True) -> None:
        self._failure, self._takes = failure, takes
        self.connected = True
        self.reactor = self
        self.sent = 0
        self.left_to_the_reactor = 0
        self.is_aborted = False

    def doWrite(self) -> None:
        if self._failure:
            raise self._failure
        self.sent += 1
        self.dataBuffer = b"" if self._takes else b"the rest"

    def abortConnection(self) -> None:
        self.is_aborted = True

    def addWriter(self, _line: "Line") -> None:
        self.left_to_the_reactor += 1

    def removeWriter(self, _line: "Line") -> None:
        pass


async def test_what_is_written_in_one_iteration_is_sent_once() -> None:
    line = Line()
    for _ in range(3):
        line.startWriting()
    assert not line.sent, "there may be more to come"
    await asyncio.sleep(0)
    assert (line.sent, line.left_to_the_reactor) == (1, 0)
    line.startWriting()
    await asyncio.sleep(0)
    assert line.sent == 2


async def test_one_that_is_lost_or_faulty_keeps_nobody_from_theirs() -> None:
    lost, faulty, sound = Line(), Line(RuntimeError("a producer's own")), Line()
    for line in (lost, faulty, sound):
        line.startWriting()
    lost.connected = False
    while Line._due:  # to log a failure may take a slice's time
        await asyncio.sleep(0)
    assert [line.sent for line in (lost, faulty, sound)] == [0, 0, 1]
    assert [line.is_aborted for line in (lost, faulty, sound)] == [False, True, False]


async def test_one_that_is_full_is_not_tried_again_until_the_reactor_says_so() -> None:
    line = Line(takes=False)
    for _ in range(3):
        line.startWriting()
        await asyncio.sleep(0)
    assert (line.sent, line.left_to_the_reactor) == (1, 1)
    line.stopWriting()  # the reactor has sent the rest
    line.startWriting()
    await asyncio.sleep(0)
    assert line.sent == 2
