"""What each platform shows."""

from datetime import timedelta
from typing import Any

import pytest
from contract_files import NOW, example
from home import Home
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

from conftest import only

TOOL = "ql_release_lounge"


@pytest.mark.usefixtures("every_entity")
@pytest.mark.parametrize(
    "platform",
    [
        Platform.BINARY_SENSOR,
        Platform.BUTTON,
        Platform.CALENDAR,
        Platform.EVENT,
        Platform.NUMBER,
        Platform.SELECT,
        Platform.SENSOR,
        Platform.UPDATE,
    ],
)
async def test_platform(
    home: Home,
    person: MockConfigEntry,
    platform: Platform,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    """Everything it has, as a session goes on."""
    with only(platform):
        await home.set_up()
        await home.tool_online()
        await home.say("bridge/home/health", example("bridge-health"))
        await home.state(rssi_dbm=-60)
        await home.say("tool/lounge/session/last", example("tool-session-last"))
        for event in ("session-started", "pressure-slip", "release-released"):
            await home.event(event)
        await snapshot_platform(home.hass, entity_registry, snapshot, home.entry.entry_id)


OTHER = "1" * 32


@pytest.mark.parametrize(
    ("changes", "entity", "value"),
    [
        ({"force_n": 12.25}, "sensor.{}_force", "12.25"),
        ({"force_pct": None}, "sensor.{}_share_of_threshold", STATE_UNKNOWN),
        ({"phase": "contact"}, "sensor.{}_phase", "contact"),
        ({"hold_s": None}, "sensor.{}_hold_time", STATE_UNKNOWN),
        ({"in_contact": False}, "binary_sensor.{}_contact", "off"),
        ({"session": None}, "binary_sensor.{}_in_session", "off"),
        ({"over_pressure": True}, "binary_sensor.{}_high_pressure", "on"),
        ({"quality": "fault"}, "binary_sensor.{}_problem", "on"),
        ({"quality": "saturated"}, "binary_sensor.{}_problem", "on"),
        ({"placement": None}, "select.{}_placement", "not_set"),
        ({"placement": {"muscle": "psoas", "side": "right", "zone": "upper"}},
         "select.{}_placement", "psoas_right_upper"),
        ({"person": "p1"}, "select.{}_person", "Anna"),
        ({"person": None}, "select.{}_person", "Anna"),
        ({"person": "stranger"}, "select.{}_person", STATE_UNKNOWN),
        ({"battery_pct": 5}, "sensor.{}_battery", "5"),
    ],
)  # fmt: skip
async def test_live_values(
    home: Home, person: MockConfigEntry, changes: dict[str, Any], entity: str, value: str
) -> None:
    """Each as the state has it."""
    await home.set_up()
    await home.tool_online()
    await home.state()
    await home.state(**changes)
    assert home.value(entity.format(TOOL)) == value


async def test_bone_contact_lasts_until_the_person_gets_off(home: Home) -> None:
    """It is known from the count of the session."""
    await home.set_up()
    await home.tool_online()
    bone = f"binary_sensor.{TOOL}_bone_contact"
    steps: list[tuple[dict[str, Any], str]] = [
        ({"bone_contacts": 1}, "off"),
        ({"bone_contacts": 2}, "on"),
        ({"bone_contacts": 2}, "on"),
        ({"bone_contacts": 2, "in_contact": False}, "off"),
        ({"bone_contacts": 5, "session": OTHER}, "off"),
    ]
    for changes, value in steps:
        await home.state(**changes)
        assert home.value(bone) == value


@pytest.mark.parametrize(
    ("coverage", "left_right", "values"),
    [
        (
            [("psoas", "left", "upper"), ("psoas", "left", "lower"), ("psoas", "right", "upper")],
            {"left_pct": 70.0, "right_pct": 30.0},
            ("50.0", "66.6666666666667", "33.3333333333333", "70.0"),
        ),
        (
            [("psoas", "left", "upper"), ("piriformis", "left", "upper")],
            {"left_pct": 100.0, "right_pct": 0.0},
            ("16.6666666666667", "33.3333333333333", "0.0", "100.0"),
        ),
        ([], None, ("0", "0", "0", STATE_UNKNOWN)),
    ],
)
async def test_coverage(
    home: Home,
    coverage: list[tuple[str, str, str]],
    left_right: dict[str, float] | None,
    values: tuple[str, ...],
) -> None:
    """Thirds of the muscles that were worked on."""
    await home.set_up()
    await home.tool_online()
    entries = [
        {"muscle": muscle, "side": side, "zone": zone, "holds": 1, "hold_s": 30.0}
        for muscle, side, zone in coverage
    ]
    last = example("tool-session-last") | {"coverage": entries, "left_right": left_right}
    await home.say("tool/lounge/session/last", last)
    names = ("coverage", "coverage_left", "coverage_right", "left_share")
    assert tuple(home.value(f"sensor.{TOOL}_{name}") for name in names) == values
    await home.say("tool/lounge/session/last", "")
    assert home.value(f"sensor.{TOOL}_coverage") == STATE_UNKNOWN


async def test_last_release_is_remembered_and_only_moves_on(home: Home) -> None:
    """Events are told once; after a restart the broker has none."""
    entity = f"sensor.{TOOL}_last_possible_release"
    before = NOW - timedelta(days=2)
    stored = {
        "native_value": {"__type": "<class 'datetime.datetime'>", "isoformat": before.isoformat()},
        "native_unit_of_measurement": None,
    }
    mock_restore_cache_with_extra_data(home.hass, [(State(entity, before.isoformat()), stored)])
    await home.set_up()
    await home.tool_online()
    assert home.value(entity) == before.isoformat(timespec="seconds")
    await home.event("release-released", id=OTHER, confidence=0.2, seq=1)
    assert home.value(entity) == before.isoformat(timespec="seconds")
    await home.event("release-released", seq=2)
    assert home.value(entity) == "2026-11-20T17:03:21+00:00"
    await home.event("release-released", id="2" * 32, at="2026-11-20T16:00:00.000Z", seq=3)
    assert home.value(entity) == "2026-11-20T17:03:21+00:00"


@pytest.mark.parametrize(
    ("entity", "op", "asked"),
    [
        (f"button.{TOOL}_tare", "tare", {"zones": None}),
        (f"button.{TOOL}_start_measuring", "start", {}),
        (f"button.{TOOL}_end_session", "stop", {}),
        (f"button.{TOOL}_identify", "identify", {}),
        (f"button.{TOOL}_measure_threshold", "calibrate", {"step": "threshold"}),
        (f"button.{TOOL}_sleep", "sleep", {}),
    ],
)
@pytest.mark.usefixtures("every_entity")
async def test_buttons_ask_the_tool(
    home: Home, entity: str, op: str, asked: dict[str, Any]
) -> None:
    """A refusal says what to do."""
    await home.set_up()
    await home.tool_online()
    hello = example("tool-hello")
    await home.say("tool/lounge/hello", hello | {"ops": [*hello["ops"], "sleep"]})

    async def press() -> None:
        data = {"entity_id": entity}
        await home.hass.services.async_call("button", "press", data, blocking=True)

    await press()
    assert home.asked(op) == [asked]
    home.refuse[op] = "in_contact"
    with pytest.raises(HomeAssistantError, match="Somebody is on lounge"):
        await press()
    home.refuse[op] = "of_version_1_7"
    with pytest.raises(HomeAssistantError, match="lounge could not do it: it is so"):
        await press()


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize(
    ("entity", "option", "op", "asked"),
    [
        ("placement", "not_set", "place", {"placement": None}),
        (
            "placement",
            "erector_spinae_left_lower",
            "place",
            {"placement": {"muscle": "erector_spinae", "side": "left", "zone": "lower"}},
        ),
        ("person", "Anna", "person", {"person": "p1"}),
        ("person", "not_set", "person", {"person": None}),
    ],
)
async def test_selects_ask_the_tool(
    home: Home, entity: str, option: str, op: str, asked: dict[str, Any]
) -> None:
    """The tool's next state shows it."""
    await home.set_up()
    await home.tool_online()
    data = {"entity_id": f"select.{TOOL}_{entity}", "option": option}
    await home.hass.services.async_call("select", "select_option", data, blocking=True)
    assert home.asked(op) == [asked]


async def test_a_threshold_set_by_hand_goes_to_the_bridge(
    home: Home, person: MockConfigEntry
) -> None:
    """And the entry is not set up anew for it."""
    await home.set_up()
    await home.tool_online()
    coordinator = home.coordinator
    home.commands.clear()
    data = {"entity_id": "number.anna_threshold", "value": 90.5}
    await home.hass.services.async_call("number", "set_value", data, blocking=True)
    await home.until(lambda: home.asked("profile"))
    (asked,) = home.asked("profile")
    assert (asked["person"], asked["threshold_n"], asked["calibrated_at"]) == ("p1", 90.5, None)
    assert home.value("number.anna_threshold") == "90.5"
    assert home.coordinator is coordinator


async def test_tools_show_what_they_have(home: Home) -> None:
    """A tool without load cells has no force; what it learns later is added."""
    await home.set_up()
    await home.bridge_online()
    hello = example("tool-hello") | {"zones": ["contact"], "contact_area_cm2": None, "ops": []}
    await home.say("tool/lounge/hello", hello)
    await home.say("tool/lounge/availability", example("tool-availability"))
    found = {name for name in home.hass.states.async_entity_ids() if TOOL in name}
    for absent in ("_force", "_pressure", "_bone_contact", "_tare", "_placement", "_battery"):
        assert not [name for name in found if name.endswith(absent) and "event" not in name]
    await home.say("tool/lounge/hello", hello | {"ops": ["tare"]})
    await home.state(battery_pct=50)
    assert home.value(f"button.{TOOL}_tare") == STATE_UNKNOWN
    assert home.value(f"sensor.{TOOL}_battery") == "50"


async def test_nothing_is_written_that_is_shown_already(home: Home) -> None:
    """Four states a second cost little where nothing changes."""
    await home.set_up()
    await home.tool_online()
    await home.state()
    force = home.hass.states.get(f"sensor.{TOOL}_force")
    phase = home.hass.states.get(f"sensor.{TOOL}_phase")
    assert force is not None
    assert phase is not None
    await home.state(force_n=99.0)
    later = home.hass.states.get(f"sensor.{TOOL}_phase")
    assert home.value(f"sensor.{TOOL}_force") == "99.0"
    assert later is not None
    assert later.last_reported == phase.last_reported


async def test_a_bridge_shows_that_it_is_away(home: Home) -> None:
    """Its other values are then unknown to anyone."""
    await home.set_up()
    await home.tool_online()
    await home.say("bridge/home/health", example("bridge-health") | {"problems": ["x"]})
    assert home.value("binary_sensor.ql_release_bridge_home_connectivity") == "on"
    assert home.value("binary_sensor.ql_release_bridge_home_problem") == "on"
    await home.say("bridge/home/status", "offline")
    assert home.value("binary_sensor.ql_release_bridge_home_connectivity") == "off"
    assert home.value("binary_sensor.ql_release_bridge_home_problem") == STATE_UNAVAILABLE
    assert home.value(f"sensor.{TOOL}_force") == STATE_UNAVAILABLE


async def test_firmware_that_is_older_than_its_bridge_can_be_updated(home: Home) -> None:
    """From here, where the tool lets itself; others by cable, as the guide says."""
    entity = f"update.{TOOL}_firmware"
    await home.set_up()
    await home.tool_online()
    assert home.value(entity) == "off"
    await home.say("bridge/home/health", example("bridge-health") | {"version": "0.2.0"})
    state = home.hass.states.get(entity)
    assert state is not None
    assert (state.state, state.attributes["installed_version"]) == ("on", "0.1.0")
    assert (state.attributes["latest_version"], state.attributes["supported_features"]) == (
        "0.2.0",
        0,
    )
    hello = example("tool-hello")
    await home.say("tool/lounge/hello", hello | {"ops": [*hello["ops"], "update"]})
    data = {"entity_id": entity}
    await home.hass.services.async_call("update", "install", data, blocking=True)
    assert home.asked("update") == [{}]
