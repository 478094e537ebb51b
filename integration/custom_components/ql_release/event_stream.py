"""Events in their order: each has its effects once, and what is missing is asked for."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .complaints import Complaints
from .contract.base import ContractError, FutureError
from .contract.common import Cursor
from .contract.events import Event, event_from
from .sequence import Sequence
from .store import QlReleaseStore


class EventStream:
    """Brings together what comes live and what comes from history.

    Args:
        store: Keeps how far each bridge's events were applied.
        complaints: Are told of what cannot be read.
        apply: Lets an event have its effects; the cursor moves after it.

    """

    def __init__(
        self, store: QlReleaseStore, complaints: Complaints, apply: Callable[[Event], None]
    ) -> None:
        """Begin where the store left off."""
        self._store = store
        self._complaints = complaints
        self._apply = apply
        self._sequences: dict[str, Sequence] = {}

    def cursor(self, bridge: str) -> Cursor | None:
        """Return up to where a bridge's events were applied."""
        return self._sequence(bridge).cursor

    @callback
    def async_event(self, event: Event, *, retained: bool) -> bool:
        """Apply an event, unless it was; return False if one before it is missing.

        One that the broker kept is not of this moment.

        """
        sequence = self._sequence(event.bridge)
        if not sequence.is_new(event):
            return True
        self._apply(replace(event, live=False) if retained else event)
        if not sequence.advance(event):
            return False
        self._keep(event.bridge, sequence)
        return True

    @callback
    def async_page(
        self, bridge: str, page: list[dict[str, Any]], end: Cursor, *, patient: bool = True
    ) -> None:
        """Apply a page of history; the cursor moves last.

        Args:
            bridge: Whose history it is.
            page: Its events.
            end: Where the page ends.
            patient: Whether to stop before an event of the future; else it is left out.

        Raises:
            FutureError: when it was stopped: most likely our own clock has not been set yet. The
                rest is to be asked for again.

        """
        sequence = self._sequence(bridge)
        now = dt_util.utcnow()
        before = sequence.cursor
        for fields in page:
            try:
                event = event_from(fields, now)
            except ContractError as error:
                self._complaints.note(f"bridge/{bridge}/reply (history)", error)
                if patient and isinstance(error, FutureError):
                    self._page_applied(bridge, sequence, before)
                    raise
                continue
            if sequence.is_new(event):
                self._apply(replace(event, live=False))
            before = event.cursor
        self._page_applied(bridge, sequence, end)

    def _page_applied(self, bridge: str, sequence: Sequence, end: Cursor | None) -> None:
        if end is not None:
            sequence.page_applied(end)
            self._keep(bridge, sequence)

    def _sequence(self, bridge: str) -> Sequence:
        if bridge not in self._sequences:
            self._sequences[bridge] = Sequence(self._store.cursors.get(bridge))
        return self._sequences[bridge]

    def _keep(self, bridge: str, sequence: Sequence) -> None:
        if TYPE_CHECKING:
            assert sequence.cursor is not None
        self._store.cursors[bridge] = sequence.cursor
        self._store.async_changed()
