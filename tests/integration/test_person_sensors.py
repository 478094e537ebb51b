"""What a person has done of late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from coached import ANNA, EVENING, Coached
from custom_components.ql_release.history.record import (
    ReleaseRecord,
    SessionKind,
    SessionRecord,
    SessionSource,
)
from homeassistant.const import STATE_UNKNOWN
from pytest_homeassistant_custom_component.common import async_fire_time_changed

SENSORS = ("last_session", "last_possible_release", "sessions_in_7_days", "minutes_in_7_days")


def session(number: int, end: datetime, **more: Any) -> SessionRecord:
    """Return six minutes of holds that ended then, with a release a minute before."""
    release = ReleaseRecord(id=f"{number:032x}", at=end - timedelta(minutes=1), confidence=0.9)
    fields: dict[str, Any] = {"releases": (release,)} | more
    return SessionRecord(
        id=f"manual-{number}",
        source=SessionSource.MANUAL,
        person=ANNA,
        started_at=end - timedelta(minutes=10),
        ended_at=end,
        duration_s=600.0,
        hold_s=360.0,
        **fields,
    )


def values(coached: Coached) -> tuple[str, ...]:
    """Return what all of them show."""
    return tuple(coached.home.value(f"sensor.anna_{name}") for name in SENSORS)


async def put(coached: Coached, *sessions: SessionRecord) -> None:
    """Write sessions down."""
    for one in sessions:
        coached.home.coordinator.sessions.async_put(one)
    await coached.home.settle()


async def test_what_was_done(coached: Coached) -> None:
    """Nothing at first; then each session, until it is deleted again."""
    await coached.set_up()
    assert values(coached) == (STATE_UNKNOWN, STATE_UNKNOWN, "0", "0.0")
    early = session(1, EVENING - timedelta(days=6))
    late = session(2, EVENING, releases=())
    await put(coached, late, early)
    assert values(coached) == (
        "2026-11-20T18:00:00+00:00",
        "2026-11-14T17:59:00+00:00",
        "2",
        "12.0",
    )
    coached.home.coordinator.sessions.async_remove(late.id)
    await coached.home.settle()
    assert values(coached)[0] == "2026-11-14T18:00:00+00:00"


async def test_a_stretch_is_no_release_session(coached: Coached) -> None:
    """And what is too uncertain is no release."""
    await coached.set_up()
    doubtful = ReleaseRecord(id="f" * 32, at=EVENING, confidence=0.1)
    await put(
        coached,
        session(1, EVENING, kind=SessionKind.STRETCH),
        session(2, EVENING - timedelta(hours=1), releases=(doubtful,)),
    )
    assert values(coached) == ("2026-11-20T17:00:00+00:00", STATE_UNKNOWN, "1", "6.0")


async def test_days_pass(coached: Coached) -> None:
    """At midnight where the home is, a day drops out of the last seven."""
    await coached.set_up()
    await put(coached, session(1, EVENING - timedelta(days=6)))
    assert values(coached)[2] == "1"
    midnight = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    coached.freezer.move_to(midnight)
    async_fire_time_changed(coached.home.hass, midnight)
    await coached.home.settle()
    assert values(coached)[2:] == ("0", "0.0")


async def test_whose_session_it_is_may_change(coached: Coached) -> None:
    """What is given to a stranger is theirs no more."""
    await coached.set_up()
    mine = session(1, EVENING)
    await put(coached, mine)
    await put(coached, replace(mine, person="p9"))
    assert values(coached)[2] == "0"
