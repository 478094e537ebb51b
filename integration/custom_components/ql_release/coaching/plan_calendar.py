"""The sessions that a plan has in the days to come, as a calendar."""

from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..coach import Planned, agenda
from .entities import CoachEntity
from .words import async_say

LOOKS_AHEAD: Final = timedelta(days=14)
"""For the next one; a calendar that is opened asks for as many days as it shows."""
PLANNED: Final = CalendarEntityDescription(key="planned", translation_key="planned")


class PlanCalendar(CoachEntity, CalendarEntity):
    """What is planned; an open reminder stands where it comes next."""

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The next one."""
        now = dt_util.utcnow()
        planned = self._planned(now, now + LOOKS_AHEAD)
        return next((self._event(one) for one in planned if one.end > now), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what is planned in a span."""
        return [
            self._event(one)
            for one in self._planned(start_date, end_date)
            if one.start < end_date and one.end > start_date
        ]

    def _planned(self, start: datetime, end: datetime) -> tuple[Planned, ...]:
        runner = self.coordinator.coaches.of(self._person)
        if runner is None:
            return ()
        view = runner.coach.look(dt_util.utcnow())
        zone = runner.coach.settings.tz
        return agenda(view, start.astimezone(zone).date(), end.astimezone(zone).date())

    @override
    def _shown(self) -> object:
        return self.event

    def _event(self, planned: Planned) -> CalendarEvent:
        return CalendarEvent(
            start=dt_util.as_local(planned.start),
            end=dt_util.as_local(planned.end),
            summary=async_say(self.hass, planned.summary),
            description=async_say(self.hass, planned.why),
            uid=planned.id,
        )
