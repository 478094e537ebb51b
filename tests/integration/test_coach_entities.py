"""What the coach of a person shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from coached import ANNA, PLAN, Coached
from custom_components.ql_release.coach.settings import LiftingRules, PostureRules, ReleaseRules
from custom_components.ql_release.contract.common import Side, Zone
from custom_components.ql_release.contract.session import CoverageEntry
from custom_components.ql_release.history.record import SessionRecord, SessionSource
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import async_capture_events, snapshot_platform
from syrupy.assertion import SnapshotAssertion

from conftest import only

LIFTING = "binary_sensor.anna_lifting_day"
REMINDER = "sensor.anna_next_reminder"
NUDGE = "sensor.anna_next_nudge"
ADHERENCE = "sensor.anna_days_done_of_the_last_7"
TODAY = "todo.anna_today"


async def items(coached: Coached) -> list[tuple[str, str]]:
    """Return what stands on today's list."""
    found: Any = await coached.home.hass.services.async_call(
        "todo", "get_items", {"entity_id": TODAY}, blocking=True, return_response=True
    )
    return [(one["summary"], one["status"]) for one in found[TODAY]["items"]]


def measured(ago: timedelta, *, holds: int) -> SessionRecord:
    """Return a session on the left lower spot."""
    end = datetime.now(UTC) - ago
    entry = CoverageEntry(
        muscle="quadratus_lumborum",
        side=Side.LEFT,
        zone=Zone.LOWER,
        holds=holds,
        hold_s=45.0 * holds,
    )
    return SessionRecord(
        id="f" * 32,
        source=SessionSource.TOOL,
        person=ANNA,
        started_at=end - timedelta(minutes=3),
        ended_at=end,
        duration_s=180.0,
        holds=holds,
        hold_s=45.0 * holds,
        coverage=(entry,),
    )


async def test_a_lifting_day(coached: Coached, hass: HomeAssistant) -> None:
    """From the weekday to what is left of the plan."""
    await coached.set_up(replace(PLAN, posture=PostureRules(enabled=True, other_days=True)))
    state = hass.states.get(LIFTING)
    assert state is not None
    assert state.state == "on"
    assert state.attributes["reason"] == "because you lift on this day of the week"
    assert coached.home.value(REMINDER) == STATE_UNKNOWN
    assert coached.home.value(NUDGE) != STATE_UNKNOWN
    assert coached.home.value(ADHERENCE) == "0"
    await coached.trained()
    assert coached.home.value(REMINDER) == "2026-11-20T19:00:00+00:00"
    assert len(await items(coached)) == 4
    await coached.wait(minutes=30)
    coached.home.coordinator.sessions.async_put(measured(timedelta(), holds=2))
    await coached.home.settle()
    assert ("left lower (2/2)", "completed") in await items(coached)
    assert coached.home.value(TODAY) == "3"


async def tick(coached: Coached, spot: str, status: str = "completed") -> None:
    """Tick a spot off, or untick it."""
    data = {"entity_id": TODAY, "item": spot, "status": status}
    await coached.home.hass.services.async_call("todo", "update_item", data, blocking=True)
    await coached.home.settle()


async def test_spots_are_ticked_off_by_hand(coached: Coached) -> None:
    """Each is a session on that spot; all of them clear the reminder. What is done stays done."""
    await coached.set_up()
    await coached.trained()
    await coached.wait(minutes=60)
    spots = [f"quadratus_lumborum_{side}_{zone}" for side in Side for zone in ("upper", "lower")]
    await tick(coached, spots[0], "needs_action")
    await tick(coached, spots[0])
    assert ("left upper (2/2)", "completed") in await items(coached)
    (written,) = coached.home.coordinator.sessions.of(ANNA)
    assert (written.holds, written.hold_s) == (2, 90.0)
    with pytest.raises(ServiceValidationError, match="What was done stays done"):
        await tick(coached, spots[0], "needs_action")
    for spot in spots[1:]:
        await tick(coached, spot)
    await coached.wait(minutes=1)
    assert coached.told[-1] == "cleared"


async def test_the_persons_word_may_not_count(coached: Coached) -> None:
    """Then nothing can be ticked."""
    await coached.set_up(replace(PLAN, release=ReleaseRules(by_hand=False)))
    await coached.trained()
    with pytest.raises(HomeAssistantError):
        await tick(coached, "quadratus_lumborum_left_upper")
    assert coached.home.coordinator.sessions.all() == []


