"""The coach at work in Home Assistant: what it is told, what it delivers, and when it wakes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from coached import ANNA, PLAN, Coached
from contract_files import example
from custom_components.ql_release.coach import (
    Action,
    Answer,
    Fact,
    Item,
    RefusedError,
    Session,
    SessionReported,
)
from custom_components.ql_release.coach.settings import ReleaseRules
from custom_components.ql_release.coaching.settings import stored
from custom_components.ql_release.coaching.store import CoachStore
from custom_components.ql_release.const import CONF_COACH
from custom_components.ql_release.contract.base import timestamp
from custom_components.ql_release.contract.events import event_from
from custom_components.ql_release.history.record import SessionKind, SessionRecord, SessionSource
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_time_changed

EAGER = replace(PLAN, release=ReleaseRules(delay_min=30))


def by_hand(number: int = 1, *, ago: timedelta = timedelta(), **more: Any) -> SessionRecord:
    """Return a session that Anna logs."""
    end = datetime.now(UTC) - ago
    return SessionRecord(
        id=f"manual-{number}",
        source=SessionSource.MANUAL,
        started_at=end - timedelta(minutes=6),
        ended_at=end,
        duration_s=360.0,
        **({"person": ANNA} | more),
    )


async def test_a_reminder_comes_after_training_and_goes_with_a_session(coached: Coached) -> None:
    """An hour after training, once; a session clears it; the timer is the only one."""
    await coached.set_up()
    await coached.trained()
    assert coached.notes.shown == []
    await coached.wait(minutes=59)
    assert coached.notes.shown == []
    await coached.wait(minutes=1)
    assert coached.notes.shown == ["release"]
    assert coached.runner.outcome.release_due

    await coached.wait(minutes=10)
    coached.home.coordinator.sessions.async_put(by_hand())
    await coached.home.settle()
    assert coached.notes.shown == ["release", "-release"]
    assert coached.told == ["training_ended", "release_due", "cleared"]
    assert not coached.runner.outcome.release_due


async def test_nothing_is_set_to_wake_it_twice(coached: Coached) -> None:
    """At most one timer, whatever it is told."""
    await coached.set_up()
    point = "custom_components.ql_release.coaching.runner.async_track_point_in_utc_time"
    live: set[int] = set()

    def track(_hass: object, _action: object, _moment: object) -> Any:
        number = len(live) + len(tracked)
        tracked.append(number)
        live.add(number)
        return lambda: live.discard(number)

    tracked: list[int] = []
    with patch(point, track):
        for _ in range(5):
            await coached.trained()
    assert len(tracked) >= 5
    assert len(live) == 1


async def test_a_restart_loses_nothing_and_repeats_nothing(coached: Coached) -> None:
    """A reminder that stands is not shown again; one that is due later still comes."""
    await coached.set_up(EAGER)
    await coached.trained()
    await coached.wait(minutes=10)
    await coached.restart()
    assert coached.notes.shown == []
    await coached.wait(minutes=20)
    assert coached.notes.shown == ["release"]
    await coached.restart()
    await coached.wait(minutes=30)
    assert coached.notes.shown == ["release"]
    assert coached.told == ["training_ended", "release_due"]


async def test_what_cannot_be_delivered_yet_comes_later(coached: Coached) -> None:
    """It is decided anew every minute, told once it is out, and counted once."""
    await coached.set_up(EAGER)
    await coached.trained()
    coached.notes.works = False
    await coached.wait(minutes=33)
    assert coached.told == ["training_ended"]
    coached.notes.works = True
    await coached.wait(minutes=2)
    assert coached.notes.shown == ["release"]
    assert coached.told == ["training_ended", "release_due"]


async def test_answers_are_taken(coached: Coached) -> None:
    """Put off, and skipped; an answer to nothing is left out, and said."""
    await coached.set_up(EAGER)
    await coached.trained()
    await coached.wait(minutes=30)
    assert coached.notes.answer is not None
    coached.notes.answer(Answer(Action.SNOOZE, datetime.now(UTC)))
    await coached.home.settle()
    await coached.wait(minutes=30)
    coached.notes.answer(Answer(Action.SKIP, datetime.now(UTC)))
    await coached.home.settle()
    assert coached.told[1:] == ["release_due", "snoozed", "release_due", "skipped"]
    with pytest.raises(RefusedError, match="nothing to answer"):
        await coached.tell(Answer(Action.SKIP, datetime.now(UTC)))


async def test_what_is_refused_is_said_once(
    coached: Coached, caplog: pytest.LogCaptureFixture
) -> None:
    """A session of tomorrow is left out with one line, and the rest is taken."""
    await coached.set_up(EAGER)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    wrong: Fact = SessionReported(Session("x", tomorrow, tomorrow))
    coached.runner.async_report(wrong)
    coached.runner.async_report(wrong)
    said = [one for one in caplog.records if one.levelname == "WARNING"]
    (text,) = [one.getMessage() for one in said if "in the future" in one.getMessage()]
    assert text.startswith("The coach of Anna leaves something out: This session ends at")


async def test_sessions_are_told_as_they_are_corrected(coached: Coached) -> None:
    """A stretch counts for nothing; deleted or someone else's it is none any more."""
    await coached.set_up()
    book = coached.home.coordinator.sessions
    book.async_put(by_hand(1))
    book.async_put(by_hand(2, kind=SessionKind.STRETCH))
    book.async_put(by_hand(3, ago=timedelta(days=30)))
    await coached.home.settle()
    known = coached.runner.coach.state.sessions
    assert set(known) == {"manual-1"}
    assert coached.runner.outcome.adherence.done == 1
    await coached.restart()
    assert set(coached.runner.coach.state.sessions) == {"manual-1"}
    coached.home.coordinator.sessions.async_remove("manual-1")
    await coached.home.settle()
    assert coached.runner.coach.state.sessions == {}


