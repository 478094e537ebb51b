"""What a person has chosen of the coach, as it stands in their subentry.

A value that cannot be read costs no more than itself: it has its default, and the log says so.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant

from ..coach import CodecError, PostureRules, ReleaseRules, Settings
from ..coach.codec import decode, encode
from ..const import CONF_COACH, CONF_DELIVERY, CONF_NOTIFY, CONF_SOURCES
from ..contract.commands import PlanStep

HEVY_EVENT = "hevy_workout_completed"
"""What the Hevy integrations fire; to listen for an event that never comes costs nothing."""
SITTING_BELOW_CM = 90.0
"""cm; desks to stand at are set to 95 cm and more, those to sit at to 65 to 80."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchedEvent:
    """An event that tells of a training.

    Attributes:
        event_type: which event.
        template: says whether it is a training, or what it was; None: its data say so.
    """

    event_type: str
    template: str | None = None


@dataclass(frozen=True, slots=True)
class WatchedEntity:
    """An entity whose changes tell of trainings.

    Attributes:
        entity_id: which entity.
        template: says whether it is a training, or what it was; None: its state says so.
    """

    entity_id: str
    template: str | None = None


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where the coach learns of trainings and of the desk.

    Attributes:
        calendars: calendars in which lifting is planned.
        logs: calendars in which past workouts stand.
        events: events that tell of trainings.
        entities: entities that tell of trainings.
        person: person or device tracker, for gyms and for being away.
        gyms: zones of gyms.
        seats: entities that tell of sitting.
        sitting_below_cm: a desk lower than this is one to sit at.
        meetings: calendars in which no nudge is wanted.
    """

    calendars: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    events: tuple[WatchedEvent, ...] = (WatchedEvent(HEVY_EVENT),)
    entities: tuple[WatchedEntity, ...] = ()
    person: str | None = None
    gyms: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    sitting_below_cm: float = SITTING_BELOW_CM
    meetings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How a person is told.

    Attributes:
        targets: names of notify services, such as mobile_app_phone, or ids of notify entities.
        persistent: whether it stands among Home Assistant's own notifications, too.
        speak: media players and Assist satellites that say it.
        tts: the text-to-speech entity that media players need.
    """

    targets: tuple[str, ...] = ()
    persistent: bool = False
    speak: tuple[str, ...] = ()
    tts: str | None = None


OFF = Settings(release=ReleaseRules(enabled=False), posture=PostureRules(enabled=False))
"""Of somebody who has chosen no plan: nothing is ever shown."""


def has_plan(subentry: ConfigSubentry) -> bool:
    """Return whether a person has chosen a plan; without one there are no reminders."""
    return CONF_COACH in subentry.data


def coach_settings(hass: HomeAssistant, subentry: ConfigSubentry) -> Settings:
    """Return what the engine is to know; without a plan it is never to show anything."""
    found = _read(OFF if not has_plan(subentry) else Settings(), subentry, CONF_COACH)
    if "zone" in _data(subentry, CONF_COACH):
        return found
    return replace(found, zone=hass.config.time_zone)


def settings_in_force(hass: HomeAssistant, subentry: ConfigSubentry) -> Settings:
    """Return what the engine runs on: where nothing tells of sitting, nudges go by the time."""
    chosen = coach_settings(hass, subentry)
    told = bool(source_settings(subentry).seats)
    return replace(chosen, posture=replace(chosen.posture, presence=told))


def source_settings(subentry: ConfigSubentry) -> SourceSettings:
    """Return where the coach learns of trainings and of the desk."""
    return _read(SourceSettings(), subentry, CONF_SOURCES)


def delivery_settings(subentry: ConfigSubentry) -> DeliverySettings:
    """Return how a person is told; a target that was chosen before there was a coach counts."""
    before = subentry.data.get(CONF_NOTIFY)
    return _read(DeliverySettings((before,) if before else ()), subentry, CONF_DELIVERY)


def stored(settings: Settings | SourceSettings | DeliverySettings) -> dict[str, Any]:
    """Return the form in which settings stand in a subentry."""
    data: dict[str, Any] = encode(settings)
    return data


def plan_steps(subentry: ConfigSubentry) -> tuple[PlanStep, ...]:
    """Return the plan as bridges need it; none without a plan."""
    if not has_plan(subentry):
        return ()
    return tuple(
        PlanStep(
            muscle=spot.muscle,
            side=spot.side,
            zone=spot.zone,
            holds=spot.holds,
            hold_s=spot.hold_s,
        )
        for spot in _read(Settings(), subentry, CONF_COACH).spots
    )


def _data(subentry: ConfigSubentry, key: str) -> Mapping[str, Any]:
    found = subentry.data.get(key)
    return found if isinstance(found, Mapping) else {}


def _read[T: (Settings, SourceSettings, DeliverySettings)](
    default: T, subentry: ConfigSubentry, key: str
) -> T:
    """Return what is stored under a key, field by field over the default."""
    found = default
    data = _data(subentry, key)
    for field in fields(default):
        if field.name not in data:
            continue
        try:
            one = decode(type(default), {field.name: data[field.name]}, key)
        except CodecError as error:
            _LOGGER.warning(
                "%s is reminded with the default instead of a stored value that cannot be read: "
                "%s. Choose it anew",
                subentry.title,
                error,
            )
        else:
            found = replace(found, **{field.name: getattr(one, field.name)})
    return found
