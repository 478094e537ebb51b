"""How the coach learns of trainings, of the desk, and of who is at home.

Each source stands alone: what fails is said in the log once, and the others go on.
"""

from collections.abc import Iterator
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...coach import Away, CalendarKind, CalendarRead, Fact, GymPresence, State
from ..settings import SourceSettings
from .calendars import CalendarReporter, LogReporter, calendar_name
from .entities import EntityReporter
from .events import EventReporter
from .listening import Listening
from .places import AwayReporter, GymReporter
from .seats import SeatReporter


def make_reporters(
    hass: HomeAssistant, entry: ConfigEntry, settings: SourceSettings, zone_name: str
) -> tuple[Listening, ...]:
    """Return a reporter for each source that a person has chosen.

    Args:
        hass: Home Assistant.
        entry: whose tasks they are.
        settings: the sources.
        zone_name: the person's time zone, of times that name none.

    """
    zone = dt_util.get_time_zone(zone_name) or dt_util.get_default_time_zone()
    made: list[Listening] = [EventReporter(hass, one, zone) for one in settings.events]
    made += [EntityReporter(hass, one, zone) for one in settings.entities]
    made += [
        CalendarReporter(hass, entry, one, CalendarKind.LIFTING, zone) for one in settings.calendars
    ]
    made += [
        CalendarReporter(hass, entry, one, CalendarKind.MEETINGS, zone) for one in settings.meetings
    ]
    made += [LogReporter(hass, entry, one, zone) for one in settings.logs]
    if settings.person is not None:
        made += [GymReporter(hass, settings.person, one) for one in settings.gyms]
        made.append(AwayReporter(hass, settings.person))
    if settings.seats:
        made.append(SeatReporter(hass, settings.seats, settings.sitting_below_cm))
    return tuple(made)


def no_longer_told(state: State, settings: SourceSettings, now: datetime) -> Iterator[Fact]:
    """Yield what takes back the last word of sources that are no longer chosen.

    Args:
        state: what is remembered.
        settings: the sources that are chosen now.
        now: the moment.

    """
    chosen = {calendar_name(CalendarKind.LIFTING, one) for one in settings.calendars}
    chosen |= {calendar_name(CalendarKind.MEETINGS, one) for one in settings.meetings}
    for read in state.calendars.values():
        if read.name not in chosen and read.events:
            yield CalendarRead(read.name, read.kind, ())
    if settings.person is None and state.away:
        yield Away(value=False, at=now)
    gyms = () if settings.person is None else settings.gyms
    for place, entered in state.gyms.items():
        if place not in gyms:
            # No stay at all, so no training.
            yield GymPresence(inside=False, at=entered, place=place)
