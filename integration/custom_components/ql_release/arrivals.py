"""Tools and bridges as devices, as they come, change their names and go."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .care.tools import ToolCare
from .contract.tool import Hello
from .devices import Devices
from .handover import Handover, tool_device
from .household import Bridge, Household, Tool
from .presence import PresenceLog

GONE_S = 5.0
"""s; a tool under a new name says hello within this time, and stays the device that it was."""


class Arrivals:
    """Has a device for each bridge and each tool, as long as it is there.

    Args:
        hass: Home Assistant.
        entry: Whose devices they are.
        household: What is known of bridges and tools.
        presence: Misses who goes.
        care: Looks after tools.
        tell: Tells those who show a device, by its key.
        changed: Is called whenever there are other devices than before.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        household: Household,
        presence: PresenceLog,
        care: ToolCare,
        *,
        tell: Callable[[str], None],
        changed: CALLBACK_TYPE,
    ) -> None:
        """Begin without any device."""
        self.handover = Handover()
        self._hass = hass
        self._entry = entry
        self._household = household
        self._presence = presence
        self._care = care
        self._tell = tell
        self._changed = changed
        self._devices = Devices(hass, entry)
        self._leaving: dict[str, CALLBACK_TYPE] = {}

    @callback
    def async_stop(self) -> None:
        """Wait for nobody any more."""
        for cancel in self._leaving.values():
            cancel()

    @callback
    def async_bridge(self, bridge: str) -> Bridge:
        """Return a bridge, which is a device from its first sign of life on."""
        if known := self._household.bridges.get(bridge):
            return known
        found = self._household.bridge(bridge)
        self._devices.async_bridge(found)
        self._changed()
        return found

    @callback
    def async_bridge_updated(self, bridge: Bridge) -> None:
        """Bring a bridge's device up to date."""
        self._devices.async_bridge(bridge)

    @callback
    def async_forget_bridge(self, bridge: str) -> None:
        """Let a bridge be no device, until it is heard again."""
        if found := self._household.bridges.pop(bridge, None):
            self._presence.async_forget(found.key)
            self._changed()
            self._devices.async_remove(found.key)

    @callback
    def async_hello(self, tool: Tool, hello: Hello | None) -> None:
        """Take what a tool is, or that it has gone.

        Raises:
            ContractError: when it names one bridge too many.

        """
        if hello is not None:
            self.async_bridge(hello.bridge)
        before = tool.hello
        if before is not None and (hello is None or hello.serial != before.serial):
            self._leave(tool, before.serial)
        tool.hello = hello
        if hello is None or hello == before:
            return
        holder = self._household.by_serial(hello.serial)
        if holder is None or tool.heard or not holder.heard:
            self.async_name(tool, hello.serial)
        self._introduce(hello)

    @callback
    def async_name(self, tool: Tool, serial: str) -> None:
        """Let a tool have its serial number: of several ids, the one that lives."""
        self._household.name(tool, serial)
        if cancel := self._leaving.pop(serial, None):
            cancel()

    def _introduce(self, hello: Hello) -> None:
        """Make a tool a device, or bring the device up to date."""
        if hello.serial in self._household.introduced:
            self._register(hello)
            return
        self._entry.async_create_background_task(
            self._hass, self._async_introduce(hello), f"introduce {hello.tool}"
        )

    async def _async_introduce(self, hello: Hello) -> None:
        """Wait until the tool is nobody else's, then make it a device."""
        await self.handover.async_wait(tool_device(hello.serial))
        tool = self._household.by_serial(hello.serial)
        if tool is not None and tool.hello is not None:
            self._register(tool.hello)

    def _register(self, hello: Hello) -> None:
        tool = self._household.by_serial(hello.serial)
        if tool is None or tool.hello != hello:
            return
        via = self._devices.async_bridge(self.async_bridge(hello.bridge))
        self._devices.async_tool(hello, via)
        # Only now: entities that are added sooner would have a device without a name.
        self._household.introduced.add(hello.serial)
        self._changed()
        self._care.async_hello(hello)
        self._presence.async_review()
        self._tell(hello.serial)

    def _leave(self, tool: Tool, serial: str) -> None:
        """Let a tool be gone, unless it comes back under another name in a moment."""
        if not self._household.unname(tool, serial):
            self._tell(serial)
            return

        @callback
        def gone(_now: object) -> None:
            del self._leaving[serial]
            self._household.introduced.discard(serial)
            self._presence.async_forget(serial)
            self._care.async_forget(serial)
            self._changed()
            self._devices.async_remove(serial)

        self._leaving[serial] = async_call_later(self._hass, GONE_S, gone)
        self._tell(serial)
