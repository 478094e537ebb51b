"""Home Assistant's own judgement on discovery; a program for the Python that it runs under.

Reads a JSON object from standard input: `configs`, discovery payloads by name, and `renders`, a
list of templates to be filled: [config, component, template's key, payload, `this.state`]. Prints
a JSON object: `configs`, for each the components as Home Assistant understands them, and
`rendered`, the texts in the order asked for. Ends with an error where Home Assistant refuses
something.
"""

import asyncio
import importlib
import json
import sys
import tempfile
from typing import Any

from homeassistant.components.mqtt.discovery import (
    MQTTDiscoveryPayload,
    _merge_common_device_options,
    _parse_device_payload,
)
from homeassistant.components.mqtt.models import MqttCommandTemplate, MqttValueTemplate
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template


def understood(hass: HomeAssistant, name: str, payload: str) -> dict[str, dict[str, Any]]:
    """Return a device's components as their platforms' schemas understand them."""
    device = _parse_device_payload(hass, payload, name, None)
    if not device:
        raise SystemExit(f"{name}: Home Assistant refuses the device")
    return {key: component(device, fields) for key, fields in device["components"].items()}


def component(device: MQTTDiscoveryPayload, fields: dict[str, Any]) -> dict[str, Any]:
    """Return one component as its platform's schema understands it, with what was ignored."""
    platform = fields.pop("platform")
    given = MQTTDiscoveryPayload(fields)
    _merge_common_device_options(given, device)
    module = importlib.import_module(f"homeassistant.components.mqtt.{platform}")
    known = module.DISCOVERY_SCHEMA(dict(given))
    return {"platform": platform, "known": known, "ignored": sorted(given.keys() - known.keys())}


def rendered(known: dict[str, Any], key: str, payload: str, this: str) -> str:
    """Return a template of a component, filled."""
    if key == "command_template":
        return str(MqttCommandTemplate(known[key]).async_render(payload))
    template = known[key]
    if key == "availability":
        template = known[key][1]["value_template"]
    filled = MqttValueTemplate(template).async_render_with_possible_json_value(
        payload, variables={"this": {"state": this}}
    )
    return str(filled)


def as_json(value: Any) -> Any:
    """Return what JSON cannot write, as text."""
    return value.template if isinstance(value, Template) else str(value)


async def judge(asked: dict[str, Any], folder: str) -> dict[str, Any]:
    """Return the judgement on all that was asked."""
    hass = HomeAssistant(folder)
    configs = {name: understood(hass, name, text) for name, text in asked["configs"].items()}
    texts = [
        rendered(configs[name][key]["known"], template, payload, this)
        for name, key, template, payload, this in asked["renders"]
    ]
    await hass.async_stop(force=True)
    return {"configs": configs, "rendered": texts}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        judgement = asyncio.run(judge(json.load(sys.stdin), made))
        sys.stdout.write(json.dumps(judgement, default=as_json))
