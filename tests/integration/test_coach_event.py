"""What the coach of a person tells, as an event entity."""

from datetime import UTC, datetime, timedelta

import pytest
from coached import PLAN, Coached
from custom_components.ql_release.coach import (
    Action,
    Answer,
    LiftingRules,
    PostureRules,
    Session,
    SessionReported,
    Settings,
    Sitting,
)
from custom_components.ql_release.coaching.event import COACH
from custom_components.ql_release.coaching.settings import OFF, SourceSettings, stored
from custom_components.ql_release.const import CONF_COACH, CONF_SOURCES
from home import subentry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_capture_events

COACH_OF_ANNA = "event.anna_coach"
NUDGED = Settings(
    zone="UTC",
    lifting=LiftingRules(weekdays=frozenset(range(7))),
    posture=PostureRules(presence=True),
)


def told(coached: Coached) -> tuple[str, str | None]:
    """Return what was told last, and why."""
    state = coached.home.hass.states.get(COACH_OF_ANNA)
    assert state is not None
    return state.attributes["event_type"], state.attributes["why"]


def answer(action: Action) -> Answer:
    """Return an answer given now."""
    return Answer(action, datetime.now(UTC))


async def test_reminder_and_what_becomes_of_it(coached: Coached) -> None:
    """Each is told with its reason, as it happens."""
    await coached.set_up()
    assert coached.home.value(COACH_OF_ANNA) == STATE_UNKNOWN
    await coached.trained()
    assert told(coached) == ("training_ended", None)
    await coached.wait(minutes=60)
    assert told(coached) == ("release_due", "because you logged Deadlift at 18:00")
    await coached.tell(answer(Action.SNOOZE))
    assert told(coached) == ("snoozed", None)
    await coached.wait(minutes=31)
    assert told(coached)[0] == "release_due"
    await coached.tell(answer(Action.SKIP))
    assert told(coached)[0] == "skipped"


async def test_cleared_by_a_session(coached: Coached) -> None:
    """The tool is the proof."""
    await coached.set_up()
    await coached.trained()
    await coached.wait(minutes=60)
    now = datetime.now(UTC)
    session = Session("manual-1", now - timedelta(minutes=9), now, by_hand=True, whole=True)
    await coached.tell(SessionReported(session))
    assert told(coached)[0] == "cleared"


async def test_missed(coached: Coached) -> None:
    """Nothing came of it within its window."""
    await coached.set_up()
    await coached.trained()
    await coached.wait(hours=73)
    assert told(coached)[0] == "missed"


async def test_nudge_and_its_answer(coached: Coached) -> None:
    """At the desk."""
    seat = stored(SourceSettings(events=(), seats=("binary_sensor.chair",)))
    await coached.set_up(NUDGED, **{CONF_SOURCES: seat})
    await coached.tell(Sitting(True, datetime.now(UTC)))
    await coached.wait(minutes=51)
    assert told(coached) == ("nudge", "because you have been sitting since 18:00")
    await coached.tell(answer(Action.DONE))
    assert told(coached) == ("nudge_answered", None)


async def test_a_plan_comes_and_goes(coached: Coached, hass: HomeAssistant) -> None:
    """Without one nothing is told; with another one the same entity goes on."""
    await coached.set_up()
    await coached.choose(NUDGED)
    changes = async_capture_events(hass, "state_changed")
    await coached.trained()
    heard = [one for one in changes if one.data["entity_id"] == COACH_OF_ANNA]
    assert len(heard) == 1
    entry = coached.home.entry
    anna = next(iter(entry.subentries.values()))
    data = {key: value for key, value in anna.data.items() if key != "coach"}
    hass.config_entries.async_update_subentry(entry, anna, data=data)
    await coached.home.settle()
    assert coached.home.value(COACH_OF_ANNA) == STATE_UNAVAILABLE


@pytest.mark.parametrize("settings", [PLAN, OFF])
async def test_nothing_else_is_told(coached: Coached, settings: Settings) -> None:
    """Every kind of happening has its word; no other one is ever told."""
    await coached.set_up(settings)
    await coached.trained()
    await coached.wait(hours=80)
    assert set(coached.told) <= set(COACH.event_types or ())


async def test_each_person_hears_their_own_coach(coached: Coached, hass: HomeAssistant) -> None:
    """What Ben's tells is none of Anna's."""
    await coached.set_up()
    ben = subentry("p2", "Ben", **{CONF_COACH: stored(PLAN)})
    hass.config_entries.async_add_subentry(coached.home.entry, ben)
    await coached.home.settle()
    await coached.trained()
    assert told(coached)[0] == "training_ended"
    assert coached.home.value("event.ben_coach") == STATE_UNKNOWN
