"""The way to the broker: Home Assistant's own MQTT integration, which comes and goes."""

import logging
from collections.abc import Callable, Sequence

from homeassistant.components import mqtt
from homeassistant.components.mqtt import ReceiveMessage
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

QOS = 1
"""What is asked and answered must arrive; what is sent with less comes with less."""

DEFAULT_DISCOVERY_PREFIX = "homeassistant"

_LOGGER = logging.getLogger(__name__)

type MessageCallback = Callable[[ReceiveMessage], None]
type Subscription = tuple[str, MessageCallback]


class MqttLink:
    """Subscribed while the MQTT integration is loaded; told when the broker is lost and back.

    Subscriptions are given back before that integration unloads: it would keep them for its next
    client, out of our reach.

    Args:
        hass: Home Assistant.
        entry: The entry that the link serves.
        subscriptions: Returns topic filters and who is told, in the order in which they must
            stand; asked at each attachment, for Home Assistant's own prefix may have changed.
        on_connection: Told whether the broker is connected.
        on_listening: Told once all subscriptions stand, after each connection.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        subscriptions: Callable[[], Sequence[Subscription]],
        on_connection: Callable[[bool], None],
        on_listening: CALLBACK_TYPE,
    ) -> None:
        """Prepare a link; `async_start` attaches it."""
        self._hass = hass
        self._entry = entry
        self._subscriptions = subscriptions
        self._on_connection = on_connection
        self._on_listening = on_listening
        self._release: list[CALLBACK_TYPE] = []
        self._stop: CALLBACK_TYPE | None = None
        self.connected = False

    async def async_start(self) -> None:
        """Attach now, or when the MQTT integration appears."""
        self._stop = async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
        )
        if any(
            entry.state is ConfigEntryState.LOADED
            for entry in self._hass.config_entries.async_entries(mqtt.DOMAIN)
        ):
            await self._async_attach()

    @callback
    def async_stop(self) -> None:
        """Let go of everything."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        self._async_detach()

    async def async_publish(self, topic: str, payload: str, *, retain: bool = False) -> bool:
        """Publish; return False if that cannot be done now."""
        if not self.connected:
            return False
        try:
            await mqtt.async_publish(self._hass, topic, payload, QOS, retain)
        except HomeAssistantError as error:
            _LOGGER.debug("%s could not be published: %s", topic, error)
            return False
        return True

    @callback
    def _async_entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Follow the MQTT integration's own entry."""
        if entry.domain != mqtt.DOMAIN:
            return
        if entry.state is ConfigEntryState.LOADED:
            self._entry.async_create_task(
                self._hass, self._async_attach(), f"attach {self._entry.title} to MQTT"
            )
        else:
            self._async_detach()

    async def _async_attach(self) -> None:
        """Subscribe, once."""
        if self._release or self._stop is None:
            return
        self._release.append(
            mqtt.async_subscribe_connection_status(self._hass, self._async_connection)
        )
        subscriptions = self._subscriptions()
        for topic, on_message in subscriptions:
            self._release.append(
                await mqtt.async_subscribe(self._hass, topic, on_message, QOS, encoding=None)
            )
        last, _ = subscriptions[-1]
        self._release.append(
            mqtt.async_on_subscribe_done(self._hass, last, QOS, self._on_listening)
        )
        if mqtt.is_connected(self._hass):
            self._async_connection(connected=True)

    @callback
    def _async_detach(self) -> None:
        """Give the subscriptions back."""
        while self._release:
            self._release.pop()()
        self._async_connection(connected=False)

    @callback
    def _async_connection(self, connected: bool) -> None:  # noqa: FBT001
        """Pass on a change."""
        if connected != self.connected:
            self.connected = connected
            self._on_connection(connected)


def discovery_prefix(hass: HomeAssistant) -> str:
    """Return the prefix under which Home Assistant takes MQTT discovery."""
    for entry in hass.config_entries.async_entries(mqtt.DOMAIN):
        found = entry.options.get("discovery_prefix", entry.data.get("discovery_prefix"))
        if found:
            return str(found)
    return DEFAULT_DISCOVERY_PREFIX
