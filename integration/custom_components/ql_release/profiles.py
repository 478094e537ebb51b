"""Telling bridges of people."""

import logging
from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .contract.commands import Profile, profile
from .contract.topics import BRIDGE
from .desk import CommandDesk, CommandError

_LOGGER = logging.getLogger(__name__)


class ProfileSender:
    """Sends profiles: all when a bridge comes online, those that change when they do."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, desk: CommandDesk) -> None:
        """Begin with nothing sent."""
        self._hass = hass
        self._entry = entry
        self._desk = desk
        self._known: dict[str, Profile] = {}

    @callback
    def async_send(self, bridge: str, profiles: Iterable[Profile]) -> None:
        """Send profiles to a bridge, in the background."""
        if profiles := list(profiles):
            self._entry.async_create_background_task(
                self._hass, self._async_send(bridge, profiles), f"profiles to {bridge}"
            )

    @callback
    def async_changed(self, profiles: Iterable[Profile], bridges: Iterable[str]) -> None:
        """Send to bridges what has changed since the last time."""
        now = {one.person: one for one in profiles}
        news = [one for person, one in now.items() if self._known.get(person) != one]
        self._known = now
        for bridge in bridges:
            self.async_send(bridge, news)

    async def _async_send(self, bridge: str, profiles: list[Profile]) -> None:
        for one in profiles:
            try:
                await self._desk.async_ask(BRIDGE, bridge, profile(one))
            except CommandError as error:
                _LOGGER.warning(
                    "%s was not told of %s, and will be when it is online again: %s",
                    bridge,
                    one.person,
                    error,
                )
                return
