"""A TCP connection that sends what was written when the turn of the event loop ends.

Twisted first asks the operating system to tell when the socket can take bytes, and no more
once they are sent: two system calls and a turn of the loop for each frame of each learner.
Nearly always it can take them at once. When it cannot, Twisted's way is gone.
"""

import asyncio

from twisted.internet import tcp


class PromptConnection(tcp.Server):
    _due: list["PromptConnection"] = []  # of all connections: they share the event loop
    _is_due = False
    _is_full = False  # the reactor tells when it can take more

    def startWriting(self) -> None:
        if self._is_due or self._is_full:
            return
        self._is_due = True
        if not self._due:
            asyncio.get_running_loop().call_soon(self._send_due)
        self._due.append(self)

    def stopWriting(self) -> None:
        self._is_full = False
        super().stopWriting()

    @classmethod
    def _send_due(cls) -> None:
        due, cls._due = cls._due, []
        for connection in due:
            connection._send()

    def _send(self) -> None:
        self._is_due = False
        if self.connected and not self._has_sent_all():
            self._is_full = True
            super().startWriting()

    def _has_sent_all(self) -> bool:
        """If not, whatever is left - more bytes, a lost connection, the close that was asked
        for, a fault - the reactor meets again, and does with it as ever."""
        try:
            return not self.doWrite() and not self.dataBuffer
        except Exception:
            return False
