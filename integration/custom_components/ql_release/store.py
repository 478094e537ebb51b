"""What outlives a restart.

One file, written as a whole: a cursor on disk never runs ahead of what was applied up to it.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .contract.base import ContractError, Record, read_record
from .contract.common import Cursor
from .history.facts import SessionFacts
from .history.record import as_json
from .leaving.record import Departed

VERSION = 1
MINOR_VERSION = 3
"""1: only cursors; 2: and sessions; 3: and people."""
WITH_SESSIONS = 2

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
        return old_data | {"cursors": {}} if old_minor_version < WITH_SESSIONS else old_data


class QlReleaseStore:
    """The stored part of one config entry.

    Attributes:
        cursors: How far each bridge's events were applied.
        sessions: What is known of each session; `async_put_session` changes it.
        people: The name of each person who was there last.
        departed: Those who were removed, as long as there is something to do about it.
        to_empty: Retained topics of ours that could not be emptied yet.

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
        self.people: dict[str, str] = {}
        self.departed: dict[str, Departed] = {}
        self.to_empty: set[str] = set()
        self._as_json: dict[str, dict[str, Any]] = {}
        self._to_be_written = False

    async def async_load(self) -> None:
        """Read what was stored; a cursor that cannot be read is asked for anew."""
        stored = await self._store.async_load() or {}
        for bridge, fields in stored.get("cursors", {}).items():
            try:
                self.cursors[bridge] = read_record(Cursor, fields)
            except ContractError:
                continue
        for facts, fields in _readable(SessionFacts, "session", stored.get("sessions", ())):
            self.sessions[facts.id] = facts
            self._as_json[facts.id] = fields
        self.people = stored.get("people", {})
        self.to_empty = set(stored.get("to_empty", ()))
        for departed, _ in _readable(Departed, "removed person", stored.get("departed", ())):
            self.departed[departed.person] = departed

    @callback
    def async_put_session(self, facts: SessionFacts, *, at_once: bool = False) -> None:
        """Keep what is known of a session, and have it written."""
        self.sessions[facts.id] = facts
        self._as_json[facts.id] = as_json(facts)
        self.async_changed(at_once=at_once)

    @callback
    def async_changed(self, *, at_once: bool = False) -> None:
        """Have it written soon, however much else changes until then.

        Args:
            at_once: For what nobody would tell again, as a bridge does.

        """
        if at_once:
            self._store.async_delay_save(self._data, 0)
        elif not self._to_be_written:
            # Each call would put the writing off.
            self._store.async_delay_save(self._data, SAVE_DELAY_S)
        self._to_be_written = True

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
        self._to_be_written = False
        cursors = self.cursors.copy()
        sessions = list(self._as_json.values())
        return {
            "cursors": {
                bridge: {"epoch": cursor.epoch, "seq": cursor.seq}
                for bridge, cursor in cursors.items()
            },
            "sessions": sessions,
            "people": self.people.copy(),
            "to_empty": sorted(self.to_empty.copy()),
            "departed": [as_json(departed) for departed in list(self.departed.values())],
        }


def _readable[T: Record](
    kind: type[T], called: str, stored: Iterable[dict[str, Any]]
) -> Iterator[tuple[T, dict[str, Any]]]:
    """Yield what can be read, as it is and as it stands; the rest is left out, and told."""
    for fields in stored:
        try:
            yield read_record(kind, fields), fields
        except ContractError as error:
            _LOGGER.warning("A stored %s is left out: %s", called, error)
