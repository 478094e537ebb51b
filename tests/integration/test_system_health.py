"""What a report of a fault begins with."""

from contract_files import example
from home import Home
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info


async def test_how_things_stand(home: Home) -> None:
    """Without anything, with a bridge that is not known well yet, and with all."""
    assert await async_setup_component(home.hass, "system_health", {})
    await home.settle()
    await home.set_up()
    await home.settle()
    assert await get_system_health_info(home.hass, "ql_release") == {
        "broker_connected": True,
        "bridges": "-",
        "tools_available": "0 / 0",
        "events_unsent": 0,
        "sessions_kept": 0,
    }
    await home.tool_online()
    await home.say("bridge/attic/status", "offline")
    health = example("bridge-health") | {"outbox_depth": 3}
    await home.say("bridge/home/health", health)
    found = await get_system_health_info(home.hass, "ql_release")
    assert found["bridges"] == "home 0.1.0 (online), attic ? (offline)"
    assert (found["tools_available"], found["events_unsent"]) == ("1 / 1", 3)
