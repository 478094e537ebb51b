"""Having bridges erase a person: each when it is online, until it has."""

import asyncio
import logging
from dataclasses import replace
from itertools import batched
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..contract.commands import MAX_ERASED_SESSIONS, erase
from ..contract.topics import BRIDGE
from ..desk import CommandDesk, CommandError
from ..store import QlReleaseStore
from .record import Departed

RETRY_S: Final = 600.0
"""s; a bridge refuses while the person lies on a tool."""

_LOGGER = logging.getLogger(__name__)


class Eraser:
    """Asks bridges to erase whoever is to be erased."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, store: QlReleaseStore, desk: CommandDesk
    ) -> None:
        """Begin idle."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._desk = desk
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @callback
    def async_online(self, bridge: str) -> None:
        """Ask a bridge that is online, unless it has erased everyone who is to be erased."""
        self.async_offline(bridge)
        if self._waiting(bridge):
            self._tasks[bridge] = self._entry.async_create_background_task(
                self._hass, self._async_run(bridge), f"erase at {bridge}"
            )

    @callback
    def async_offline(self, bridge: str) -> None:
        """Ask a bridge no more: it has gone."""
        if task := self._tasks.pop(bridge, None):
            task.cancel()

    def _waiting(self, bridge: str) -> list[Departed]:
        return [
            departed
            for departed in self._store.departed.values()
            if departed.erase and bridge not in departed.done
        ]

    async def _async_run(self, bridge: str) -> None:
        """Ask until all is erased; a bridge that refuses is told of once."""
        told: set[str] = set()
        while waiting := self._waiting(bridge):
            for departed in waiting:
                try:
                    await self._async_erase(bridge, departed)
                except CommandError as error:
                    level = logging.DEBUG if departed.person in told else logging.WARNING
                    told.add(departed.person)
                    _LOGGER.log(
                        level,
                        "%s has not erased %s yet, and is asked again: %s",
                        bridge,
                        departed.person,
                        error,
                    )
                    await asyncio.sleep(RETRY_S)

    async def _async_erase(self, bridge: str, departed: Departed) -> None:
        if departed.person not in self._store.departed:
            return  # they are back
        sessions = departed.sessions.get(bridge, ())
        for some in batched(sessions, MAX_ERASED_SESSIONS, strict=False):
            await self._desk.async_ask(BRIDGE, bridge, erase(departed.person, some))
        if not sessions:
            await self._desk.async_ask(BRIDGE, bridge, erase(departed.person))
        now = self._store.departed.get(departed.person)
        if now is None:
            return
        others = {key: ids for key, ids in now.sessions.items() if key != bridge}
        self._store.departed[departed.person] = replace(
            now, sessions=others, done=(*now.done, bridge)
        )
        self._store.async_changed()
