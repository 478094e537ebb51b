"""Follows what the subscriber receives: whether the script was kept, whether a session is open."""

import asyncio
from collections.abc import Mapping
from typing import Any

from ql_release.demo.script import Script

Document = Mapping[str, Any]


class Audience:
    """Is told of every event and summary.

    Args:
        script: what must come; None where that is not known.

    Attributes:
        session_over: set while no session is open, once there has been one.
        sessions: how many sessions ended with a summary.
    """

    def __init__(self, script: Script | None) -> None:
        self._script = script
        self._open: set[str] = set()
        self.session_over = asyncio.Event()
        self.sessions = 0

    @property
    def session_open(self) -> bool:
        """Whether a session began whose summary has not come."""
        return bool(self._open)

    def event(self, event: Document) -> None:
        """Take the next event."""
        if self._script is not None:
            self._script.add(event)
        if (event.get("family"), event.get("type")) == ("session", "started"):
            self._open.add(str(event.get("id")))
            self.session_over.clear()

    def summary(self, document: Document) -> None:
        """Take a session's summary."""
        self.sessions += 1
        self._open.discard(str(document.get("session")))
        if not self._open:
            self.session_over.set()

    def faults(self) -> list[str]:
        """Return what is missing or should not have come; nothing when all is well."""
        faults = [] if self._script is None else self._script.faults()
        if self._open or (self._script is not None and not self.sessions):
            faults.append("missing: the session's summary")
        return faults
