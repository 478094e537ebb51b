"""Repairs for what a bridge cannot tell itself: that it is silent, or speaks another version."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN

SILENT_AFTER_S: Final = 24 * 3600
"""s; a bridge that is switched off overnight is no trouble."""
SILENT: Final = "bridge_silent"
OTHER_VERSION: Final = "other_version"


class BridgeIssues:
    """The repairs of one entry's bridges; each goes by itself when its cause has gone."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, connected: Callable[[], bool]
    ) -> None:
        """Begin without any; nobody is silent while the broker is not heard."""
        self._hass = hass
        self._entry_id = entry.entry_id
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
            ir.async_delete_issue(self._hass, DOMAIN, self._id(SILENT, bridge))

    @callback
    def async_other_version(self, topic: str) -> None:
        """Tell that what comes on a topic cannot be understood."""
        self._other_topics.add(topic)
        self._create(self._id(OTHER_VERSION), OTHER_VERSION, {"topic": topic})

    @callback
    def async_understood(self, topic: str) -> None:
        """Note that a topic can be understood again."""
        if topic in self._other_topics:
            self._other_topics.remove(topic)
            if not self._other_topics:
                ir.async_delete_issue(self._hass, DOMAIN, self._id(OTHER_VERSION))

    @callback
    def async_stop(self) -> None:
        """Take all of them back."""
        for bridge in list(self._waiting):
            self.async_forget(bridge)
        for topic in list(self._other_topics):
            self.async_understood(topic)

    def _wait(self, bridge: str) -> None:
        self._waiting[bridge] = async_call_later(
            self._hass, SILENT_AFTER_S, partial(self._async_is_silent, bridge)
        )

    @callback
    def _async_is_silent(self, bridge: str, _now: datetime) -> None:
        """Tell of a bridge, if it is the bridge that is silent; look again a day later."""
        if self._connected():
            self._create(self._id(SILENT, bridge), SILENT, {"bridge": bridge})
        self._wait(bridge)

    def _create(self, issue_id: str, key: str, words: dict[str, str]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=words,
        )

    def _id(self, *parts: str) -> str:
        return "_".join((*parts, self._entry_id))
