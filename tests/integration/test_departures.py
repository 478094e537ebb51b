"""A person who is removed: what is kept of them stays or goes, here and at every bridge."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from contract_files import NOW, example
from custom_components.ql_release.const import DOMAIN
from custom_components.ql_release.history.record import SessionRecord, SessionSource
from custom_components.ql_release.leaving import eraser
from home import Home, subentry
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, mock_component

ANNA = "p1"
ISSUE = "person_removed_p1_01KATEST0000000000000QLREL"
STORY = ("session-started", "release-released", "session-ended")
SESSION = example("event-session-ended")["session"]


@pytest.fixture(autouse=True)
async def _repairs(home: Home, person: MockConfigEntry) -> None:
    """Have repairs, and Anna."""
    mock_component(home.hass, DOMAIN)
    assert await async_setup_component(home.hass, REPAIRS, {})
    home.hass.config.components.remove(DOMAIN)


async def measured(home: Home, **changes: Any) -> None:
    """Have a session measured."""
    for seq, name in enumerate(STORY, 1):
        await home.event(name, seq=seq, **changes)


def remove(home: Home, person: str = ANNA, name: str = "Anna") -> None:
    """Remove a person, as Home Assistant's settings do."""
    home.hass.config_entries.async_remove_subentry(home.entry, subentry(person, name).subentry_id)


def is_asked(home: Home) -> bool:
    """Tell whether the question stands."""
    return ir.async_get(home.hass).async_get_issue(DOMAIN, ISSUE) is not None


async def answer(home: Home, choice: str) -> dict[str, Any]:
    """Answer the question."""
    manager: RepairsFlowManager = home.hass.data[REPAIRS]["flow_manager"]
    menu = await manager.async_init(DOMAIN, context={"issue_id": ISSUE})
    assert menu["type"] is FlowResultType.MENU
    assert menu["description_placeholders"] == {"person": "Anna"}
    done = await manager.async_configure(menu["flow_id"], {"next_step_id": choice})
    await home.settle()
    return dict(done)


async def test_all_of_theirs_is_erased(home: Home) -> None:
    """Here at once, and at the bridge that is online; also what named nobody there."""
    await home.set_up()
    await home.tool_online()
    await measured(home, person=None)
    remove(home)
    await home.settle()
    assert is_asked(home)
    assert home.asked("erase") == []
    assert (await answer(home, "erase"))["type"] is FlowResultType.CREATE_ENTRY
    assert not is_asked(home)
    assert home.coordinator.sessions.all() == []
    await home.until(lambda: home.asked("erase"))
    assert home.asked("erase") == [{"person": ANNA, "sessions": [SESSION]}]
    assert home.coordinator.store.departed[ANNA].name == ""


async def test_all_of_theirs_is_kept(home: Home) -> None:
    """And not asked for again."""
    await home.set_up()
    await home.tool_online()
    await measured(home, person=ANNA)
    remove(home)
    await home.settle()
    assert (await answer(home, "keep"))["type"] is FlowResultType.CREATE_ENTRY
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    assert not is_asked(home)
    home.coordinator.departures.async_keep(ANNA)
    assert len(home.coordinator.sessions.of(ANNA)) == 1
    assert home.asked("erase") == []


async def test_the_question_outlives_a_restart(home: Home) -> None:
    """It goes with the entry, and is asked again when that is back."""
    await home.set_up()
    await measured(home, person=ANNA)
    remove(home)
    await home.settle()
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert not is_asked(home)
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    assert is_asked(home)


@pytest.mark.parametrize("choice", ["keep", "erase"])
async def test_without_the_entry_nothing_can_be_answered(home: Home, choice: str) -> None:
    """The question stands until it can."""
    await home.set_up()
    await measured(home, person=ANNA)
    remove(home)
    await home.settle()
    manager: RepairsFlowManager = home.hass.data[REPAIRS]["flow_manager"]
    menu = await manager.async_init(DOMAIN, context={"issue_id": ISSUE})
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    done = await manager.async_configure(menu["flow_id"], {"next_step_id": choice})
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def erase(home: Home) -> None:
    """Remove Anna, and have all of hers erased."""
    remove(home)
    await home.settle()
    home.coordinator.departures.async_erase(ANNA)


async def test_nothing_is_erased_without_a_question(home: Home) -> None:
    """A bridge that is away may have sessions of which nothing is known here; it is asked once."""
    await home.set_up()
    remove(home)
    await home.settle()
    assert is_asked(home)
    await home.bridge_online()
    assert home.asked("erase") == []
    await answer(home, "erase")
    await home.until(lambda: home.coordinator.store.departed[ANNA].done == ("home",))
    await home.say("bridge/home/status", "offline")
    await home.bridge_online()
    assert home.asked("erase") == [{"person": ANNA, "sessions": []}]


