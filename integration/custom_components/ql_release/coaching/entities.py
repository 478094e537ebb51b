"""What the coach of a person shows: of today, and when it comes next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)

from ..coach import Outcome
from ..coordinator import QlReleaseCoordinator
from ..entity import PersonEntity
from ..people import Person
from .words import async_say


@dataclass(frozen=True, kw_only=True)
class CoachSensorDescription(SensorEntityDescription):
    """A value of what a coach has decided."""

    value_fn: Callable[[Outcome], datetime | int | None]


LIFTING_DAY = BinarySensorEntityDescription(key="lifting_day", translation_key="lifting_day")
RELEASE_DUE = BinarySensorEntityDescription(key="release_due", translation_key="release_due")
SENSORS = (
    CoachSensorDescription(
        key="next_reminder",
        translation_key="next_reminder",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda outcome: min(
            (one.next_at for one in outcome.reminders if one.next_at is not None), default=None
        ),
    ),
    CoachSensorDescription(
        key="next_nudge",
        translation_key="next_nudge",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda outcome: outcome.next_nudge.at if outcome.next_nudge else None,
    ),
    CoachSensorDescription(
        key="adherence",
        translation_key="adherence",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda outcome: outcome.adherence.done,
    ),
)


class CoachEntity(PersonEntity):
    """What shows a coach; there is one while its person has a plan."""

    @property
    def outcome(self) -> Outcome | None:
        """What was decided last."""
        runner = self.coordinator.coaches.of(self._person)
        return None if runner is None else runner.outcome

    @property
    @override
    def available(self) -> bool:
        """Whether there is a coach."""
        return self.outcome is not None


class LiftingDaySensor(CoachEntity, BinarySensorEntity):
    """Whether today is a lifting day, and why."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is one."""
        return None if self.outcome is None else self.outcome.lifting_day.lifting

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Why it is, or is not."""
        if self.outcome is None:
            return None
        return {"reason": async_say(self.hass, self.outcome.lifting_day.why)}

    @override
    def _shown(self) -> object:
        return self.is_on, self.extra_state_attributes


class ReleaseDueSensor(CoachEntity, BinarySensorEntity):
    """Whether a session is due."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is."""
        return None if self.outcome is None else self.outcome.release_due

    @override
    def _shown(self) -> object:
        return self.is_on


class CoachSensor(CoachEntity, SensorEntity):
    """When the coach comes next, and how the plan is kept."""

    entity_description: CoachSensorDescription

    @property
    @override
    def native_value(self) -> datetime | int | None:
        """The value."""
        return None if self.outcome is None else self.entity_description.value_fn(self.outcome)

    @override
    def _shown(self) -> object:
        return self.native_value


def binary_sensors(coordinator: QlReleaseCoordinator, person: Person) -> Iterator[PersonEntity]:
    """Yield the binary sensors of a person with a plan."""
    if coordinator.coaches.of(person.id) is not None:
        yield LiftingDaySensor(coordinator, person, LIFTING_DAY)
        yield ReleaseDueSensor(coordinator, person, RELEASE_DUE)


def sensors(coordinator: QlReleaseCoordinator, person: Person) -> Iterator[PersonEntity]:
    """Yield the sensors of a person with a plan."""
    if coordinator.coaches.of(person.id) is not None:
        for description in SENSORS:
            yield CoachSensor(coordinator, person, description)