async def test_while_somebody_lies_on_the_tool_nothing_is_shown(coached: Coached) -> None:
    """A session that is open holds the reminder back."""
    await coached.set_up(EAGER)
    await coached.trained()
    await coached.wait(minutes=29)
    started = example("event-session-started") | {
        "at": timestamp(datetime.now(UTC)),
        "decided_at": timestamp(datetime.now(UTC)),
        "person": ANNA,
        "live": True,
    }
    coached.home.coordinator.data.bridge("home")
    coached.home.coordinator.take_event(event_from(started, datetime.now(UTC)), retained=False)
    await coached.wait(minutes=5)
    assert coached.notes.shown == []


async def test_a_plan_that_changes_is_followed(coached: Coached) -> None:
    """What is remembered stays; without a plan there is no coach; the store forgets who left."""
    await coached.set_up()
    await coached.trained()
    before = coached.notes
    await coached.choose(EAGER)
    assert before.stopped
    await coached.wait(minutes=30)
    assert coached.notes.shown == ["release"]
    entry = coached.home.entry
    anna = next(iter(entry.subentries))
    coached.home.hass.config_entries.async_remove_subentry(entry, anna)
    await coached.home.settle()
    assert coached.manager.of(ANNA) is None


async def test_a_state_that_cannot_be_read_is_begun_anew(
    coached: Coached, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Reminders go on; the log says so."""
    hass_storage[f"ql_release.{coached.home.entry.entry_id}.coach"] = {
        "version": 1,
        "data": {"people": {ANNA: {"version": 99}}},
    }
    await coached.set_up()
    assert "cannot be read and is begun anew" in caplog.text
    await coached.trained()
    await coached.wait(minutes=60)
    assert coached.notes.shown == ["release"]


async def test_a_source_that_fails_keeps_nobody_else_from_telling(
    coached: Coached, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are started."""

    class Broken:
        async def async_start(self, report: object) -> None:
            raise ValueError("no")

        def async_stop(self) -> None:
            """Nothing to stop."""

    class Sound(Broken):
        started = False

        async def async_start(self, report: object) -> None:
            self.started = True

    sound = Sound()
    coached.reporters = (Broken(), sound)
    await coached.set_up()
    assert sound.started
    assert "A source of Anna cannot be used" in caplog.text


async def test_removing_the_entry_removes_what_is_remembered(
    coached: Coached, hass_storage: dict[str, Any]
) -> None:
    """Nothing stays behind."""
    await coached.set_up()
    await coached.trained()
    await coached.restart()
    key = f"ql_release.{coached.home.entry.entry_id}.coach"
    assert ANNA in hass_storage[key]["data"]["people"]
    await coached.home.hass.config_entries.async_remove(coached.home.entry.entry_id)
    assert key not in hass_storage


async def test_a_home_without_plans_keeps_no_file(
    coached: Coached, hass_storage: dict[str, Any]
) -> None:
    """Nothing is written for nobody."""
    store = CoachStore(coached.home.hass, "other")
    await store.async_load()
    await store.async_close()
    assert not [key for key in hass_storage if key.endswith("other.coach")]


async def test_a_plan_that_changes_while_something_is_delivered_repeats_nothing(
    coached: Coached, hass: HomeAssistant
) -> None:
    """The coach made anew waits until the one before it is through with its item."""
    await coached.set_up()
    arrives = asyncio.Event()
    begun: list[int] = []

    async def async_deliver(item: Item) -> bool:
        """Take a while."""
        begun.append(item.id)
        await arrives.wait()
        return True

    with patch.object(coached.notes, "async_deliver", async_deliver):
        await coached.trained(minutes_ago=59)
        coached.freezer.tick(timedelta(minutes=2))
        before = coached.runner
        before.async_look()
        await asyncio.sleep(0)
        assert len(begun) == 1
        entry = coached.home.entry
        anna = next(iter(entry.subentries.values()))
        chosen = {**anna.data, CONF_COACH: stored(replace(PLAN, zone="Europe/Berlin"))}
        hass.config_entries.async_update_subentry(entry, anna, data=chosen)
        for _ in range(20):
            await asyncio.sleep(0)
        assert coached.runner is not before
        arrives.set()
        await coached.home.settle()
    assert len(begun) == len(set(begun))
    assert not coached.runner.coach.state.outbox


async def test_a_page_of_sessions_is_one_decision(coached: Coached) -> None:
    """What a bridge tells after a time away holds nobody up."""
    await coached.set_up()
    decisions: list[int] = []
    coached.runner.async_listen(lambda: decisions.append(1))
    for number in range(50):
        coached.home.coordinator.sessions.async_put(by_hand(number, ago=timedelta(hours=number)))
    await coached.home.settle()
    assert len(decisions) == 1
    assert len(coached.runner.coach.state.sessions) == 50


async def test_what_is_being_delivered_as_the_entry_goes_is_not_repeated(
    coached: Coached, hass_storage: dict[str, Any]
) -> None:
    """Nor does the file come back once it is removed."""
    await coached.set_up()
    arrives = asyncio.Event()
    begun: list[int] = []

    async def async_deliver(item: Item) -> bool:
        begun.append(item.id)
        await arrives.wait()
        return True

    hass = coached.home.hass
    with patch.object(coached.notes, "async_deliver", async_deliver):
        await coached.trained()
        coached.freezer.tick(timedelta(minutes=61))
        async_fire_time_changed(hass, datetime.now(UTC))
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(begun) == 1
        hass.loop.call_soon(arrives.set)
        await coached.restart()
        assert len(begun) == len(set(begun))
    await hass.config_entries.async_remove(coached.home.entry.entry_id)
    coached.freezer.tick(timedelta(seconds=5))
    async_fire_time_changed(hass, datetime.now(UTC))
    await coached.home.settle()
    assert not [key for key in hass_storage if key.endswith(".coach")]


async def test_what_is_written_down_by_hand_is_written_at_once(
    coached: Coached, hass_storage: dict[str, Any]
) -> None:
    """However much a bridge tells meanwhile; what it tells waits a while, but not without end."""
    await coached.set_up()
    store = coached.home.coordinator.store
    store.async_changed()
    coached.home.coordinator.sessions.async_put(by_hand(1))
    coached.freezer.tick(timedelta(seconds=1))
    async_fire_time_changed(coached.home.hass, datetime.now(UTC))
    await coached.home.settle()
    key = f"ql_release.{coached.home.entry.entry_id}"
    assert [one["id"] for one in hass_storage[key]["data"]["sessions"]] == ["manual-1"]
    coached.home.coordinator.sessions.async_remove("manual-1")
    for _ in range(4):
        store.async_changed()
        coached.freezer.tick(timedelta(seconds=3))
        async_fire_time_changed(coached.home.hass, datetime.now(UTC))
        await coached.home.settle()
    assert hass_storage[key]["data"]["sessions"][0]["removed"]
