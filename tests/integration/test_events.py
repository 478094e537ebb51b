"""Events: once each, in spite of gaps, repeats and restarts."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock, patch

import pytest
from contract_files import NOW, example
from custom_components.ql_release.const import CONF_CONFIDENCE, DOMAIN
from custom_components.ql_release.contract import commands
from custom_components.ql_release.contract.events import Event
from home import EPOCH, Home, subentry
from homeassistant.const import STATE_UNKNOWN
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry

RELEASE = "event.ql_release_lounge_release"
PRESSURE = "event.ql_release_lounge_pressure"
SESSION = "event.ql_release_lounge_session"
OLD = "2026-11-10T18:10:00.000Z"


def _event(seq: int, name: str = "pressure-hold_started", **changes: Any) -> dict[str, Any]:
    return example(f"event-{name}") | {"id": f"{seq:032x}", "seq": seq, "epoch": EPOCH} | changes


def _heard(home: Home) -> list[Event]:
    heard: list[Event] = []
    home.coordinator.async_listen_events(heard.append)
    return heard


async def _say(home: Home, event: dict[str, Any], *, retain: bool = False) -> None:
    await home.say(f"tool/lounge/event/{event['family']}", event, retain=retain)


def _cursor(home: Home) -> int | None:
    cursor = home.coordinator.store.cursors.get("home")
    return cursor.seq if cursor else None


async def test_what_was_missed_is_fetched_at_start(
    home: Home, hass_storage: dict[str, Any]
) -> None:
    """Page by page, never as if it happened now; and not again after a restart."""
    home.page = 2
    home.journal = [_event(seq) for seq in range(1, 6)]
    await home.set_up()
    heard = _heard(home)
    await home.tool_online()
    await home.until(lambda: _cursor(home) == 5)
    assert [event.seq for event in heard] == [1, 2, 3, 4, 5]
    assert not any(event.live for event in heard)
    assert [asked["after"] for asked in home.asked("history")] == [
        None,
        {"epoch": EPOCH, "seq": 2},
        {"epoch": EPOCH, "seq": 4},
    ]
    assert home.value(PRESSURE) == STATE_UNKNOWN
    home.commands.clear()
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.listening()
    await home.bridge_online()
    await home.until(lambda: home.asked("history"))
    assert home.asked("history") == [{"after": {"epoch": EPOCH, "seq": 5}, "limit": 200}]
    stored = hass_storage[f"{DOMAIN}.{home.entry.entry_id}"]["data"]
    assert stored["cursors"] == {"home": {"epoch": EPOCH, "seq": 5}}


async def test_history_waits_until_all_is_subscribed_to(home: Home) -> None:
    """So that nothing falls between; what comes sooner is applied all the same."""
    await home.set_up()
    home.coordinator._on_connection(connected=False)
    await home.say("bridge/home/status", "online")
    home.commands.clear()
    heard = _heard(home)
    await _say(home, _event(2))
    assert [event.seq for event in heard] == [2]
    assert not home.asked("history")
    home.journal = [_event(1), _event(2)]
    home.coordinator._on_listening()
    await home.until(lambda: _cursor(home) == 2)
    assert [event.seq for event in heard] == [2, 1]


async def test_a_stored_cursor_that_is_none_is_asked_for_anew(
    home: Home, hass_storage: dict[str, Any]
) -> None:
    """A damaged file loses nothing."""
    hass_storage[f"{DOMAIN}.{home.entry.entry_id}"] = {
        "version": 1,
        "minor_version": 2,
        "data": {"cursors": {"home": {"epoch": "?"}, "b2": {"epoch": EPOCH, "seq": 3}}},
    }
    await home.set_up()
    assert set(home.coordinator.store.cursors) == {"b2"}


async def test_live_events_move_the_cursor(home: Home) -> None:
    """Nothing is asked while none is missing."""
    home.journal = [_event(1)]
    await home.set_up()
    await home.tool_online()
    await home.until(lambda: _cursor(home) == 1)
    home.commands.clear()
    await _say(home, _event(2))
    await _say(home, _event(2))
    assert _cursor(home) == 2
    assert not home.asked("history")
    state = home.hass.states.get(PRESSURE)
    assert state is not None
    assert state.attributes["event_type"] == "hold_started"


async def test_a_jump_is_filled_from_history(home: Home) -> None:
    """What came before its turn was applied at once, and is not again."""
    home.journal = [_event(1)]
    await home.set_up()
    await home.tool_online()
    await home.until(lambda: _cursor(home) == 1)
    heard = _heard(home)
    home.journal = [_event(seq) for seq in range(1, 5)]
    await _say(home, _event(4))
    assert [event.seq for event in heard][:1] == [4]
    await home.until(lambda: _cursor(home) == 4)
    assert sorted(event.seq for event in heard) == [2, 3, 4]
    assert [event.live for event in heard if event.seq == 4] == [True]


async def test_out_of_order_events_close_their_own_gap(home: Home) -> None:
    """Even if the bridge does not answer."""
    home.journal = [_event(1)]
    await home.set_up()
    await home.tool_online()
    await home.until(lambda: _cursor(home) == 1)
    heard = _heard(home)
    home.silent = True
    for seq in (3, 4, 2):
        await _say(home, _event(seq))
    assert [event.seq for event in heard] == [3, 4, 2]
    assert _cursor(home) == 4


async def test_a_new_journal_is_read_from_its_begin(home: Home) -> None:
    """Events that are known by their ids are not applied again."""
    home.journal = [_event(1), _event(2)]
    await home.set_up()
    await home.tool_online()
    await home.until(lambda: _cursor(home) == 2)
    heard = _heard(home)
    new = "a" * 16
    again = _event(2) | {"epoch": new, "seq": 1}
    home.journal = []
    with patch("home.EPOCH", new):
        home.journal = [again, _event(9) | {"epoch": new, "seq": 2}]
        await _say(home, home.journal[1])
        await home.until(lambda: home.coordinator.store.cursors["home"].epoch == new)
        await home.until(lambda: _cursor(home) == 2)
    assert [event.id for event in heard] == [f"{9:032x}"]


async def test_while_history_is_asked_for_it_is_asked_once_more(home: Home) -> None:
    """An event may come after its page was made."""
    await home.set_up()
    await home.tool_online()
    home.journal = [_event(1), _event(2)]
    await _say(home, _event(1))
    await _say(home, _event(2))
    await home.until(lambda: _cursor(home) == 2)


async def test_events_of_history_that_cannot_be_read_are_left_out(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are not lost with them."""
    home.journal = [_event(1), _event(2, at="yesterday"), _event(3)]
    await home.set_up()
    heard = _heard(home)
    await home.tool_online()
    await home.until(lambda: _cursor(home) == 3)
    assert [event.seq for event in heard] == [1, 3]
    assert "bridge/home/reply (history)" in caplog.text


