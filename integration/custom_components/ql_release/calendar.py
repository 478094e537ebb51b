"""Calendar platform for QL Release: past sessions at their true time, and those planned."""

from collections.abc import Iterator
from datetime import datetime
from typing import override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coach import Spot
from .coaching.plan_calendar import PLANNED, PlanCalendar
from .coaching.words import async_list, async_pattern
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .entity import PersonEntity, async_setup_people
from .history.record import SessionRecord
from .people import Person

PARALLEL_UPDATES = 0
SECONDS_A_MINUTE = 60

SESSIONS = CalendarEntityDescription(key="sessions", translation_key="sessions")


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendars of each person."""
    async_setup_people(entry, async_add_entities, _wanted)


def _wanted(coordinator: QlReleaseCoordinator, person: Person) -> Iterator[PersonEntity]:
    yield SessionCalendar(coordinator, person, SESSIONS)
    if coordinator.coaches.of(person.id) is not None:
        yield PlanCalendar(coordinator, person, PLANNED)


class SessionCalendar(PersonEntity, CalendarEntity):
    """The sessions that a person has had, measured or written down."""

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The latest session: nothing is planned here."""
        sessions = self.coordinator.sessions.of(self._person)
        return self._event(sessions[-1]) if sessions else None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the sessions of a span."""
        return [
            self._event(session)
            for session in self.coordinator.sessions.of(self._person)
            if session.started_at < end_date and session.ended_at > start_date
        ]

    @override
    def _shown(self) -> object:
        return self.event

    def _event(self, session: SessionRecord) -> CalendarEvent:
        """Return a session as calendars show it, in the language of the home."""
        minutes = max(1, round(session.duration_s / SECONDS_A_MINUTE))
        spots = [Spot(entry.muscle, entry.side, entry.zone) for entry in session.coverage]
        lines = [async_list(self.hass, spots)] if spots else []
        if session.note:
            lines.append(session.note)
        return CalendarEvent(
            start=dt_util.as_local(session.started_at),
            end=dt_util.as_local(session.ended_at),
            summary=f"{self._kind(session)}, {minutes} min",
            description="\n".join(lines) or None,
            uid=session.id,
        )

    def _kind(self, session: SessionRecord) -> str:
        return async_pattern(self.hass, "session_kind", session.kind) or session.kind.capitalize()
