"""Button platform for QL Release."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import (
    ButtonDeviceClass,
    ButtonEntity,
    ButtonEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .contract import commands
from .contract.commands import Command
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .entity import QlReleaseEntity, ToolEntity, async_setup_devices

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class ToolButtonDescription(ButtonEntityDescription):
    """Describes a button.

    Attributes:
        command_fn: Makes the command that it sends.
    """

    command_fn: Callable[[], Command]


BUTTONS: tuple[ToolButtonDescription, ...] = (
    ToolButtonDescription(
        key="tare",
        translation_key="tare",
        entity_category=EntityCategory.CONFIG,
        command_fn=commands.tare,
    ),
    ToolButtonDescription(key="start", translation_key="start", command_fn=commands.start),
    ToolButtonDescription(key="stop", translation_key="stop", command_fn=commands.stop),
    ToolButtonDescription(
        key="measure_threshold",
        translation_key="measure_threshold",
        entity_category=EntityCategory.CONFIG,
        command_fn=commands.measure_threshold,
    ),
    ToolButtonDescription(
        key="sleep",
        translation_key="sleep",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        command_fn=commands.sleep,
    ),
    ToolButtonDescription(
        key="identify",
        device_class=ButtonDeviceClass.IDENTIFY,
        entity_category=EntityCategory.DIAGNOSTIC,
        command_fn=commands.identify,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up buttons."""
    async_setup_devices(entry, async_add_entities, _wanted)


def _wanted(coordinator: QlReleaseCoordinator) -> Iterator[QlReleaseEntity]:
    for hello, _ in coordinator.data.devices():
        for description in BUTTONS:
            if description.command_fn().op in hello.ops:
                yield ToolButton(coordinator, hello.serial, description)


class ToolButton(ToolEntity, ButtonEntity):
    """Asks a tool for something."""

    entity_description: ToolButtonDescription

    @override
    async def async_press(self) -> None:
        """Ask for it."""
        await self.async_ask(self.entity_description.command_fn())