async def test_a_bridge_that_refuses_history_is_asked_again(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """Told once."""
    home.refuse["history"] = "stale"
    home.journal = [_event(1)]
    with patch(f"custom_components.{DOMAIN}.catch_up.RETRY_S", 0.01):
        await home.set_up()
        await home.tool_online()
        await home.until(lambda: len(home.asked("history")) > 2)
        assert caplog.text.count("The past events of home cannot be had yet") == 1
        assert "Set the clocks" in caplog.text
        home.refuse.clear()
        await home.until(lambda: _cursor(home) == 1)


async def test_a_page_that_is_no_page(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Asked again later."""
    await home.set_up()
    with patch.object(Home, "_history", return_value={}):
        await home.tool_online()
        await home.until(lambda: "the page is not complete" in caplog.text)


async def test_a_page_that_leads_nowhere_ends_it(home: Home) -> None:
    """`more` without progress would ask for ever."""
    await home.set_up()
    page = {"events": [], "next": {"epoch": EPOCH, "seq": 7}, "more": True}
    with patch.object(Home, "_history", return_value=page):
        await home.tool_online()
        await home.until(lambda: len(home.asked("history")) == 2)
        await home.settle()
    assert len(home.asked("history")) == 2


async def test_a_bridge_that_goes_is_not_asked_on(home: Home) -> None:
    """Nor when it does not answer."""
    home.silent = True
    await home.set_up()
    await home.tool_online()
    await home.until(lambda: home.asked("history"))
    await home.say("bridge/home/status", "offline")
    assert home.coordinator._catch_up._tasks == {}


@pytest.mark.parametrize(
    ("changes", "retain"),
    [({"live": False}, False), ({}, True), ({"tool": "den"}, False), ({"confidence": 0.4}, False)],
)
async def test_only_what_happens_now_is_an_event(
    home: Home, changes: dict[str, Any], retain: bool
) -> None:
    """A light that flashes for yesterday's release helps nobody."""
    await home.set_up()
    await home.tool_online()
    event = _event(1, "release-released", **changes)
    await home.say(f"tool/{event['tool']}/event/release", event, retain=retain)
    assert home.value(RELEASE) == STATE_UNKNOWN


async def test_people_can_want_to_be_told_of_less(home: Home) -> None:
    """From another confidence on."""
    home.hass.config_entries.async_update_entry(home.entry, options={CONF_CONFIDENCE: 0.9})
    await home.set_up()
    await home.tool_online()
    await _say(home, _event(1, "release-released", confidence=0.89))
    assert home.value(RELEASE) == STATE_UNKNOWN
    await _say(home, _event(2, "release-released", confidence=0.9))
    state = home.hass.states.get(RELEASE)
    assert state is not None
    assert state.attributes["confidence"] == 0.9


async def test_events_of_no_known_type_or_place(home: Home) -> None:
    """A later version may have more; an event may have no placement."""
    await home.set_up()
    await home.tool_online()
    await _say(home, _event(1, type="of_version_1_7"))
    assert home.value(PRESSURE) == STATE_UNKNOWN
    await _say(home, _event(2, placement=None, person=None))
    state = home.hass.states.get(PRESSURE)
    assert state is not None
    assert "muscle" not in state.attributes
    assert state.attributes["person"] is None


async def test_a_release_of_a_tool_that_is_gone(home: Home) -> None:
    """History may have it."""
    home.journal = [_event(1, "release-released", tool="gone")]
    await home.set_up()
    await home.bridge_online()
    await home.until(lambda: _cursor(home) == 1)
    assert "gone" not in home.coordinator.data.tools


async def test_a_session_ends_without_filling_the_database(home: Home) -> None:
    """Its lists stand in the retained summary."""
    await home.set_up()
    await home.tool_online()
    await _say(home, _event(1, "session-ended"))
    state = home.hass.states.get(SESSION)
    assert state is not None
    assert state.attributes["holds"] == 1
    assert not {"coverage", "dose", "insights", "id", "seq"} & set(state.attributes)


async def test_a_measured_threshold_is_adopted(home: Home, person: MockConfigEntry) -> None:
    """The newest counts, whatever comes last; and bridges learn of it."""
    await home.set_up()
    await home.tool_online()
    await _say(home, _event(1, "session-calibrated", person="p1"))
    await home.until(lambda: home.value("number.anna_threshold") == "84.5")
    await home.until(lambda: any(asked["threshold_n"] == 84.5 for asked in home.asked("profile")))
    sent = home.asked("profile")[-1]
    assert sent["calibrated_at"] == "2026-11-20T18:21:12.130Z"
    assert len(sent["approach"]) == 10
    older = {"at": "2026-11-01T10:00:00.000Z", "threshold_n": 50.0, "person": "p1"}
    await _say(home, _event(2, "session-calibrated", **older))
    assert home.value("number.anna_threshold") == "84.5"
    later = {"at": "2026-11-20T18:25:00.000Z", "threshold_n": 70.0, "approach": None}
    await _say(home, _event(3, "session-calibrated", person=None, **later))
    assert home.value("number.anna_threshold") == "70.0"
    await _say(home, _event(4, "session-calibrated", person="stranger"))
    assert home.value("number.anna_threshold") == "70.0"


async def test_people_come_change_and_go(home: Home, person: MockConfigEntry) -> None:
    """Without a new set-up; each bridge is told of what changed."""
    await home.set_up()
    await home.tool_online()
    await home.until(lambda: home.asked("profile"))
    assert [asked["person"] for asked in home.asked("profile")] == ["p1"]
    home.commands.clear()
    before = home.coordinator
    home.hass.config_entries.async_add_subentry(person, subentry("p2", "Ben", body_mass_kg=90.0))
    await home.until(lambda: home.asked("profile"))
    assert [(one["person"], one["body_mass_kg"]) for one in home.asked("profile")] == [("p2", 90.0)]
    assert home.value("number.ben_threshold") == STATE_UNKNOWN
    state = home.hass.states.get("select.ql_release_lounge_person")
    assert state is not None
    assert state.attributes["options"] == ["not_set", "Anna", "Ben"]
    ben = next(one for one in person.subentries.values() if one.title == "Ben")
    home.hass.config_entries.async_remove_subentry(person, ben.subentry_id)
    await home.until(lambda: home.hass.states.get("number.ben_threshold") is None)
    assert home.coordinator is before


async def test_a_bridge_that_refuses_a_profile(
    home: Home, person: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """Told, and sent again when it is online again."""
    home.refuse["profile"] = "invalid"
    await home.set_up()
    await home.tool_online()
    await home.until(lambda: "was not told of p1" in caplog.text)
    home.refuse.clear()
    await home.say("bridge/home/status", "offline")
    await home.bridge_online()
    await home.until(lambda: len(home.asked("profile")) == 2)


async def test_a_bridge_that_does_not_answer(home: Home) -> None:
    """The same command is sent again; then it is told."""
    await home.set_up()
    await home.tool_online()
    home.silent = True
    home.commands.clear()
    data = {"entity_id": "button.ql_release_lounge_tare"}
    with (
        patch(f"custom_components.{DOMAIN}.desk.REPLY_S", 0.01),
        pytest.raises(HomeAssistantError, match="lounge does not answer"),
    ):
        await home.hass.services.async_call("button", "press", data, blocking=True)
    assert len(home.commands) == 3
    assert len({command["id"] for _, command in home.commands}) == 1
    await home.say("tool/lounge/reply", {"v": 1, "id": home.commands[0][1]["id"], "ok": True})


async def test_without_a_broker_nothing_can_be_asked(home: Home) -> None:
    """It says so."""
    await home.set_up()
    await home.tool_online()
    tool = home.coordinator.data.tool("lounge")
    with (
        patch("homeassistant.components.mqtt.async_publish", side_effect=HomeAssistantError("no")),
        pytest.raises(HomeAssistantError, match="lounge cannot be asked"),
    ):
        await home.coordinator.async_ask_tool(tool, commands.stop())
    home.coordinator._link.async_stop()
    with pytest.raises(HomeAssistantError, match="lounge cannot be asked"):
        await home.coordinator.async_ask("tool", "lounge", commands.stop())


async def test_a_clock_that_is_behind_loses_no_history(home: Home, clock: Mock) -> None:
    """As after a start without a network: what is of the future by it is asked for again."""
    home.journal = [_event(1, at=OLD, decided_at=OLD), *(_event(seq) for seq in (2, 3))]
    clock.return_value = NOW - timedelta(days=2)
    with patch(f"custom_components.{DOMAIN}.catch_up.RETRY_S", 0.01):
        await home.set_up()
        heard = _heard(home)
        await home.bridge_online()
        await home.until(lambda: len(home.asked("history")) > 2)
        assert [event.seq for event in heard] == [1]
        assert _cursor(home) == 1
        clock.return_value = NOW
        await home.until(lambda: _cursor(home) == 3)
    assert [event.seq for event in heard] == [1, 2, 3]


async def test_an_event_of_the_future_holds_history_up_for_so_long_only(
    home: Home, clock: Mock
) -> None:
    """Then it is its own time that is wrong."""
    late = "2126-11-20T18:10:00.000Z"
    home.journal = [_event(1, at=late, decided_at=late), _event(2)]
    catch_up = f"custom_components.{DOMAIN}.catch_up"
    with patch(f"{catch_up}.RETRY_S", 0.001), patch(f"{catch_up}.MOST_EARLY", 2):
        await home.set_up()
        heard = _heard(home)
        await home.bridge_online()
        await home.until(lambda: _cursor(home) == 2)
    assert [event.seq for event in heard] == [2]
    assert len(home.asked("history")) == 3


async def test_an_event_of_another_major_takes_no_other_with_it(home: Home) -> None:
    """It is told of, and the rest of its page applied."""
    home.journal = [_event(1), _event(2, v=2), _event(3)]
    await home.set_up()
    heard = _heard(home)
    await home.bridge_online()
    await home.until(lambda: _cursor(home) == 3)
    assert [event.seq for event in heard] == [1, 3]


async def test_forged_events_keep_no_bridge_from_being_asked(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """Of bridges that nobody has heard of they are left out, and those are asked nothing."""
    await home.set_up()
    for number in range(30):
        await _say(home, _event(number, bridge=f"x{number}"))
    home.journal = [_event(1)]
    await home.bridge_online()
    await home.until(lambda: _cursor(home) == 1)
    assert {topic for topic, _ in home.commands} == {"bridge/home/cmd"}
    assert caplog.text.count("is of a bridge that has not said that it is there") == 1


async def test_of_many_events_ahead_history_tells_again(home: Home) -> None:
    """They are not remembered without end."""
    home.refuse["history"] = "stale"
    await home.set_up()
    await home.bridge_online()
    with patch(f"custom_components.{DOMAIN}.sequence.REMEMBERED", 10):
        for seq in range(100, 150):
            await _say(home, _event(seq))
        assert len(home.coordinator._events._sequence("home")._ahead) <= 10


async def test_profiles_reach_a_bridge_in_their_order(home: Home, person: MockConfigEntry) -> None:
    """One that was not told is told again, of how they are then."""
    with (
        patch(f"custom_components.{DOMAIN}.desk.REPLY_S", 0.01),
        patch(f"custom_components.{DOMAIN}.profiles.RETRY_S", 0.01),
    ):
        await home.set_up()
        await home.bridge_online()
        await home.until(lambda: home.asked("profile"))
        people = home.coordinator.people
        home.silent = True
        for newtons in (100.0, 110.0):
            anna = people.by_id("p1")
            assert anna is not None
            people.async_set_threshold(anna, newtons)
            await home.until(lambda: home.asked("profile")[-1]["threshold_n"] == newtons)  # noqa: B023
        home.silent = False
        asked = len(home.asked("profile"))
        await home.until(lambda: len(home.asked("profile")) > asked)
        await home.settle()
    assert {one["threshold_n"] for one in home.asked("profile")[asked:]} == {110.0}
