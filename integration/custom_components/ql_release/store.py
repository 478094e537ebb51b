"""What outlives a restart.

One file, written as a whole: a cursor on disk never runs ahead of what was applied up to it.
"""

import logging
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .contract.base import ContractError, read_record
from .contract.common import Cursor
from .history.facts import SessionFacts
from .history.record import as_json

VERSION = 1
MINOR_VERSION = 2
"""1: only cursors; 2: and sessions."""

SAVE_DELAY_S = 10
"""s; an event a second is written once."""

_LOGGER = logging.getLogger(__name__)


class _File(Store[dict[str, Any]]):
    """The file, and what older ones become."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        """Have history told anew to who kept no sessions yet."""
        return old_data | {"cursors": {}}


class QlReleaseStore:
    """The stored part of one config entry.

    Attributes:
        cursors: How far each bridge's events were applied.
        sessions: What is known of each session; `async_put_session` changes it.

    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; `async_load` reads it."""
        self._store = _File(
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}",
            minor_version=MINOR_VERSION,
            serialize_in_event_loop=False,
        )
        self.cursors: dict[str, Cursor] = {}
        self.sessions: dict[str, SessionFacts] = {}
        self._as_json: dict[str, dict[str, Any]] = {}

    async def async_load(self) -> None:
        """Read what was stored; a cursor that cannot be read is asked for anew."""
        stored = await self._store.async_load() or {}
        for bridge, fields in stored.get("cursors", {}).items():
            try:
                self.cursors[bridge] = read_record(Cursor, fields)
            except ContractError:
                continue
        for fields in stored.get("sessions", ()):
            try:
                facts = read_record(SessionFacts, fields)
            except ContractError as error:
                _LOGGER.warning("A stored session is left out: %s", error)
                continue
            self.sessions[facts.id] = facts
            self._as_json[facts.id] = fields

    @callback
    def async_put_session(self, facts: SessionFacts) -> None:
        """Keep what is known of a session, and have it written soon."""
        self.sessions[facts.id] = facts
        self._as_json[facts.id] = as_json(facts)
        self.async_changed()

    @callback
    def async_changed(self) -> None:
        """Have it written soon."""
        self._store.async_delay_save(self._data, SAVE_DELAY_S)

    async def async_save(self) -> None:
        """Write it now."""
        await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        """Return all that is stored; another thread asks, so copies are taken at a stroke.

        Cursors first: what is applied in between is written, and applied once more.
        """
        cursors = self.cursors.copy()
        sessions = list(self._as_json.values())
        return {
            "cursors": {
                bridge: {"epoch": cursor.epoch, "seq": cursor.seq}
                for bridge, cursor in cursors.items()
            },
            "sessions": sessions,
        }
