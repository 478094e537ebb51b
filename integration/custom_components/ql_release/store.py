"""What outlives a restart.

One file, written as a whole: a cursor on disk never runs ahead of what was applied up to it.
"""

from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .contract.base import ContractError, read_record
from .contract.common import Cursor

VERSION = 1
SAVE_DELAY_S = 10
"""s; an event a second is written once."""


class QlReleaseStore:
    """The stored part of one config entry.

    Attributes:
        cursors: How far each bridge's events were applied.

    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; `async_load` reads it."""
        self._store: Store[dict[str, Any]] = Store(hass, VERSION, f"{DOMAIN}.{entry_id}")
        self.cursors: dict[str, Cursor] = {}

    async def async_load(self) -> None:
        """Read what was stored; a cursor that cannot be read is asked for anew."""
        stored = await self._store.async_load() or {}
        for bridge, fields in stored.get("cursors", {}).items():
            try:
                self.cursors[bridge] = read_record(Cursor, fields)
            except ContractError:
                continue

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

    @callback
    def _data(self) -> dict[str, Any]:
        return {
            "cursors": {
                bridge: {"epoch": cursor.epoch, "seq": cursor.seq}
                for bridge, cursor in self.cursors.items()
            }
        }
