"""Diagnostics for QL Release.

What may be told is listed here, rather than what may not: people, their forces and their sessions
are nobody's business, and whatever is added elsewhere stays out until it is added here.
"""

from dataclasses import asdict
from typing import Any

from homeassistant.core import HomeAssistant

from .coaching.settings import delivery_settings, has_plan
from .const import CONF_PREFIX, CONF_SAFETY_READ_ON
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .household import Bridge, Tool

HELLO = (
    "contract",
    "bridge",
    "model",
    "firmware",
    "hardware",
    "zones",
    "imu",
    "max_hz",
    "calibration_id",
    "muscles",
    "ops",
)
STATE = ("at", "phase", "quality", "battery_pct", "rate_hz", "rssi_dbm")
HEALTH = (
    "at",
    "version",
    "contract",
    "uptime_s",
    "outbox_depth",
    "oldest_unsent_at",
    "rss_bytes",
    "time_known",
)
LINK = ("kind", "state")
"""Without its label: that is an address or a serial number."""


async def async_get_config_entry_diagnostics(
    _hass: HomeAssistant, entry: QlReleaseConfigEntry
) -> dict[str, Any]:
    """Return what helps to find a fault, and tells nothing of people."""
    coordinator = entry.runtime_data
    home = coordinator.data
    return {
        "entry": {
            CONF_PREFIX: entry.data[CONF_PREFIX],
            CONF_SAFETY_READ_ON: entry.data.get(CONF_SAFETY_READ_ON),
            "options": dict(entry.options),
        },
        "connected": coordinator.connected,
        "bridges": {one.id: _bridge(one, coordinator) for one in home.bridges.values()},
        "tools": [
            _tool(tool) | {"available": home.is_available(tool)} for tool in home.tools.values()
        ],
        "people": _people(entry),
        "sessions_kept": len(coordinator.store.sessions),
    }


def _bridge(bridge: Bridge, coordinator: QlReleaseCoordinator) -> dict[str, Any]:
    """Tell how a bridge is, and how far its journal was applied."""
    cursor = coordinator.store.cursors.get(bridge.id)
    health = bridge.health
    return {
        "online": bridge.online,
        "cursor": None if cursor is None else {"epoch": cursor.epoch, "seq": cursor.seq},
        "health": None if health is None else _some(health, HEALTH),
        "links": [] if health is None else [_some(link, LINK) for link in health.links],
        "rates": [] if health is None else [asdict(tool) for tool in health.tools.values()],
    }


def _tool(tool: Tool) -> dict[str, Any]:
    """Tell what a tool is and whether it measures; not what it measured."""
    return {
        "heard": tool.heard,
        "hello": None if tool.hello is None else _some(tool.hello, HELLO),
        "state": None if tool.state is None else _some(tool.state, STATE),
        "has_last_session": tool.last_session is not None,
    }


def _people(entry: QlReleaseConfigEntry) -> list[dict[str, Any]]:
    """Tell what is set of each person, by no name and no figure."""
    return [
        {
            "threshold_known": person.profile.threshold_n is not None,
            "body_mass_known": person.profile.body_mass_kg is not None,
            "has_plan": has_plan(entry.subentries[person.subentry_id]),
            "targets": len(delivery_settings(entry.subentries[person.subentry_id]).targets),
        }
        for person in entry.runtime_data.people.all()
    ]


def _some(found: object, names: tuple[str, ...]) -> dict[str, Any]:
    """Return some fields of a record."""
    return {name: getattr(found, name) for name in names}
