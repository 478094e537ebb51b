"""What the coach remembers, over a restart at any moment."""

import asyncio
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..coach import CodecError, State
from ..const import DOMAIN

VERSION = 1
SAVE_DELAY_S = 1
"""s; what a power cut takes of it is decided again, and replaces itself by its tag."""

_LOGGER = logging.getLogger(__name__)


class CoachStore:
    """The coach's file of one config entry: a state for each person."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; `async_load` reads it."""
        self._store = Store[dict[str, Any]](hass, VERSION, f"{DOMAIN}.{entry_id}.coach")
        self._stored: dict[str, Any] = {}
        self._states: dict[str, State] = {}
        self._deliveries: dict[str, asyncio.Lock] = {}
        self._closed = False

    async def async_load(self) -> None:
        """Read what was stored."""
        stored = await self._store.async_load()
        self._stored = stored["people"] if stored else {}

    @callback
    def async_state(self, person: str) -> State:
        """Return what is remembered of a person; what cannot be read is begun anew, and told."""
        if person not in self._states:
            self._states[person] = self._read(person)
        return self._states[person]

    @callback
    def async_delivery(self, person: str) -> asyncio.Lock:
        """Return what is held while a person's outbox is done; a coach made anew waits for it."""
        return self._deliveries.setdefault(person, asyncio.Lock())

    @callback
    def async_changed(self) -> None:
        """Have it written soon, unless it was closed: another may have the file by now."""
        if not self._closed:
            self._store.async_delay_save(self._data, SAVE_DELAY_S)

    @callback
    def async_keep_only(self, people: set[str]) -> None:
        """Forget everyone else."""
        gone = (self._stored.keys() | self._states.keys()) - people
        for person in gone:
            self._stored.pop(person, None)
            self._states.pop(person, None)
        if gone:
            self.async_changed()

    async def async_close(self) -> None:
        """Write it for the last time."""
        self._closed = True
        if self._states:
            await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()

    def _read(self, person: str) -> State:
        if person not in self._stored:
            return State()
        try:
            return State.from_data(self._stored[person])
        except CodecError as error:
            _LOGGER.warning(
                "What the coach remembers of %s cannot be read and is begun anew: %s", person, error
            )
            return State()

    def _data(self) -> dict[str, Any]:
        written = {person: state.to_data() for person, state in self._states.items()}
        return {"people": self._stored | written}
