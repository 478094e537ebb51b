"""Diagnostics help to find a fault, and tell nothing of people."""

import json
from typing import Any

import pytest
from contract_files import example
from custom_components.ql_release.diagnostics import async_get_config_entry_diagnostics
from home import SERIAL, Home
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import ExtendedJSONEncoder
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion


async def test_all_that_helps_is_told(
    hass: HomeAssistant,
    home: Home,
    person: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    snapshot: SnapshotAssertion,
) -> None:
    """Through Home Assistant, of a bridge and a tool that are there."""
    await home.set_up()
    await home.tool_online()
    await home.say("bridge/home/health", example("bridge-health"))
    await home.say("tool/lounge/session/last", example("tool-session-last"))
    await home.state()
    found = await get_diagnostics_for_config_entry(hass, hass_client, person)
    assert found == snapshot


async def test_nobody_is_named(home: Home, person: MockConfigEntry) -> None:
    """Neither name nor id, serial number, address, force nor session."""
    await home.set_up()
    await home.tool_online()
    health = example("bridge-health")
    await home.say("bridge/home/health", health)
    await home.state(person="p1", force_n=77.7)
    told = await _told(home)
    state = example("tool-state")
    hidden = ["Anna", "p1", SERIAL, "77.7", "80.0", state["session"], example("tool-hello")["name"]]
    hidden += [link["label"] for link in health["links"]]
    assert [word for word in hidden if word in told] == []


@pytest.mark.usefixtures("person")
async def test_what_is_not_known_is_told_as_that(home: Home) -> None:
    """A bridge that said nothing of itself yet, and a tool that is only heard of."""
    await home.set_up()
    await home.bridge_online()
    await home.say("tool/attic/availability", example("tool-availability"))
    found = await async_get_config_entry_diagnostics(home.hass, home.entry)
    assert found["bridges"]["home"] | {"cursor": None} == {
        "online": True,
        "cursor": None,
        "health": None,
        "links": [],
        "rates": [],
    }
    (tool,) = found["tools"]
    assert tool["hello"] is None
    assert tool["state"] is None
    assert not tool["available"]


async def _told(home: Home) -> str:
    """Return diagnostics as they are downloaded."""
    found: dict[str, Any] = await async_get_config_entry_diagnostics(home.hass, home.entry)
    return json.dumps(found, cls=ExtendedJSONEncoder)
