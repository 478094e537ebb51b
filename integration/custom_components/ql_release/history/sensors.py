"""What a person has done: their last session and release, and the last seven days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfTime
from homeassistant.util import dt as dt_util

from ..coordinator import QlReleaseCoordinator
from ..entity import PersonEntity
from ..people import Person
from .record import SessionRecord

DAYS: Final = 7
"""Today and those before it."""
SECONDS_A_MINUTE: Final = 60

type Sessions = list[SessionRecord]
type Value = datetime | float | None


@dataclass(frozen=True, kw_only=True)
class HistorySensorDescription(SensorEntityDescription):
    """Describes a value of past sessions.

    Attributes:
        value_fn: Takes a person's release sessions, the earliest first, and the confidence from
            which a possible release counts.
    """

    value_fn: Callable[[Sessions, float], Value]


def _last_session(sessions: Sessions, _confidence: float) -> Value:
    return max((session.ended_at for session in sessions), default=None)


def _last_release(sessions: Sessions, confidence: float) -> Value:
    counted = (release for session in sessions for release in session.counted(confidence))
    return max((release.at for release in counted), default=None)


def _lately(sessions: Sessions) -> Sessions:
    first = dt_util.start_of_local_day() - timedelta(days=DAYS - 1)
    since = dt_util.start_of_local_day(first)
    return [session for session in sessions if session.ended_at >= since]


SENSORS: Final = (
    HistorySensorDescription(
        key="last_session",
        translation_key="last_session",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_last_session,
    ),
    HistorySensorDescription(
        key="last_release",
        translation_key="last_release",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_last_release,
    ),
    HistorySensorDescription(
        key="sessions_lately",
        translation_key="sessions_lately",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda sessions, _confidence: len(_lately(sessions)),
    ),
    HistorySensorDescription(
        key="minutes_lately",
        translation_key="minutes_lately",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda sessions, _confidence: (
            sum(session.hold_s for session in _lately(sessions)) / SECONDS_A_MINUTE
        ),
    ),
)


class HistorySensor(PersonEntity, SensorEntity):
    """A value of a person's past sessions."""

    entity_description: HistorySensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """The value."""
        mine = self.coordinator.sessions.of(self._person)
        releases = [session for session in mine if session.is_release]
        return self.entity_description.value_fn(releases, self.coordinator.told_confidence)

    @override
    def _shown(self) -> object:
        return self.native_value


def sensors(coordinator: QlReleaseCoordinator, person: Person) -> Iterator[PersonEntity]:
    """Yield the sensors of a person."""
    for description in SENSORS:
        yield HistorySensor(coordinator, person, description)
