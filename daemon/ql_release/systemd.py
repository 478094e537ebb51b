"""What the daemon tells systemd: that it is ready, how it is, that it still turns.

The protocol of sd_notify(3): datagrams to the socket that `NOTIFY_SOCKET` names. Nothing here
waits, and nothing that goes wrong here is an error: a daemon without systemd runs just as well.
"""

import contextlib
import os
import socket
from collections.abc import Mapping

from ql_release.text import one_line
from ql_release.units import MICROSECONDS

FEEDS = 2
"""Feeds within a watchdog's time: systemd advises to feed it at half of it."""
LOOK_S = 5.0
"""How often there is a look at what to tell where no watchdog asks for more."""


class ServiceManager:
    """The way to systemd; without `NOTIFY_SOCKET` it leads nowhere.

    Args:
        environ: the process's environment.
        pid: the process's id, which the watchdog must be meant for.
    """

    def __init__(self, environ: Mapping[str, str], pid: int | None = None) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._watchdog_s = _watchdog_s(environ, os.getpid() if pid is None else pid)
        self._told = ""

    @property
    def listens(self) -> bool:
        """Whether there is anybody to tell."""
        return self._address is not None

    @property
    def period_s(self) -> float:
        """Real seconds from one look at what to tell to the next."""
        return LOOK_S if self._watchdog_s is None else min(LOOK_S, self._watchdog_s / FEEDS)

    def ready(self) -> None:
        """Say that the start is done."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """Say in one line how it is; the same line is not said twice."""
        if text != self._told:
            self._told = text
            self._send(f"STATUS={one_line(text)}")

    def feed(self) -> None:
        """Say that the loop still turns, where a watchdog asks for it."""
        if self._watchdog_s is not None:
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the stop has begun."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        """Send without waiting; a socket that is full or gone is systemd's own trouble."""
        if self._address is None:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(0)
            out.sendto(message.encode(), self._address)


def _address(name: str) -> str | None:
    """Return a socket's address; a name that begins with @ is an abstract one."""
    if name.startswith("@"):
        return f"\0{name[1:]}"
    return name if name.startswith("/") else None


def _watchdog_s(environ: Mapping[str, str], pid: int) -> float | None:
    """Return within how many seconds the watchdog wants to be fed; None if it does not."""
    wanted = environ.get("WATCHDOG_USEC", "")
    if not wanted.isdecimal() or int(wanted) == 0:
        return None
    if environ.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None
    return int(wanted) / MICROSECONDS
