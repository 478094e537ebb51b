"""Two tools with one serial number: the mark of copied firmware or configuration."""

from collections import deque

MAX_DISPLACED = 8
"""Streams of a serial number that are remembered: each needs a tool of its own to come back."""


class Twins:
    """Tells a second tool with the same serial number from the same tool coming back.

    A new connection takes the place of the old one, which may have ended unnoticed. Where it
    brings another stream, the tool has restarted, and its old stream can never come again: if it
    does, there are two tools. They would push each other out for ever.
    """

    def __init__(self) -> None:
        self._displaced: dict[bytes, deque[int]] = {}
        self._told: set[tuple[bytes, int]] = set()

    def displaced(self, serial: bytes, uid: int) -> None:
        """Note that a stream's connection had to make room for another stream of its tool."""
        streams = self._displaced.setdefault(serial, deque(maxlen=MAX_DISPLACED))
        if uid not in streams:
            streams.append(uid)

    def is_twin(self, serial: bytes, uid: int) -> bool:
        """Return whether a stream comes back that a restart had ended, were there one tool."""
        return uid in self._displaced.get(serial, ())

    def is_news(self, serial: bytes, uid: int) -> bool:
        """Return whether this twin is met for the first time, and remember it."""
        known = (serial, uid) in self._told
        self._told.add((serial, uid))
        return not known
