"""Binary sensor platform for QL Release."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coaching.entities import binary_sensors
from .contract.tool import Hello, Quality, ToolState
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .entity import (
    BridgeEntity,
    QlReleaseEntity,
    ToolEntity,
    async_setup_devices,
    async_setup_people,
)
from .household import Bridge, Tool

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ToolBinarySensorDescription(BinarySensorEntityDescription):
    """Describes a binary sensor of a tool."""

    value_fn: Callable[[Tool, ToolState], bool]
    exists_fn: Callable[[Hello], bool] = lambda _hello: True


@dataclass(frozen=True, kw_only=True)
class BridgeBinarySensorDescription(BinarySensorEntityDescription):
    """Describes a binary sensor of a bridge."""

    value_fn: Callable[[Bridge], bool | None]
    always: bool = False


TOOL_BINARY_SENSORS: tuple[ToolBinarySensorDescription, ...] = (
    ToolBinarySensorDescription(
        key="contact",
        translation_key="contact",
        device_class=BinarySensorDeviceClass.OCCUPANCY,
        value_fn=lambda _tool, state: state.in_contact,
    ),
    ToolBinarySensorDescription(
        key="in_session",
        translation_key="in_session",
        device_class=BinarySensorDeviceClass.RUNNING,
        value_fn=lambda _tool, state: state.session is not None,
    ),
    ToolBinarySensorDescription(
        key="over_pressure",
        translation_key="over_pressure",
        device_class=BinarySensorDeviceClass.SAFETY,
        value_fn=lambda _tool, state: state.over_pressure,
        exists_fn=lambda hello: hello.measures_force,
    ),
    ToolBinarySensorDescription(
        key="bone_contact",
        translation_key="bone_contact",
        value_fn=lambda tool, _state: tool.on_bone,
        exists_fn=lambda hello: hello.measures_force,
    ),
    ToolBinarySensorDescription(
        key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda _tool, state: state.quality is not Quality.MEASURING,
    ),
)

BRIDGE_BINARY_SENSORS: tuple[BridgeBinarySensorDescription, ...] = (
    BridgeBinarySensorDescription(
        key="connection",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda bridge: bridge.online,
        always=True,
    ),
    BridgeBinarySensorDescription(
        key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda bridge: None if bridge.health is None else bool(bridge.health.problems),
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up binary sensors."""
    async_setup_devices(entry, async_add_entities, _wanted)
    async_setup_people(entry, async_add_entities, binary_sensors)


def _wanted(coordinator: QlReleaseCoordinator) -> Iterator[QlReleaseEntity]:
    for bridge in coordinator.data.bridges.values():
        for described in BRIDGE_BINARY_SENSORS:
            yield BridgeBinarySensor(coordinator, bridge, described)
    for hello, _ in coordinator.data.devices():
        for description in TOOL_BINARY_SENSORS:
            if description.exists_fn(hello):
                yield ToolBinarySensor(coordinator, hello.serial, description)


class ToolBinarySensor(ToolEntity, BinarySensorEntity):
    """Something that is so or not at a tool."""

    entity_description: ToolBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is so."""
        tool = self.tool
        if tool is None or tool.state is None:
            return None
        return self.entity_description.value_fn(tool, tool.state)

    @override
    def _shown(self) -> object:
        return self.is_on


class BridgeBinarySensor(BridgeEntity, BinarySensorEntity):
    """Something that is so or not at a bridge."""

    entity_description: BridgeBinarySensorDescription

    @property
    @override
    def available(self) -> bool:
        """Whether it can be told: that a bridge is away can, while the broker is there."""
        if self.entity_description.always:
            return self.coordinator.connected
        return super().available

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is so."""
        return self.entity_description.value_fn(self.bridge)

    @override
    def _shown(self) -> object:
        return self.is_on
