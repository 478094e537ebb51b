"""Lines of the logbook, and the events behind them."""

import json
from pathlib import Path
from typing import Any

import pytest
from contract_files import example
from custom_components.ql_release import bus
from custom_components.ql_release.bus import EVENT
from custom_components.ql_release.logbook import SENTENCES, async_describe_events
from home import SERIAL, Home
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import Event
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

ENGLISH = Path(bus.__file__).parent / "translations/en.json"


def line(home: Home, event: Event) -> tuple[str, str]:
    """Return name and message of an event's line."""
    described: dict[str, Any] = {}

    def describe(domain: str, name: str, how: Any) -> None:
        described[name] = how
        assert domain == "ql_release"

    async_describe_events(home.hass, describe)
    partial = LazyEventPartialState.__new__(LazyEventPartialState)
    partial.data = dict(event.data)
    found = described[EVENT](partial)
    assert found["icon"].startswith("mdi:")
    return found["name"], found["message"]


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("session-started", {}, "began a session"),
        (
            "session-ended",
            {"duration_s": 312.0, "holds": 4, "releases": 2},
            "ended a session of 5 min (holds: 4, possible releases: 2)",
        ),
        (
            "release-released",
            {"placement": {"muscle": "quadratus_lumborum", "side": "left", "zone": "lower"}},
            "had a possible release: left lower",
        ),
        ("release-released", {"placement": None}, "had a possible release"),
        ("pressure-slip", {}, "may have slipped off"),
        ("pressure-bone_contact", {}, "may be pressing on bone"),
        ("pressure-over_pressure", {}, "pressed harder than the limit"),
    ],
)
async def test_a_line(
    home: Home, person: MockConfigEntry, name: str, changes: dict[str, Any], message: str
) -> None:
    """Of whom, and what."""
    fired = async_capture_events(home.hass, EVENT)
    await home.set_up()
    await home.tool_online()
    await home.event(name, person="p1", **changes)
    (event,) = fired
    assert line(home, event) == ("Anna", message)
    registry = dr.async_get(home.hass)
    device = registry.async_get_device_by_identifier(("ql_release", SERIAL), home.entry.entry_id)
    assert device is not None
    assert event.data["device_id"] == device.id


async def test_of_nobody_the_tool_is_named(home: Home) -> None:
    """Also of a tool that has not said hello."""
    fired = async_capture_events(home.hass, EVENT)
    await home.set_up()
    await home.bridge_online()
    await home.event("session-started", person=None)
    (event,) = fired
    assert line(home, event) == ("QL Release lounge", "began a session")
    assert event.data["device_id"] is None


async def test_the_past_the_doubtful_and_every_hold_are_not_fired(home: Home) -> None:
    """They would be no news."""
    fired = async_capture_events(home.hass, EVENT)
    await home.set_up()
    await home.bridge_online()
    await home.event("session-started", live=False, seq=1)
    await home.event("release-released", confidence=0.2, seq=2)
    await home.event("pressure-hold_started", seq=3)
    assert fired == []
    assert example("event-pressure-hold_started")["type"] == "hold_started"


def test_english_is_the_codes_own() -> None:
    """What is said before translations are there, and what they say."""
    options = json.loads(ENGLISH.read_text("utf-8"))["selector"]["logbook"]["options"]
    assert options == SENTENCES
