"""Saying once in the log who has gone, and who is back."""

import logging
from datetime import timedelta
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .household import Household, Tool

STATE_KEEPS: Final = timedelta(minutes=2)
"""A tool that is there tells its state once a minute at least; an older one was retained."""

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
            self._note(bridge.key, f"Bridge {bridge.id}", up=bridge.online)
        for hello, tool in self._household.devices():
            up = self._household.is_available(tool)
            before = self._seen_up.get(hello.serial)
            if (before and not up) or (up and not before and _is_old(tool)):
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


def _is_old(tool: Tool) -> bool:
    return tool.state is not None and dt_util.utcnow() - tool.state.at > STATE_KEEPS
