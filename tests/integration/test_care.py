"""Repairs of tools and thresholds, and how each repair is set right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contract_files import NOW, example
from custom_components.ql_release.const import CONF_THRESHOLD, CONF_THRESHOLD_AT, DOMAIN
from custom_components.ql_release.history.record import SessionRecord, SessionSource
from home import SERIAL, Home, subentry
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_fire_time_changed, mock_component

ENTRY = "01KATEST0000000000000QLREL"
ANNA = "p1"
MEASURED = SessionRecord(
    id="a" * 32,
    source=SessionSource.TOOL,
    person=ANNA,
    started_at=NOW - timedelta(minutes=5),
    ended_at=NOW,
    duration_s=300.0,
    peak_force_n=90.0,
)


@pytest.fixture(autouse=True)
async def _repairs(home: Home) -> None:
    """Have repairs."""
    mock_component(home.hass, DOMAIN)
    assert await async_setup_component(home.hass, REPAIRS, {})
    home.hass.config.components.remove(DOMAIN)


def standing(home: Home) -> set[str | None]:
    """Return what is told now."""
    return {
        issue.translation_key
        for issue in ir.async_get(home.hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    }


def flows(home: Home) -> RepairsFlowManager:
    """Return what runs repairs."""
    found: RepairsFlowManager = home.hass.data[REPAIRS]["flow_manager"]
    return found


async def fix(home: Home, key: str, which: str) -> dict[str, Any]:
    """Begin to set a repair right."""
    issue_id = f"{key}_{which}_{ENTRY}"
    return dict(await flows(home).async_init(DOMAIN, context={"issue_id": issue_id}))


async def answer(home: Home, step: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Answer a step."""
    done = await flows(home).async_configure(step["flow_id"], given)
    await home.settle()
    return dict(done)


async def seconds_pass(home: Home, seconds: float) -> None:
    """Let time pass."""
    async_fire_time_changed(home.hass, datetime.now(UTC) + timedelta(seconds=seconds))
    await home.settle()


async def put(home: Home, session: SessionRecord) -> None:
    """Write a session down."""
    home.coordinator.sessions.async_put(session)
    await home.settle()


def add_anna(home: Home, **data: Any) -> None:
    """Add Anna."""
    home.hass.config_entries.async_add_subentry(home.entry, subentry(ANNA, "Anna", **data))


async def test_a_sensor_that_keeps_failing_is_told_of(home: Home) -> None:
    """Until it works; one that failed for a moment is not."""
    await home.set_up()
    await home.tool_online()
    await home.state(quality="fault")
    await home.state(quality="measuring")
    await seconds_pass(home, 61)
    assert standing(home) == set()
    await home.state(quality="fault")
    await home.state(quality="fault")
    await seconds_pass(home, 61)
    assert standing(home) == {"sensor_fault"}
    form = await fix(home, "sensor_fault", SERIAL)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "check")
    assert form["description_placeholders"] == {"tool": "lounge"}
    form = await answer(home, form)
    assert form["errors"] == {"base": "still_there"}
    await home.state(quality="measuring")
    assert standing(home) == set()
    assert (await answer(home, form))["type"] is FlowResultType.CREATE_ENTRY


async def test_of_a_tool_that_has_gone_nobody_knows(home: Home) -> None:
    """It is looked at anew when it is back."""
    await home.set_up()
    await home.tool_online()
    await home.state(quality="fault")
    await home.say("bridge/home/status", "offline")
    await seconds_pass(home, 61)
    assert standing(home) == set()
    await home.bridge_online()
    await home.state(quality="fault")
    await seconds_pass(home, 61)
    assert standing(home) == {"sensor_fault"}


async def test_what_is_waited_for_ends_with_the_entry(home: Home) -> None:
    """No timer is left."""
    await home.set_up()
    await home.tool_online()
    await home.state(quality="fault")
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    await seconds_pass(home, 61)
    assert standing(home) == set()


async def test_a_low_battery_is_told_of_until_it_is_charged(home: Home) -> None:
    """Not until it is a little better: it would come and go."""
    await home.set_up()
    await home.tool_online()
    for percent, told in ((16, False), (15, True), (20, True), (25, False), (None, False)):
        await home.state(battery_pct=percent)
        assert (standing(home) == {"battery_low"}) == told


