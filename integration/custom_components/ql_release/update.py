"""Update platform for QL Release: the firmware of a tool beside what its bridge has for it."""

from collections.abc import Iterator
from typing import Any, override

from homeassistant.components.update import (
    UpdateDeviceClass,
    UpdateEntity,
    UpdateEntityDescription,
    UpdateEntityFeature,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .contract import commands
from .contract.tool import Hello
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .entity import QlReleaseEntity, ToolEntity, async_setup_devices

PARALLEL_UPDATES = 1

FIRMWARE = UpdateEntityDescription(
    key="firmware",
    translation_key="firmware",
    device_class=UpdateDeviceClass.FIRMWARE,
    entity_category=EntityCategory.CONFIG,
)
GUIDE = "https://github.com/ql-release/ql-release/blob/main/firmware/README.md"


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the firmware of each tool."""
    async_setup_devices(entry, async_add_entities, _wanted)


def _wanted(coordinator: QlReleaseCoordinator) -> Iterator[QlReleaseEntity]:
    for hello, _ in coordinator.data.devices():
        yield FirmwareUpdate(coordinator, hello.serial, FIRMWARE)


class FirmwareUpdate(ToolEntity, UpdateEntity):
    """The firmware: a bridge and the firmware that goes with it have the same version."""

    _attr_release_url = GUIDE
    _attr_title = "QL Release firmware"

    @property
    def _hello(self) -> Hello | None:
        return None if self.tool is None else self.tool.hello

    @property
    @override
    def supported_features(self) -> UpdateEntityFeature:
        """Whether the tool lets itself be updated from here; others are by cable."""
        can = self._hello is not None and commands.UPDATE in self._hello.ops
        return UpdateEntityFeature.INSTALL if can else UpdateEntityFeature(0)

    @property
    @override
    def installed_version(self) -> str | None:
        """What runs on the tool."""
        return None if self._hello is None else self._hello.firmware

    @property
    @override
    def latest_version(self) -> str | None:
        """What goes with its bridge; unknown until the bridge has told how it is."""
        bridge = self._hello and self.coordinator.data.bridges.get(self._hello.bridge)
        return bridge.health.version if bridge and bridge.health else self.installed_version

    @override
    async def async_install(self, version: str | None, backup: bool, **_kwargs: Any) -> None:
        """Have the bridge install it."""
        await self.async_ask(commands.update())

    @override
    def _shown(self) -> object:
        return self.installed_version, self.latest_version
