"""The same entities by Home Assistant's own MQTT discovery: what ours is compared with."""

import json
from collections import Counter
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

LIVE: dict[str, dict[str, dict[str, Any]]] = {
    "sensor": {
        "force": {"value_template": "{{ value_json.force_n }}", "unit_of_measurement": "N"},
        "share": {"value_template": "{{ value_json.force_pct }}", "unit_of_measurement": "%"},
        "phase": {"value_template": "{{ value_json.phase }}"},
        "hold": {"value_template": "{{ value_json.hold_s }}", "unit_of_measurement": "s"},
        "session": {"value_template": "{{ value_json.session_s }}", "unit_of_measurement": "s"},
        "holds": {"value_template": "{{ value_json.holds }}"},
        "releases": {"value_template": "{{ value_json.releases }}"},
        "battery": {"value_template": "{{ value_json.battery_pct }}", "unit_of_measurement": "%"},
    },
    "binary_sensor": {
        "contact": {"value_template": "{{ 'ON' if value_json.in_contact else 'OFF' }}"},
        "in_session": {"value_template": "{{ 'ON' if value_json.session else 'OFF' }}"},
        "high": {"value_template": "{{ 'ON' if value_json.over_pressure else 'OFF' }}"},
        "problem": {"value_template": "{{ 'ON' if value_json.quality != 'measuring' else 'OFF' }}"},
    },
}
"""The live values that ours shows of a state, by platform."""

PLAIN: dict[str, dict[str, Any]] = {
    "button": {"command_topic": "rival/cmd", "payload_press": "x"},
    "event": {"state_topic": "rival/event", "event_types": ["a", "b"]},
    "select": {"command_topic": "rival/cmd", "options": ["a", "b"]},
    "update": {"state_topic": "rival/update"},
    "sensor": {"state_topic": "rival/last"},
    "binary_sensor": {"state_topic": "rival/last"},
}
"""What an entity of a platform needs at least."""


def live_device() -> str:
    """Return the discovery of one device with the live values, on `rival/state`."""
    components = {
        f"{platform}_{name}": {
            "platform": platform,
            "unique_id": f"rival_{platform}_{name}",
            "name": name,
            "state_topic": "rival/state",
            **config,
        }
        for platform, named in LIVE.items()
        for name, config in named.items()
    }
    return _device("live", components)


def counted(hass: HomeAssistant, entry_id: str, key: str) -> Counter[tuple[str, bool]]:
    """Return how many entities of ours a device has: by platform, and whether shown at first."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    return Counter(
        (one.domain, one.disabled_by is None) for one in found if one.unique_id.startswith(key)
    )


def same_device(name: str, wanted: Counter[tuple[str, bool]]) -> str:
    """Return the discovery of a device with as many entities."""
    components = {
        f"{platform}_{shown}_{number}": {
            "platform": platform,
            "unique_id": f"{name}_{platform}_{shown}_{number}",
            "name": f"{platform} {shown} {number}",
            "enabled_by_default": shown,
            **PLAIN[platform],
        }
        for (platform, shown), count in wanted.items()
        for number in range(count)
    }
    return _device(name, components)


def _device(name: str, components: dict[str, Any]) -> str:
    return json.dumps(
        {
            "device": {"identifiers": [name], "name": name},
            "origin": {"name": "rival"},
            "components": components,
        }
    )