async def planned(coached: Coached, days: int) -> list[tuple[str, str, str]]:
    """Return what is planned in the next days."""
    start = datetime.now(UTC)
    asked = {
        "entity_id": "calendar.anna_plan",
        "start_date_time": start.isoformat(),
        "end_date_time": (start + timedelta(days=days)).isoformat(),
    }
    found: Any = await coached.home.hass.services.async_call(
        "calendar", "get_events", asked, blocking=True, return_response=True
    )
    events = found["calendar.anna_plan"]["events"]
    return [(one["start"], one["summary"], one["description"]) for one in events]


async def test_planned_sessions_stand_in_a_calendar(coached: Coached) -> None:
    """With the reason for each; an open reminder stands where it comes next."""
    await coached.home.hass.config.async_set_time_zone("UTC")
    await coached.set_up()
    why = "because you lift on this day of the week"
    assert await planned(coached, 6) == [
        ("2026-11-23T18:00:00+00:00", "Release, 6 minutes", why),
        ("2026-11-25T18:00:00+00:00", "Release, 6 minutes", why),
    ]
    await coached.trained()
    first, *_ = await planned(coached, 1)
    assert first == ("2026-11-20T19:00:00+00:00", "Release, 6 minutes", first[2])
    state = coached.home.hass.states.get("calendar.anna_plan")
    assert state is not None
    assert state.attributes["message"] == "Release, 6 minutes"


async def test_without_a_plan_there_is_nothing_to_show(
    coached: Coached, hass: HomeAssistant
) -> None:
    """What was there is unavailable once the plan has gone."""
    await coached.set_up(replace(PLAN, lifting=LiftingRules()))
    assert coached.home.value(LIFTING) == "off"
    entry = coached.home.entry
    anna = next(iter(entry.subentries.values()))
    data = {key: value for key, value in anna.data.items() if key != "coach"}
    hass.config_entries.async_update_subentry(entry, anna, data=data)
    await coached.home.settle()
    for entity in (LIFTING, REMINDER, NUDGE, ADHERENCE, TODAY, "calendar.anna_plan"):
        assert coached.home.value(entity) == STATE_UNAVAILABLE


async def test_what_stays_the_same_is_not_written(coached: Coached, hass: HomeAssistant) -> None:
    """Decisions come more often than news."""
    await coached.set_up()
    changes = async_capture_events(hass, "state_changed")
    coached.runner.async_look()
    coached.runner.async_look()
    await coached.home.settle()
    ours = (LIFTING, REMINDER, NUDGE, ADHERENCE, TODAY)
    assert [one for one in changes if one.data["entity_id"] in ours] == []


async def test_reminders_and_nudges_are_switched(coached: Coached, hass: HomeAssistant) -> None:
    """Off, nothing comes, and the plan stays; on again, it goes on."""
    await coached.set_up()
    assert coached.home.value("switch.anna_nudges") == "off"

    async def switch(which: str, how: str) -> None:
        target = {"entity_id": f"switch.anna_{which}"}
        await hass.services.async_call("switch", f"turn_{how}", target, blocking=True)
        await coached.home.settle()
        assert coached.home.value(f"switch.anna_{which}") == how

    await switch("reminders", "off")
    await coached.trained()
    await coached.wait(minutes=90)
    assert coached.notes.shown == []
    await switch("nudges", "on")
    await coached.wait(minutes=1)
    assert coached.notes.shown == ["nudge"]
    await switch("reminders", "on")
    await coached.wait(minutes=1)
    assert coached.notes.shown == ["nudge", "release"]


@pytest.mark.parametrize(
    "platform",
    [
        Platform.BINARY_SENSOR,
        Platform.CALENDAR,
        Platform.EVENT,
        Platform.NUMBER,
        Platform.SENSOR,
        Platform.SWITCH,
        Platform.TODO,
    ],
)
async def test_platform(
    coached: Coached,
    hass: HomeAssistant,
    platform: Platform,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    """Everything that a person with a plan has, an hour after a training."""
    with only(platform):
        await coached.set_up(replace(PLAN, posture=PostureRules(enabled=True)))
        await coached.trained(minutes_ago=60)
        await coached.wait(minutes=1)
        entry_id = coached.home.entry.entry_id
        await snapshot_platform(hass, entity_registry, snapshot, entry_id)
