"""Past sessions in a calendar, at their true time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from coached import ANNA, EVENING, Coached
from contract_files import example
from custom_components.ql_release.contract.base import timestamp
from custom_components.ql_release.contract.common import Side, Zone
from custom_components.ql_release.contract.events import event_from
from custom_components.ql_release.contract.session import CoverageEntry
from custom_components.ql_release.history.record import (
    SessionKind,
    SessionRecord,
    SessionSource,
)
from homeassistant.helpers.translation import async_get_translations

CALENDAR = "calendar.anna_sessions"


def session(number: int, ago: timedelta, **more: Any) -> SessionRecord:
    """Return one of ten minutes."""
    start = datetime.now(UTC) - ago
    return SessionRecord(
        id=f"{number:032x}",
        source=SessionSource.TOOL,
        person=ANNA,
        started_at=start,
        ended_at=start + timedelta(minutes=10),
        duration_s=600.0,
        **more,
    )


async def events(coached: Coached, start: datetime, end: datetime) -> list[dict[str, str]]:
    """Ask for the events of a span."""
    asked = {
        "entity_id": CALENDAR,
        "start_date_time": start.isoformat(),
        "end_date_time": end.isoformat(),
    }
    found: Any = await coached.home.hass.services.async_call(
        "calendar", "get_events", asked, blocking=True, return_response=True
    )
    return list(found[CALENDAR]["events"])


async def test_sessions_stand_where_they_were(coached: Coached) -> None:
    """Measured and logged ones; late ones, too; deleted ones go."""
    await coached.set_up()
    await async_get_translations(coached.home.hass, "en", "selector", {"ql_release"})
    assert coached.home.value(CALENDAR) == "off"
    book = coached.home.coordinator.sessions
    coverage = tuple(
        CoverageEntry(muscle="quadratus_lumborum", side=side, zone=Zone.LOWER, holds=2, hold_s=90.0)
        for side in Side
    )
    book.async_put(session(1, timedelta(hours=2), coverage=coverage, note="calm"))
    book.async_put(session(2, timedelta(days=3), kind=SessionKind.STRETCH))
    book.async_put(session(3, timedelta(days=40)))
    await coached.home.settle()

    state = coached.home.hass.states.get(CALENDAR)
    assert state is not None
    assert state.attributes["message"] == "Release, 10 min"
    found = await events(coached, EVENING - timedelta(days=7), EVENING)
    assert [one["summary"] for one in found] == ["Stretch, 10 min", "Release, 10 min"]
    assert found[1]["description"] == "left lower and right lower\ncalm"
    assert found[1]["start"] == "2026-11-20T08:00:00-08:00"
    book.async_remove(f"{1:032x}")
    await coached.home.settle()
    assert len(await events(coached, EVENING - timedelta(days=7), EVENING)) == 1
    assert await events(coached, EVENING - timedelta(days=1), EVENING) == []


async def test_it_is_said_in_the_language_of_the_home(coached: Coached) -> None:
    """And in English words where that is not there."""
    await coached.set_up()
    coached.home.hass.config.language = "fr"
    await async_get_translations(coached.home.hass, "fr", "selector", {"ql_release"})
    coached.home.coordinator.sessions.async_put(session(1, timedelta(hours=2)))
    (found,) = await events(coached, EVENING - timedelta(days=7), EVENING)
    assert found["summary"] == "Relâchement, 10 min"


async def test_a_session_never_ends_before_it_began(coached: Coached) -> None:
    """Whatever happened to the clock meanwhile; entities after it are told all the same."""
    await coached.set_up()
    begin = datetime.now(UTC)
    ended = example("event-session-ended") | {
        "person": ANNA,
        "started_at": timestamp(begin),
        "at": timestamp(begin - timedelta(hours=1)),
        "decided_at": timestamp(begin),
    }
    coached.home.coordinator.sessions.async_apply(event_from(ended, begin))
    await coached.home.settle()
    (shown,) = await events(coached, begin - timedelta(days=1), begin + timedelta(days=1))
    assert shown["start"] <= shown["end"]
    assert coached.home.value("sensor.anna_sessions_in_7_days") == "1"
