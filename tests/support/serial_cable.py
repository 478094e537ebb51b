"""A serial cable without hardware."""

import os
import threading
import tty
from contextlib import suppress


class SerialCable:
    """Two pseudo-terminals joined: what goes into one comes out of the other."""

    def __init__(self) -> None:
        self._masters, self._slaves = zip(os.openpty(), os.openpty(), strict=True)
        for slave in self._slaves:
            tty.setraw(slave)
        self.ends = [os.ttyname(slave) for slave in self._slaves]
        one, other = self._masters
        self._threads = [
            threading.Thread(target=self._copy, args=ends) for ends in ((one, other), (other, one))
        ]
        for thread in self._threads:
            thread.start()

    def unplug(self) -> None:
        """End the copying: without an open end, reading a terminal's other end fails."""
        for slave in self._slaves:
            os.close(slave)
        for thread in self._threads:
            thread.join()
        for master in self._masters:
            os.close(master)

    @staticmethod
    def _copy(source: int, target: int) -> None:
        with suppress(OSError):
            while data := os.read(source, 4096):
                os.write(target, data)
