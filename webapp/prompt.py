"""A TCP connection that sends what was written when the turn of the event loop ends.

Twisted first asks the operating system to tell when the socket can take bytes, and no more
once they are sent: two system calls and a turn of the loop for each frame of each learner.
Nearly always it can take them at once. When it cannot, Twisted's way is gone.
"""

import asyncio
import logging

from twisted.internet import tcp

logger = logging.getLogger(__name__)


class PromptConnection(tcp.Server):
    _due: list["PromptConnection"] = []  # of all connections: they share the event loop
    _is_due = False
    _is_full = False  # the reactor tells when it can take more

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
        for connection in due:
            connection._is_due = False
            try:
                connection._send()
            except Exception:  # as the reactor does: that one ends, the others go on
                logger.exception("a connection has a fault of its own")
                connection.abortConnection()

    def _send(self) -> None:
        # What is left to do - more bytes, a lost connection, the close that was asked for -
        # the reactor meets again, and does as ever.
        if self.connected and (self.doWrite() or self.dataBuffer):
            self._is_full = True
            super().startWriting()