async def test_a_bridge_that_refuses_is_asked_again(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """It refuses while the person lies on a tool."""
    await home.set_up()
    await home.bridge_online()
    home.refuse["erase"] = "refused"
    with patch.object(eraser, "RETRY_S", 0.01):
        await erase(home)
        await home.until(lambda: len(home.asked("erase")) > 2)
        home.refuse.clear()
        await home.until(lambda: home.coordinator.store.departed[ANNA].done == ("home",))
    told = [one for one in caplog.records if "home has not erased p1 yet" in one.message]
    assert [one.levelname for one in told].count("WARNING") == 1


async def test_a_bridge_that_goes_is_not_asked(home: Home) -> None:
    """It is, once it is back."""
    await home.set_up()
    await home.bridge_online()
    home.refuse["erase"] = "refused"
    await erase(home)
    await home.until(lambda: home.asked("erase"))
    await home.say("bridge/home/status", "offline")
    home.refuse.clear()
    await home.bridge_online()
    await home.until(lambda: home.coordinator.store.departed[ANNA].done == ("home",))


async def test_what_still_comes_of_who_is_erased_is_left_out(home: Home) -> None:
    """A bridge may have been away; others' sessions come as ever."""
    await home.set_up()
    await home.bridge_online()
    await erase(home)
    await measured(home, person=ANNA)
    assert home.coordinator.sessions.all() == []
    assert home.coordinator.store.cursors["home"].seq == len(STORY)


async def test_many_sessions_are_named_in_several_commands(home: Home) -> None:
    """And those that were written down here are not: no bridge has them."""
    await home.set_up()
    await home.bridge_online()
    written = SessionRecord(
        id="manual-1",
        source=SessionSource.MANUAL,
        person=ANNA,
        started_at=NOW - timedelta(minutes=1),
        ended_at=NOW,
        duration_s=60.0,
    )
    home.coordinator.sessions.async_put(written)
    for number in range(501):
        session = replace(written, id=f"{number:032x}", source=SessionSource.TOOL, bridge="home")
        home.coordinator.sessions.async_put(session)
    remove(home)
    await home.settle()
    home.coordinator.departures.async_erase(ANNA)
    home.coordinator.departures.async_erase(ANNA)
    await home.until(lambda: home.coordinator.store.departed[ANNA].done)
    assert [len(command["sessions"]) for command in home.asked("erase")] == [500, 1]


async def test_a_stored_departure_that_is_none_is_left_out(
    home: Home, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """And told; the others are there."""
    good = {"person": "p9", "name": "Cleo", "sessions": {}}
    hass_storage[f"{DOMAIN}.{home.entry.entry_id}"] = {
        "version": 1,
        "minor_version": 3,
        "data": {"departed": [good, {"person": "p8"}]},
    }
    await home.set_up()
    assert list(home.coordinator.store.departed) == ["p9"]
    assert "A stored removed person is left out: name is missing" in caplog.text


async def test_who_is_added_again_is_there(home: Home) -> None:
    """Nothing is asked of them any more, nothing erased, and what comes of them is kept."""
    await home.set_up()
    await home.bridge_online()
    remove(home)
    await home.settle()
    assert is_asked(home)
    home.hass.config_entries.async_add_subentry(home.entry, subentry(ANNA, "Anna"))
    await home.settle()
    assert not is_asked(home)
    await erase(home)
    home.hass.config_entries.async_add_subentry(home.entry, subentry(ANNA, "Anna"))
    await home.settle()
    await measured(home, person=ANNA)
    assert [session.id for session in home.coordinator.sessions.of(ANNA)] == [SESSION]
    home.commands.clear()
    await home.say("bridge/home/status", "offline")
    await home.bridge_online()
    assert not home.asked("erase")


async def test_who_comes_back_while_a_bridge_erases_is_left_alone(home: Home) -> None:
    """The bridge is asked no more, whatever it answers."""
    await home.set_up()
    home.refuse["erase"] = "failed"
    with patch.object(eraser, "RETRY_S", 0.01):
        await home.bridge_online()
        remove(home)
        await home.settle()
        home.coordinator.departures.async_erase(ANNA)
        await home.until(lambda: home.asked("erase"))
        home.hass.config_entries.async_add_subentry(home.entry, subentry(ANNA, "Anna"))
        await home.settle()
        home.refuse.clear()
        asked = len(home.asked("erase"))
        await home.until(home.coordinator._eraser._tasks["home"].done)
    assert len(home.asked("erase")) <= asked + 1
    assert home.coordinator.store.departed == {}
