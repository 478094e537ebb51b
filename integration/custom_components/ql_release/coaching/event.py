"""The event entity of a coach: what it tells, for automations and the logbook."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import callback

from ..coach import Happening
from ..entity import PersonEntity
from .runner import Runner
from .words import async_say

COACH = EventEntityDescription(
    key="coach",
    translation_key="coach",
    event_types=[
        "release_due",
        "cleared",
        "snoozed",
        "skipped",
        "missed",
        "nudge",
        "nudge_answered",
        "training_ended",
    ],
)


class CoachEvent(PersonEntity, EventEntity):
    """What the coach of a person tells."""

    @property
    @override
    def available(self) -> bool:
        """Whether the person has a plan."""
        return self.coordinator.coaches.of(self._person) is not None

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the coaches."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.coaches.async_listen_happenings(self._async_on_happening)
        )

    @callback
    def _async_on_happening(self, runner: Runner, happening: Happening) -> None:
        """Show what happened, and why, if it is this person's."""
        if runner.person.id != self._person:
            return
        why = None if happening.why is None else async_say(self.hass, happening.why)
        self._trigger_event(happening.type, {"why": why})
        self.async_write_ha_state()
