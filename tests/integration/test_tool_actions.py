"""Actions on a tool."""

from typing import Any

import probatio
import pytest
from contract_files import example
from home import SERIAL, Home
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr

DOMAIN = "ql_release"
RELEASE = example("event-release-released")["id"]


async def act(home: Home, name: str, **data: Any) -> None:
    """Perform an action."""
    await home.hass.services.async_call(DOMAIN, name, data, blocking=True)


def device(home: Home, key: str) -> str:
    """Return the device of a key."""
    registry = dr.async_get(home.hass)
    found = registry.async_get_device_by_identifier((DOMAIN, key), home.entry.entry_id)
    assert found is not None
    return found.id


@pytest.mark.parametrize(
    ("name", "data", "op", "asked"),
    [
        ("tare", {}, "tare", {"zones": None}),
        ("tare", {"zones": ["1", "4"]}, "tare", {"zones": [0, 3]}),
        (
            "place",
            {"side": "left", "zone": "lower"},
            "place",
            {"placement": {"muscle": "quadratus_lumborum", "side": "left", "zone": "lower"}},
        ),
        (
            "place",
            {"muscle": "psoas", "side": "right", "zone": "upper"},
            "place",
            {"placement": {"muscle": "psoas", "side": "right", "zone": "upper"}},
        ),
        ("place", {}, "place", {"placement": None}),
        ("felt", {"felt": True, "release": RELEASE}, "felt", {"release": RELEASE, "felt": True}),
    ],
)
async def test_the_tool_is_asked(
    home: Home, name: str, data: dict[str, Any], op: str, asked: dict[str, Any]
) -> None:
    """The only one, or the one that is named; a refusal says what to do."""
    await home.set_up()
    await home.tool_online()
    await act(home, name, **data)
    await act(home, name, device_id=device(home, SERIAL), **data)
    assert home.asked(op) == [asked, asked]
    home.refuse[op] = "in_contact"
    with pytest.raises(HomeAssistantError, match="Somebody is on lounge"):
        await act(home, name, **data)


async def test_the_latest_release_is_answered(home: Home) -> None:
    """Once there is one."""
    await home.set_up()
    await home.tool_online()
    with pytest.raises(ServiceValidationError, match="Nothing is known of a possible release"):
        await act(home, "felt", felt=False)
    await home.event("release-released")
    await act(home, "felt", felt=False)
    assert home.asked("felt") == [{"release": RELEASE, "felt": False}]


async def test_what_cannot_be_meant_is_refused(home: Home) -> None:
    """No tool, one of several, something else, a muscle that is not set up, half a place."""
    await home.set_up()
    with pytest.raises(ServiceValidationError, match="There is no tool yet"):
        await act(home, "tare")
    await home.tool_online()
    with pytest.raises(ServiceValidationError, match=r"Choose one of: quadratus_lumborum, glut"):
        await act(home, "place", muscle="biceps", side="left", zone="lower")
    with pytest.raises(ServiceValidationError, match="none of the tools here"):
        await act(home, "tare", device_id=device(home, "bridge_home"))
    with pytest.raises(probatio.Invalid):
        await act(home, "place", side="left")
    with pytest.raises(probatio.Invalid):
        await act(home, "tare", zones=[0])
    other = {"tool": "attic", "serial": "0" * 16}
    await home.say("tool/attic/hello", example("tool-hello") | other)
    with pytest.raises(ServiceValidationError, match="There are several tools"):
        await act(home, "tare")


async def test_the_latest_release_outlives_a_restart(home: Home) -> None:
    """Its session knows it."""
    await home.set_up()
    await home.tool_online()
    for seq, name in enumerate(("session-started", "release-released", "session-ended"), 1):
        await home.event(name, seq=seq)
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.listening()
    await home.tool_online()
    await act(home, "felt", felt=True)
    assert home.asked("felt") == [{"release": RELEASE, "felt": True}]