@pytest.mark.parametrize("key", ["battery_low", "tool_uncalibrated", "other_version"])
async def test_what_is_set_right_elsewhere_is_looked_at_again(home: Home, key: str) -> None:
    """As often as is answered, until its cause has gone."""
    trouble = {
        "battery_low": ("state", "tool-state", {"battery_pct": 5}),
        "tool_uncalibrated": ("hello", "tool-hello", {"calibration_id": 0}),
        "other_version": ("state", "tool-state", {"v": 2}),
    }
    topic, name, wrong = trouble[key]
    await home.set_up()
    await home.tool_online()
    await home.say(f"tool/lounge/{topic}", example(name) | wrong)
    form = await fix(home, key, "topics" if key == "other_version" else SERIAL)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "check")
    form = await answer(home, form)
    assert form["errors"] == {"base": "still_there"}
    await home.say(f"tool/lounge/{topic}", example(name))
    assert standing(home) == set()
    assert (await answer(home, form))["type"] is FlowResultType.CREATE_ENTRY


async def test_while_nothing_is_loaded_nothing_is_looked_at(home: Home) -> None:
    """The repair says so."""
    await home.set_up()
    await home.tool_online()
    await home.state(battery_pct=5)
    form = await fix(home, "battery_low", SERIAL)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert (await answer(home, form))["reason"] == "not_loaded"


async def test_sensors_that_nobody_calibrated_are_told_of(home: Home) -> None:
    """Until somebody does, or the tool has gone; contact alone needs none."""
    await home.set_up()
    await home.tool_online()
    assert standing(home) == set()
    hello = example("tool-hello")
    await home.say("tool/lounge/hello", hello | {"calibration_id": 0})
    assert standing(home) == {"tool_uncalibrated"}
    await home.say("tool/lounge/hello", hello | {"calibration_id": 0, "zones": ["contact"]})
    assert standing(home) == set()
    await home.say("tool/lounge/hello", hello | {"calibration_id": 0})
    await home.state(battery_pct=5)
    await home.say("tool/lounge/hello", "")
    await seconds_pass(home, 6)
    assert standing(home) == set()


async def test_who_uses_a_tool_has_a_threshold(home: Home) -> None:
    """It is asked for after the first session, not before; and not of who has gone."""
    add_anna(home)
    await home.set_up()
    assert standing(home) == set()
    await put(home, replace(MEASURED, id="manual-1", peak_force_n=None))
    assert standing(home) == set()
    await put(home, MEASURED)
    assert standing(home) == {"threshold_missing"}
    home.hass.config_entries.async_remove_subentry(home.entry, subentry(ANNA, "Anna").subentry_id)
    await home.settle()
    assert standing(home) == {"person_removed"}


async def test_what_comes_as_the_entry_is_unloaded_is_told_by_nobody(home: Home) -> None:
    """And a session of nobody's is nobody's news."""
    add_anna(home)
    await home.set_up()
    await put(home, replace(MEASURED, id="b" * 32, person="p9"))
    home.coordinator.sessions.async_put(MEASURED)
    await home.coordinator.async_stop()
    await home.settle()
    assert standing(home) == set()


async def test_a_threshold_is_entered(home: Home) -> None:
    """The old one is offered."""
    long_ago = (NOW - timedelta(days=181)).isoformat()
    add_anna(home, **{CONF_THRESHOLD: 80.0, CONF_THRESHOLD_AT: long_ago})
    await home.set_up()
    await put(home, MEASURED)
    assert standing(home) == {"threshold_old"}
    menu = await fix(home, "threshold_old", ANNA)
    assert (menu["type"], menu["menu_options"]) == (FlowResultType.MENU, ["measure", "enter"])
    form = await answer(home, menu, next_step_id="enter")
    (field,) = form["data_schema"].schema
    assert field.description == {"suggested_value": 80.0}
    done = await answer(home, form, threshold_n=90.0)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert home.coordinator.people.all()[0].profile.threshold_n == 90.0
    assert standing(home) == set()


