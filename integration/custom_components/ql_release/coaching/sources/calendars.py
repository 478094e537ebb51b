"""Calendars: what is planned, what was done, and when somebody is in a meeting."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_time_change,
)
from homeassistant.util import dt as dt_util

from ...coach import (
    CalendarEvent,
    CalendarKind,
    CalendarRead,
    Report,
    TrainingReported,
    events_of,
)
from ...coach.exercises import is_other_sport
from .listening import Listening

BACK: Final = timedelta(days=2)
"""So far back what is written down late is found, too."""
AHEAD: Final = timedelta(days=8)
"""A week of plans, and the day it begins in."""
PATIENCE_S: Final = 30
READ_AT: Final = (0, 5, 17)
"""Local hour, minute and second of the daily look: beside those of others."""


def calendar_name(kind: CalendarKind, entity_id: str) -> str:
    """Return by what name the coach remembers a calendar; one may be of both kinds."""
    return f"{kind} {entity_id}"


class _Calendar(Listening):
    """Reads a calendar at the start, whenever it shows something else, and once a day."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, entity_id: str, zone: tzinfo
    ) -> None:
        """Know which calendar."""
        super().__init__(hass, entity_id)
        self._entry = entry
        self._zone = zone

    @override
    async def async_listen(self) -> None:
        """Watch it, and read it a first time without keeping anybody waiting."""
        hour, minute, second = READ_AT
        self.until_stopped(
            async_track_state_change_event(self.hass, self.name, self._async_on_change)
        )
        self.until_stopped(
            async_track_time_change(
                self.hass, self._async_read_soon, hour=hour, minute=minute, second=second
            )
        )
        self._async_read_soon()

    @callback
    def _async_on_change(self, _event: Event[EventStateChangedData]) -> None:
        """Read it anew."""
        self._async_read_soon()

    @callback
    def _async_read_soon(self, _now: datetime | None = None) -> None:
        self._entry.async_create_background_task(
            self.hass, self._async_read(), f"read {self.name} for the coach"
        )

    async def _async_read(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                items = await self._async_items()
        except Exception as error:  # noqa: BLE001 - each integration has errors of its own
            reason = str(error) or type(error).__name__
            self.async_complain(f"it cannot be read ({reason}); look at its integration")
            return
        events, refused = events_of(items, self._zone)
        if refused:
            self.async_complain(refused[0].english)
        else:
            self.async_recovered()
        self.async_take(events)

    async def _async_items(self) -> Sequence[dict[str, Any]]:
        now = dt_util.utcnow()
        found: Any = await self.hass.services.async_call(
            "calendar",
            "get_events",
            {
                "entity_id": self.name,
                "start_date_time": now - BACK,
                "end_date_time": now + AHEAD,
            },
            blocking=True,
            return_response=True,
        )
        items: Sequence[dict[str, Any]] = found[self.name]["events"]
        return items

    @callback
    def async_take(self, events: Sequence[CalendarEvent]) -> None:
        """Report what was read; each kind has its own facts."""
        raise NotImplementedError


class CalendarReporter(_Calendar):
    """Tells what a calendar holds: planned trainings, or meetings."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        entity_id: str,
        kind: CalendarKind,
        zone: tzinfo,
    ) -> None:
        """Know what the calendar is for."""
        super().__init__(hass, entry, entity_id, zone)
        self._kind = kind

    @override
    @callback
    def async_take(self, events: Sequence[CalendarEvent]) -> None:
        """Tell all that it holds."""
        name = calendar_name(self._kind, self.name)
        self.async_report(CalendarRead(name, self._kind, tuple(events)))


class LogReporter(_Calendar):
    """Tells of the workouts that stand in a calendar once they are over."""

    @override
    @callback
    def async_take(self, events: Sequence[CalendarEvent]) -> None:
        """Tell each; the same again corrects it."""
        now = dt_util.utcnow()
        for event in events:
            if event.end <= now and not event.all_day:
                key = f"{event.start.isoformat()} {event.summary}"
                report = Report(
                    self.name,
                    key,
                    event.start,
                    event.end,
                    title=event.summary,
                    lifting=not is_other_sport(event.summary),
                )
                self.async_report(TrainingReported(report))
