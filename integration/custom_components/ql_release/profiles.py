"""Telling bridges of people."""

import asyncio
import logging
from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .contract.commands import Profile, profile
from .contract.topics import BRIDGE
from .desk import CommandDesk, CommandError

RETRY_S = 60.0
"""s; until then a bridge goes by what it was told before."""

_LOGGER = logging.getLogger(__name__)


class ProfileSender:
    """Sends profiles: all when a bridge comes online, those that change when they do.

    One at a time to a bridge, so that an older one never arrives last.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, desk: CommandDesk) -> None:
        """Begin with nothing sent."""
        self._hass = hass
        self._entry = entry
        self._desk = desk
        self._known: dict[str, Profile] = {}
        self._unsent: dict[str, set[str]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @callback
    def async_online(self, bridge: str) -> None:
        """Tell a bridge of everyone."""
        self.async_offline(bridge)
        self._send(bridge, set(self._known))

    @callback
    def async_offline(self, bridge: str) -> None:
        """Tell a bridge no more: it has gone."""
        self._unsent.pop(bridge, None)
        if task := self._tasks.pop(bridge, None):
            task.cancel()

    @callback
    def async_changed(self, profiles: Iterable[Profile], bridges: Iterable[str]) -> None:
        """Tell bridges of what has changed since the last time."""
        now = {one.person: one for one in profiles}
        news = {person for person, one in now.items() if self._known.get(person) != one}
        self._known = now
        for bridge in bridges:
            self._send(bridge, news)

    def _send(self, bridge: str, people: set[str]) -> None:
        self._unsent.setdefault(bridge, set()).update(people)
        task = self._tasks.get(bridge)
        if self._unsent[bridge] and (task is None or task.done()):
            self._tasks[bridge] = self._entry.async_create_background_task(
                self._hass, self._async_run(bridge, self._unsent[bridge]), f"profiles to {bridge}"
            )

    async def _async_run(self, bridge: str, unsent: set[str]) -> None:
        """Send until nobody is unsent; a bridge that cannot be told is complained of once."""
        complained = False
        while unsent:
            person = min(unsent)
            try:
                await self._async_send(bridge, person, unsent)
            except CommandError as error:
                if not complained:
                    complained = True
                    _LOGGER.warning(
                        "%s was not told of %s, and is told again: %s", bridge, person, error
                    )
                await asyncio.sleep(RETRY_S)

    async def _async_send(self, bridge: str, person: str, unsent: set[str]) -> None:
        known = self._known.get(person)
        if known is not None:
            await self._desk.async_ask(BRIDGE, bridge, profile(known))
        if self._known.get(person) == known:
            unsent.discard(person)
