"""Telling those who show people that what they have done has changed, or counts no more."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change

from ..people import People
from .book import SessionBook, SessionChange


class SessionNews:
    """Gathers changes of the book, so that a whole page of history is told of once.

    Args:
        hass: Home Assistant.
        entry: The entry whose sessions they are.
        people: Whose they are.
        book: The sessions.
        tell: Is told the key of each person's device that shows something else now.
        review: Is called before that.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        people: People,
        book: SessionBook,
        *,
        tell: Callable[[str], None],
        review: CALLBACK_TYPE,
    ) -> None:
        """Begin; `async_start` listens."""
        self._hass = hass
        self._entry = entry
        self._people = people
        self._book = book
        self._tell = tell
        self._review = review
        self._touched: set[str] = set()

    @callback
    def async_start(self) -> None:
        """Listen until the entry is unloaded."""
        self._entry.async_on_unload(self._book.async_listen(self._on_session))
        self._entry.async_on_unload(
            async_track_time_change(self._hass, self._on_new_day, hour=0, minute=0, second=0)
        )

    @callback
    def async_stop(self) -> None:
        """Tell nobody of what was gathered: who would be told has gone."""
        self._touched.clear()

    @callback
    def _on_session(self, change: SessionChange) -> None:
        """Have those told who show whose session it is, or was."""
        sessions = [one for one in (change.before, change.after) if one is not None]
        owners = [owner.key for one in sessions if (owner := self._book.owner(one))]
        if owners and not self._touched:
            self._hass.loop.call_soon(self._tell_touched)
        self._touched.update(owners)

    @callback
    def _tell_touched(self) -> None:
        touched, self._touched = self._touched, set()
        self._tell_all(touched)

    @callback
    def _on_new_day(self, _now: datetime) -> None:
        """Tell of everyone: what they did on one day of the last seven counts no more."""
        self._tell_all({person.key for person in self._people.all()})

    def _tell_all(self, keys: set[str]) -> None:
        if keys:
            self._review()
        for key in keys:
            self._tell(key)