async def test_a_threshold_is_measured(home: Home) -> None:
    """By a tool that is there and free."""
    add_anna(home)
    await home.set_up()
    await put(home, MEASURED)
    menu = await fix(home, "threshold_missing", ANNA)
    done = await answer(home, menu, next_step_id="measure")
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "no_tool")
    await home.tool_online()
    menu = await fix(home, "threshold_missing", ANNA)
    form = await answer(home, menu, next_step_id="measure")
    home.refuse["calibrate"] = "in_contact"
    form = await answer(home, form, tool=SERIAL)
    assert form["errors"] == {"base": "not_begun"}
    home.refuse.clear()
    home.commands.clear()
    done = await answer(home, form, tool=SERIAL)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert home.asked("person") == [{"person": ANNA}]
    assert home.asked("calibrate") == [{"step": "threshold"}]


async def test_a_tool_that_goes_meanwhile_measures_nothing(home: Home) -> None:
    """And it is said."""
    add_anna(home)
    await home.set_up()
    await home.tool_online()
    await put(home, MEASURED)
    menu = await fix(home, "threshold_missing", ANNA)
    form = await answer(home, menu, next_step_id="measure")
    await home.say(
        "tool/attic/hello", example("tool-hello") | {"tool": "attic", "serial": "0" * 16}
    )
    await home.say("tool/attic/availability", example("tool-availability"))
    await home.say("tool/lounge/hello", "")
    form = await answer(home, form, tool=SERIAL)
    assert form["errors"] == {"base": "not_begun"}


@pytest.mark.parametrize("step", ["measure", "enter"])
async def test_without_the_entry_no_threshold_can_be_set(home: Home, step: str) -> None:
    """It is said what to do."""
    add_anna(home)
    await home.set_up()
    await put(home, MEASURED)
    menu = await fix(home, "threshold_missing", ANNA)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    done = await answer(home, menu, next_step_id=step)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def silent_bridge(home: Home) -> dict[str, Any]:
    """Let a bridge be silent for a day, and begin to set that right."""
    await home.set_up()
    await home.tool_online()
    await home.say("bridge/home/status", "offline")
    await seconds_pass(home, 24 * 3600 + 1)
    assert standing(home) == {"bridge_silent"}
    return await fix(home, "bridge_silent", "home")


async def test_a_bridge_is_waited_for(home: Home) -> None:
    """Another day."""
    menu = await silent_bridge(home)
    done = await answer(home, menu, next_step_id="wait")
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert standing(home) == set()
    await seconds_pass(home, 2 * 24 * 3600 + 2)
    assert standing(home) == {"bridge_silent"}


async def test_a_bridge_that_is_gone_for_good_is_removed(home: Home) -> None:
    """With its device; if it is heard after all, it is there again."""
    registry = dr.async_get(home.hass)
    menu = await silent_bridge(home)
    done = await answer(home, menu, next_step_id="remove")
    assert done["type"] is FlowResultType.CREATE_ENTRY
    key = (DOMAIN, "bridge_home")
    assert registry.async_get_device_by_identifier(key, home.entry.entry_id) is None
    await home.bridge_online()
    assert registry.async_get_device_by_identifier(key, home.entry.entry_id)
    assert home.value("binary_sensor.ql_release_bridge_home_connectivity") == "on"


async def test_without_the_entry_no_bridge_is_removed(home: Home) -> None:
    """It is said what to do."""
    menu = await silent_bridge(home)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    done = await answer(home, menu, next_step_id="remove")
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_a_repair_that_is_ignored_stays_so_after_a_reload(home: Home) -> None:
    """Until its cause has gone, or the entry."""
    await home.set_up()
    await home.tool_online()
    await home.state(battery_pct=5)
    issue_id = f"battery_low_{SERIAL}_{ENTRY}"
    registry = ir.async_get(home.hass)
    ir.async_ignore_issue(home.hass, DOMAIN, issue_id, ignore=True)
    for _ in range(2):
        await home.hass.config_entries.async_reload(home.entry.entry_id)
        await home.listening()
        await home.tool_online()
        await home.state(battery_pct=5)
        issue = registry.async_get_issue(DOMAIN, issue_id)
        assert issue is not None
        assert issue.dismissed_version is not None
    await home.state(battery_pct=90)
    assert standing(home) == set()
    await home.state(battery_pct=5)
    ir.async_ignore_issue(home.hass, DOMAIN, issue_id, ignore=True)
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    assert registry.async_get_issue(DOMAIN, issue_id) is None
