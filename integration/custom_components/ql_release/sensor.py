"""Sensor platform for QL Release."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfInformation,
    UnitOfPressure,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .coaching.entities import sensors as coach_sensors
from .contract.bridge import BridgeHealth
from .contract.common import Side, Zone
from .contract.session import LastSession
from .contract.tool import Hello, Phase, ToolState
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .entity import (
    BridgeEntity,
    QlReleaseEntity,
    ToolEntity,
    async_setup_devices,
    async_setup_people,
)
from .history.sensors import sensors as history_sensors
from .household import Tool

PARALLEL_UPDATES = 0

UNIT_NEWTON = "N"

type Value = StateType | datetime


@dataclass(frozen=True, kw_only=True)
class ToolSensorDescription(SensorEntityDescription):
    """Describes a sensor of a tool."""

    value_fn: Callable[[Tool], Value]
    exists_fn: Callable[[Tool, Hello], bool] = lambda _tool, _hello: True


@dataclass(frozen=True, kw_only=True)
class BridgeSensorDescription(SensorEntityDescription):
    """Describes a sensor of a bridge."""

    value_fn: Callable[[BridgeHealth], Value]


def _live(value_fn: Callable[[ToolState], Value]) -> Callable[[Tool], Value]:
    """Return what shows live values, unknown while there are none."""
    return lambda tool: None if tool.state is None else value_fn(tool.state)


def _last(value_fn: Callable[[LastSession], Value]) -> Callable[[Tool], Value]:
    """Return what shows the last session, unknown if there was none."""
    return lambda tool: None if tool.last_session is None else value_fn(tool.last_session)


def coverage_pct(session: LastSession, *sides: Side) -> float:
    """Return how much of the muscles of a session was worked on some sides: thirds, in %."""
    muscles = {entry.muscle for entry in session.coverage}
    thirds = {(entry.muscle, entry.side, entry.zone) for entry in session.coverage}
    worked = sum(1 for _, side, _ in thirds if side in sides)
    possible = len(muscles) * len(Zone) * len(sides)
    return 100 * worked / possible if possible else 0


def share_pct(session: LastSession, side: Side) -> float | None:
    """Return a side's share of the holds that count, in %; None: there were none."""
    shares = session.left_right
    if shares is None:
        return None
    return shares.left_pct if side is Side.LEFT else shares.right_pct


TOOL_SENSORS: tuple[ToolSensorDescription, ...] = (
    ToolSensorDescription(
        key="force",
        translation_key="force",
        native_unit_of_measurement=UNIT_NEWTON,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_live(lambda state: state.force_n),
        exists_fn=lambda _tool, hello: hello.measures_force,
    ),
    ToolSensorDescription(
        key="force_pct",
        translation_key="force_pct",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_live(lambda state: state.force_pct),
        exists_fn=lambda _tool, hello: hello.measures_force,
    ),
    ToolSensorDescription(
        key="pressure",
        device_class=SensorDeviceClass.PRESSURE,
        native_unit_of_measurement=UnitOfPressure.KPA,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=_live(lambda state: state.kpa),
        exists_fn=lambda _tool, hello: hello.contact_area_cm2 is not None,
    ),
    ToolSensorDescription(
        key="phase",
        translation_key="phase",
        device_class=SensorDeviceClass.ENUM,
        options=list(Phase),
        value_fn=_live(lambda state: state.phase),
    ),
    ToolSensorDescription(
        key="hold_time",
        translation_key="hold_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_live(lambda state: state.hold_s),
    ),
    ToolSensorDescription(
        key="session_time",
        translation_key="session_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_live(lambda state: state.session_s),
    ),
    ToolSensorDescription(
        key="holds",
        translation_key="holds",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=_live(lambda state: state.holds),
    ),
    ToolSensorDescription(
        key="releases",
        translation_key="releases",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=_live(lambda state: state.releases),
    ),
    ToolSensorDescription(
        key="last_session",
        translation_key="last_session",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_last(lambda session: session.ended_at),
    ),
    ToolSensorDescription(
        key="coverage",
        translation_key="coverage",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=_last(lambda session: coverage_pct(session, Side.LEFT, Side.RIGHT)),
    ),
    ToolSensorDescription(
        key="coverage_left",
        translation_key="coverage_left",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=_last(lambda session: coverage_pct(session, Side.LEFT)),
    ),
    ToolSensorDescription(
        key="coverage_right",
        translation_key="coverage_right",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=_last(lambda session: coverage_pct(session, Side.RIGHT)),
    ),
    ToolSensorDescription(
        key="left_share",
        translation_key="left_share",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=_last(lambda session: share_pct(session, Side.LEFT)),
    ),
    ToolSensorDescription(
        key="right_share",
        translation_key="right_share",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=_last(lambda session: share_pct(session, Side.RIGHT)),
    ),
    ToolSensorDescription(
        key="battery",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_live(lambda state: state.battery_pct),
        exists_fn=lambda tool, _hello: tool.has_battery,
    ),
    ToolSensorDescription(
        key="signal",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=_live(lambda state: state.rssi_dbm),
        exists_fn=lambda tool, _hello: tool.has_radio,
    ),
)

LAST_RELEASE = SensorEntityDescription(
    key="last_release",
    translation_key="last_release",
    device_class=SensorDeviceClass.TIMESTAMP,
)

BRIDGE_SENSORS: tuple[BridgeSensorDescription, ...] = (
    BridgeSensorDescription(
        key="unsent",
        translation_key="unsent",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda health: health.outbox_depth,
    ),
    BridgeSensorDescription(
        key="memory",
        translation_key="memory",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda health: health.rss_bytes,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up sensors."""
    async_setup_devices(entry, async_add_entities, _wanted)
    async_setup_people(entry, async_add_entities, history_sensors)
    async_setup_people(entry, async_add_entities, coach_sensors)


def _wanted(coordinator: QlReleaseCoordinator) -> Iterator[QlReleaseEntity]:
    for bridge in coordinator.data.bridges.values():
        for described in BRIDGE_SENSORS:
            yield BridgeSensor(coordinator, bridge, described)
    for hello, tool in coordinator.data.devices():
        yield LastReleaseSensor(coordinator, hello.serial, LAST_RELEASE)
        for description in TOOL_SENSORS:
            if description.exists_fn(tool, hello):
                yield ToolSensor(coordinator, hello.serial, description)


class ToolSensor(ToolEntity, SensorEntity):
    """A value of a tool."""

    entity_description: ToolSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """The value."""
        return None if self.tool is None else self.entity_description.value_fn(self.tool)

    @override
    def _shown(self) -> object:
        return self.native_value


class LastReleaseSensor(ToolEntity, RestoreSensor):
    """When a possible release was last seen; remembered, for events are told once."""

    _restored: datetime | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Take over what was shown last."""
        await super().async_added_to_hass()
        data = await self.async_get_last_sensor_data()
        if data is not None and isinstance(data.native_value, datetime):
            self._restored = data.native_value

    @property
    @override
    def native_value(self) -> datetime | None:
        """The onset of the newest one."""
        seen = self.tool and self.tool.last_release
        times = [at for at in (self._restored, seen.at if seen else None) if at is not None]
        return max(times, default=None)

    @override
    def _shown(self) -> object:
        return self.native_value


class BridgeSensor(BridgeEntity, SensorEntity):
    """A value of a bridge."""

    entity_description: BridgeSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """The value."""
        health = self.bridge.health
        return None if health is None else self.entity_description.value_fn(health)

    @override
    def _shown(self) -> object:
        return self.native_value
