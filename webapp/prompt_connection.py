"""A TCP connection that sends what was written at the end of the event loop's iteration.

With many connections it sends in slices, at the end of several.

Twisted first asks the system to report when the socket can take bytes, and no more once they
are sent: two system calls and another iteration for each frame of each socket. Nearly always
the socket can take them at once; where it cannot, Twisted goes its usual way.
"""

import asyncio
import logging
from time import perf_counter

from twisted.internet import tcp

from playground.live.slices import SLICE_S

logger = logging.getLogger(__name__)


class PromptConnection(tcp.Server):
    _due: list["PromptConnection"] = []  # of all connections: they share the event loop
    _is_due = False
    _is_full = False  # the reactor reports when the socket can take more

    def startWriting(self) -> None:
        if self._is_due or self._is_full:
            return
        if not self._due:
            asyncio.get_running_loop().call_soon(self._send_due)
        self._due.append(self)
        self._is_due = True

    def stopWriting(self) -> None:
        self._is_full = False
        super().stopWriting()

    @classmethod
    def _send_due(cls) -> None:
        due, cls._due = cls._due, []
        ends_at = perf_counter() + SLICE_S
        for number, connection in enumerate(due):
            if perf_counter() >= ends_at:
                cls._put_off(due[number:])
                break
            connection._is_due = False
            try:
                connection._send()
            except Exception:  # as the reactor does: this connection ends, the others go on
                logger.exception("sending on a connection failed")
                connection.abortConnection()

    @classmethod
    def _put_off(cls, due: list["PromptConnection"]) -> None:
        if not cls._due:  # or this is due already
            asyncio.get_running_loop().call_soon(cls._send_due)
        cls._due = due + cls._due

    def _send(self) -> None:
        # The reactor does what is left: more bytes, a lost connection, a close that was asked for.
        if self.connected and (self.doWrite() or self.dataBuffer):
            self._is_full = True
            super().startWriting()
