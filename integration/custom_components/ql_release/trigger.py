"""Triggers: what tools and coaches tell.

They are made of the event entities, and so fire for nothing that those do not show: not for the
past, nor for what is too uncertain to be told.
"""

from typing import ClassVar, override

from homeassistant.components.event import DOMAIN as EVENT
from homeassistant.components.event import EventEntityStateAttribute
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)

from .own_entities import async_ours


class EventTrigger(StatelessEntityTriggerBase):
    """Fires when an event entity shows an event of one type."""

    _domain_specs = {EVENT: DomainSpec()}  # noqa: RUF012 - declared so by the base
    _key: ClassVar[str]
    _type: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return our entities of the family among those that are named."""
        return async_ours(self._hass, super().entity_filter(entities), self._key)

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Tell whether it is the type."""
        return state.attributes.get(EventEntityStateAttribute.EVENT_TYPE) == self._type


def _trigger(key: str, event_type: str) -> type[Trigger]:
    """Return the trigger of an event entity's event."""
    return type(f"{key}_{event_type}", (EventTrigger,), {"_key": key, "_type": event_type})


TRIGGERS: dict[str, type[Trigger]] = {
    "bone_contact": _trigger("pressure", "bone_contact"),
    "over_pressure": _trigger("pressure", "over_pressure"),
    "posture_nudge": _trigger("coach", "nudge"),
    "release_due": _trigger("coach", "release_due"),
    "released": _trigger("release", "released"),
    "session_ended": _trigger("session", "ended"),
    "session_started": _trigger("session", "started"),
    "slipped": _trigger("pressure", "slip"),
    "training_ended": _trigger("coach", "training_ended"),
}


async def async_get_triggers(_hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
