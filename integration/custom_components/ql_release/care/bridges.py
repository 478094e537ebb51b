"""Repairs for what a bridge cannot tell itself: that it is silent, or speaks another version."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .board import IssueBoard

SILENT_AFTER_S: Final = 24 * 3600
"""s; a bridge that is switched off overnight is no trouble."""
SILENT: Final = "bridge_silent"
OTHER_VERSION: Final = "other_version"
ANYTHING: Final = "topics"
"""One repair stands for all that cannot be understood."""


class BridgeCare:
    """The repairs of one entry's bridges; each goes by itself when its cause has gone."""

    def __init__(
        self, hass: HomeAssistant, board: IssueBoard, connected: Callable[[], bool]
    ) -> None:
        """Begin without any; nobody is silent while the broker is not heard."""
        self._hass = hass
        self._board = board
        self._connected = connected
        self._waiting: dict[str, CALLBACK_TYPE] = {}
        self._other_topics: set[str] = set()

    @callback
    def async_bridge(self, bridge: str, *, online: bool) -> None:
        """Wait for a bridge that has gone, or be content that it is there."""
        if online:
            self.async_forget(bridge)
        elif bridge not in self._waiting:
            self._wait(bridge)

    @callback
    def async_forget(self, bridge: str) -> None:
        """Wait for a bridge no more."""
        if cancel := self._waiting.pop(bridge, None):
            cancel()
        self._board.async_take_back(SILENT, bridge)

    @callback
    def async_other_version(self, topic: str) -> None:
        """Tell that what comes on a topic cannot be understood."""
        self._other_topics.add(topic)
        self._board.async_put(OTHER_VERSION, ANYTHING, {"topic": topic}, fix={})

    @callback
    def async_understood(self, topic: str) -> None:
        """Note that a topic can be understood again."""
        if topic in self._other_topics:
            self._other_topics.remove(topic)
            if not self._other_topics:
                self._board.async_take_back(OTHER_VERSION, ANYTHING)

    @callback
    def async_stop(self) -> None:
        """Wait for nobody any more."""
        for cancel in self._waiting.values():
            cancel()
        self._waiting.clear()

    def _wait(self, bridge: str) -> None:
        self._waiting[bridge] = async_call_later(
            self._hass, SILENT_AFTER_S, partial(self._async_is_silent, bridge)
        )

    @callback
    def _async_is_silent(self, bridge: str, _now: datetime) -> None:
        """Tell of a bridge, if it is the bridge that is silent; look again a day later."""
        if self._connected():
            self._board.async_put(SILENT, bridge, {"bridge": bridge}, fix={})
        self._wait(bridge)
