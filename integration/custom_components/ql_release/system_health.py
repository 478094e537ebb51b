"""System health of QL Release: what a report of a fault should begin with."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .coordinator import all_loaded
from .household import Bridge


@callback
def async_register(_hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what is told."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return how things stand, all entries together."""
    coordinators = all_loaded(hass)
    bridges = [bridge for one in coordinators for bridge in one.data.bridges.values()]
    tools = [one.data.is_available(tool) for one in coordinators for _, tool in one.data.devices()]
    return {
        "broker_connected": bool(coordinators) and all(one.connected for one in coordinators),
        "bridges": ", ".join(_bridge(bridge) for bridge in bridges) or "-",
        "tools_available": f"{sum(tools)} / {len(tools)}",
        "events_unsent": sum(bridge.health.outbox_depth for bridge in bridges if bridge.health),
        "sessions_kept": sum(len(one.sessions.all()) for one in coordinators),
    }


def _bridge(bridge: Bridge) -> str:
    version = bridge.health.version if bridge.health else "?"
    return f"{bridge.id} {version} ({'online' if bridge.online else 'offline'})"
