"""Bridges and tools in the device registry."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType

from .const import DOMAIN, MANUFACTURER
from .contract.tool import Hello
from .household import Bridge


class Devices:
    """Writes what is known of bridges and tools into the registry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Take the registry of this Home Assistant."""
        self._registry = dr.async_get(hass)
        self._entry_id = entry.entry_id

    @callback
    def async_bridge(self, bridge: Bridge) -> str:
        """Have a bridge in the registry, up to date; return its id there."""
        device = self._registry.async_get_or_create(
            config_entry_id=self._entry_id,
            identifiers={(DOMAIN, bridge.key)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=MANUFACTURER,
            model="Bridge",
            name=f"QL Release bridge {bridge.id}",
            sw_version=bridge.health.version if bridge.health else None,
        )
        return device.id

    @callback
    def async_tool(self, hello: Hello, via: str) -> None:
        """Have a tool in the registry, up to date and behind its bridge."""
        self._registry.async_get_or_create(
            config_entry_id=self._entry_id,
            identifiers={(DOMAIN, hello.serial)},
            hw_version=str(hello.hardware),
            manufacturer=MANUFACTURER,
            model=hello.model,
            name=f"QL Release {hello.tool}",
            serial_number=hello.serial,
            sw_version=hello.firmware,
            via_device_id=via,
        )

    @callback
    def async_remove(self, key: str) -> None:
        """Remove a device, and with it its entities."""
        device = self._registry.async_get_device_by_identifier((DOMAIN, key), self._entry_id)
        if device is not None:
            self._registry.async_remove_device(device.id)
