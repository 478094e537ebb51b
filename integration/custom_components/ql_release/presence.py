"""Saying once in the log who has gone, and who is back."""

import logging

from homeassistant.core import callback

from .household import Household, bridge_key

_LOGGER = logging.getLogger(__name__)


class PresenceLog:
    """Compares who is there with who was."""

    def __init__(self, household: Household) -> None:
        """Begin with nobody seen."""
        self._household = household
        self._seen_up: dict[str, bool] = {}

    @callback
    def async_review(self) -> None:
        """Look at everyone; live values of who has gone are forgotten."""
        for bridge in self._household.bridges.values():
            self._note(bridge_key(bridge.id), f"Bridge {bridge.id}", up=bridge.online)
        for hello, tool in self._household.devices():
            up = self._household.is_available(tool)
            if not up and self._seen_up.get(hello.serial):
                tool.forget_state()
            self._note(hello.serial, f"Tool {tool.id}", up=up)

    @callback
    def async_forget(self, key: str) -> None:
        """Miss a device no more: it was removed."""
        self._seen_up.pop(key, None)

    def _note(self, key: str, name: str, *, up: bool) -> None:
        before = self._seen_up.get(key)
        if before is None and not up:
            return
        self._seen_up[key] = up
        if before is True and not up:
            _LOGGER.info("%s is unavailable", name)
        elif before is False and up:
            _LOGGER.info("%s is available again", name)
