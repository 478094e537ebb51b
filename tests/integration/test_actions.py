"""Actions: sessions by hand, and what the coach is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from coached import ANNA, Coached
from home import subentry
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations

DOMAIN = "ql_release"


async def act(coached: Coached, name: str, **data: Any) -> Any:
    """Perform an action; return what it returns."""
    response = name in ("get_sessions", "log_session")
    found = await coached.home.hass.services.async_call(
        DOMAIN, name, data, blocking=True, return_response=response
    )
    await coached.home.settle()
    return found


def device(coached: Coached, person: str) -> str:
    """Return the device of a person."""
    registry = dr.async_get(coached.home.hass)
    key = (DOMAIN, f"person_{person}")
    found = registry.async_get_device_by_identifier(key, coached.home.entry.entry_id)
    assert found is not None
    return found.id


async def sessions(coached: Coached, **data: Any) -> list[dict[str, Any]]:
    """Ask for sessions."""
    found: list[dict[str, Any]] = (await act(coached, "get_sessions", **data))["sessions"]
    return found


async def test_a_session_is_written_down_found_and_deleted(coached: Coached) -> None:
    """Without MQTT and without a tool; the id leads back to it."""
    await coached.set_up()
    logged = await act(coached, "log_session", minutes=6, note="calm")
    (found,) = await sessions(coached)
    assert found == {
        "id": logged["session"],
        "source": "manual",
        "kind": "release",
        "person": ANNA,
        "started_at": "2026-11-20T17:54:00.000Z",
        "ended_at": "2026-11-20T18:00:00.000Z",
        "duration_s": 360.0,
        "hold_s": 360.0,
        "holds": 0,
        "releases_counted": 0,
        "note": "calm",
    }
    await act(coached, "delete_session", session=logged["session"])
    assert await sessions(coached) == []
    with pytest.raises(ServiceValidationError) as refused:
        await act(coached, "delete_session", session=logged["session"])
    assert refused.value.translation_key == "unknown_session"


async def test_a_stretch_is_kept_apart(coached: Coached) -> None:
    """It is no time in holds, and the coach does not count it."""
    await coached.set_up()
    await act(coached, "log_session", minutes=6, kind="stretch")
    (found,) = await sessions(coached)
    assert (found["kind"], found["hold_s"]) == ("stretch", 0.0)
    assert coached.runner.outcome.adherence.done == 0


async def test_sessions_are_asked_for_by_time_and_number(coached: Coached) -> None:
    """The latest first; what touches the span is in it."""
    await coached.set_up()
    now = datetime.now(UTC)
    for days in (3, 2, 1):
        end = now - timedelta(days=days)
        await act(coached, "log_session", minutes=days, ended_at=end.isoformat())

    async def lasted(**data: Any) -> list[float]:
        return [one["duration_s"] / 60 for one in await sessions(coached, **data)]

    assert await lasted() == [1, 2, 3]
    assert await lasted(limit=1) == [1]
    assert await lasted(start=(now - timedelta(days=2, minutes=1)).isoformat()) == [1, 2]
    assert await lasted(end=(now - timedelta(days=2)).isoformat()) == [2, 3]
    with pytest.raises(ServiceValidationError) as refused:
        await lasted(start=now.isoformat(), end=now.isoformat())
    assert refused.value.translation_key == "end_before_start"


async def test_a_session_cannot_end_in_the_future(coached: Coached) -> None:
    """The error names the time."""
    await coached.set_up()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(ServiceValidationError) as refused:
        await act(coached, "log_session", minutes=6, ended_at=tomorrow.isoformat())
    assert refused.value.translation_key == "session_in_future"


async def test_a_logged_session_clears_a_reminder(coached: Coached) -> None:
    """From a logged training to a logged session."""
    await coached.set_up()
    await act(coached, "log_training", exercises=["Deadlift"])
    await coached.wait(minutes=60)
    assert coached.notes.shown == ["release"]
    await act(coached, "log_session", minutes=6)
    assert coached.notes.shown == ["release", "-release"]
    assert coached.told == ["training_ended", "release_due", "cleared"]


async def test_the_coach_is_answered(coached: Coached) -> None:
    """Put off for a stated time, then skipped."""
    await coached.set_up()
    await act(coached, "log_training", minutes=45, title="Legs")
    await coached.wait(minutes=60)
    await act(coached, "snooze", minutes=90)
    await coached.wait(minutes=89)
    assert coached.told == ["training_ended", "release_due", "snoozed"]
    await coached.wait(minutes=1)
    await act(coached, "skip")
    assert coached.told[3:] == ["release_due", "skipped"]


async def test_a_pause_holds_until_it_is_ended(coached: Coached) -> None:
    """Over some days, or today alone."""
    await coached.set_up()
    await act(coached, "pause", first_day="2026-11-20", last_day="2026-11-22")
    await act(coached, "log_training")
    await coached.wait(hours=2)
    assert coached.notes.shown == []
    await act(coached, "resume")
    await act(coached, "pause")
    assert [(one.first.day, one.last.day) for one in coached.runner.coach.state.pauses] == [
        (20, 20)
    ]
    await act(coached, "enough")
    assert coached.runner.coach.state.nudges.enough_on is not None


async def test_what_the_coach_refuses_is_said_in_the_language_of_the_home(
    coached: Coached,
) -> None:
    """With what to do next."""
    coached.home.hass.config.language = "de"
    await coached.set_up()
    await async_get_translations(coached.home.hass, "de", "selector", {DOMAIN})
    with pytest.raises(ServiceValidationError) as refused:
        await act(coached, "snooze")
    assert "Erinnerung" in str(refused.value)


async def test_each_person_is_named_where_there_are_several(coached: Coached) -> None:
    """By the device; somebody without a plan has no coach."""
    hass, entry = coached.home.hass, coached.home.entry
    await coached.set_up()
    hass.config_entries.async_add_subentry(entry, subentry("p2", "Ben"))
    await coached.home.settle()
    anna, ben = device(coached, ANNA), device(coached, "p2")
    await act(coached, "log_session", device_id=ben, minutes=6)
    assert await sessions(coached, device_id=anna) == []
    assert len(await sessions(coached, device_id=ben)) == 1
    bridge = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "bridge_x")}
    )
    for key, data in {
        "name_a_person": {},
        "unknown_person": {"device_id": bridge.id},
        "no_plan": {"device_id": ben},
    }.items():
        with pytest.raises(ServiceValidationError) as refused:
            await act(coached, "skip", **data)
        assert refused.value.translation_key == key
    with pytest.raises(ServiceValidationError) as refused:
        await act(coached, "skip", device_id="gone")
    assert refused.value.translation_key == "unknown_person"


async def test_without_anybody_the_error_says_what_to_do(
    hass: HomeAssistant, coached: Coached
) -> None:
    """Actions are there before an entry is loaded."""
    await coached.set_up()
    await hass.config_entries.async_set_disabled_by(
        coached.home.entry.entry_id, ConfigEntryDisabler.USER
    )
    with pytest.raises(ServiceValidationError) as refused:
        await act(coached, "skip")
    assert refused.value.translation_key == "no_person"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("log_session", {"minutes": 6, "ended_at": "0001-01-01 00:00:00"}),
        ("log_training", {"ended_at": "0001-01-01 00:00:00"}),
        ("get_sessions", {"start": "0001-01-01 00:00:00"}),
    ],
)
async def test_nothing_is_from_before_there_were_tools(
    coached: Coached, name: str, data: dict[str, Any]
) -> None:
    """Such a date would break what shows it; east of Greenwich it is none in UTC."""
    await coached.set_up()
    await coached.home.hass.config.async_set_time_zone("Europe/Berlin")
    with pytest.raises(ServiceValidationError) as refused:
        await act(coached, name, **data)
    assert refused.value.translation_key == "too_long_ago"


async def test_times_with_and_without_a_zone_are_compared(coached: Coached) -> None:
    """Those without are of the home."""
    await coached.set_up()
    span = {"start": "2026-11-01 00:00:00", "end": "2026-11-02T00:00:00+00:00"}
    assert await sessions(coached, **span) == []


async def test_nobody_deletes_what_is_anothers(coached: Coached) -> None:
    """It is not known to them; what is nobody's can go."""
    coached.home.hass.config_entries.async_add_subentry(coached.home.entry, subentry("p2", "Ben"))
    await coached.set_up()
    logged = await act(coached, "log_session", minutes=6, device_id=device(coached, ANNA))
    with pytest.raises(ServiceValidationError) as refused:
        await act(coached, "delete_session", device_id=device(coached, "p2"), **logged)
    assert refused.value.translation_key == "unknown_session"
    await act(coached, "delete_session", device_id=device(coached, ANNA), **logged)
    assert coached.home.coordinator.sessions.all() == []
