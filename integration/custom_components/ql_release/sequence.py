"""The order of one bridge's events: which are new, and whether any is missing."""

from .contract.common import Cursor
from .contract.events import Event

REMEMBERED = 2000
"""Ids; several pages of history and hours of events, for what is sent twice."""


class Sequence:
    """What of a bridge's journal has been taken over.

    Attributes:
        cursor: Up to here everything has been applied; None: nothing yet.

    """

    def __init__(self, cursor: Cursor | None) -> None:
        """Go on from where it was left."""
        self.cursor = cursor
        self._ids: dict[str, None] = {}
        self._ahead: set[Cursor] = set()

    def is_new(self, event: Event) -> bool:
        """Tell whether an event has not been applied yet, and remember it."""
        if event.id in self._ids or self._covers(event):
            return False
        self._ids[event.id] = None
        if len(self._ids) > REMEMBERED:
            del self._ids[next(iter(self._ids))]
        return True

    def advance(self, event: Event) -> bool:
        """Note that an event was applied; return False if one before it is missing."""
        if self._covers(event):
            return True
        self._ahead.add(event.cursor)
        if len(self._ahead) > REMEMBERED:
            self._ahead.clear()  # history tells of them again
        self._catch_up()
        return self._covers(event)

    def page_applied(self, end: Cursor) -> None:
        """Note that all up to that place was applied."""
        self.cursor = end
        self._ahead = {
            place for place in self._ahead if place.epoch == end.epoch and place.seq > end.seq
        }
        self._catch_up()

    def _covers(self, event: Event) -> bool:
        cursor = self.cursor
        return cursor is not None and cursor.epoch == event.epoch and event.seq <= cursor.seq

    def _catch_up(self) -> None:
        """Move over what was applied before its turn."""
        while self.cursor is not None:
            following = Cursor(epoch=self.cursor.epoch, seq=self.cursor.seq + 1)
            if following not in self._ahead:
                return
            self._ahead.discard(following)
            self.cursor = following
