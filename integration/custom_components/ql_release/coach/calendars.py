"""Events of calendars, as Home Assistant's calendar actions give them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from .facts import CalendarEvent
from .sources import moment
from .times import ONE_DAY
from .wording import RefusedError, Text, say


def events_of(
    items: Iterable[Mapping[str, Any]], zone: tzinfo
) -> tuple[tuple[CalendarEvent, ...], tuple[Text, ...]]:
    """Return the events in a calendar's answer, and what had to be left out of it.

    Args:
        items: with `summary`, `start` and `end`: ISO text, datetimes or dates.
        zone: of times that name no offset, and of whole days.
    """
    events: list[CalendarEvent] = []
    refused: list[Text] = []
    for item in items:
        summary = str(item.get("summary") or "")
        try:
            events.append(_event(item, summary, zone))
        except RefusedError:
            refused.append(say("bad_event", summary=summary))
    return tuple(events), tuple(refused)


def _event(item: Mapping[str, Any], summary: str, zone: tzinfo) -> CalendarEvent:
    start, end = item.get("start"), item.get("end")
    all_day = _is_date(start)
    first = moment(start, zone)
    last = first + ONE_DAY if all_day and end is None else moment(end, zone)
    if last < first:
        raise RefusedError(say("bad_event", summary=summary))
    return CalendarEvent(summary, first, last, all_day)


def _is_date(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) == len("2026-11-24")
    return isinstance(value, date) and not isinstance(value, datetime)
