"""What Home Assistant's MQTT discovery is told of a bridge and of a tool: two kinds of devices.

Only the payloads are here; when they are published is the announcer's business, which imports
this module when there is something to publish. Names are English: Home Assistant translates none
that come by MQTT.
"""

import json
from collections.abc import Iterator
from typing import Any

from ql_release import __version__
from ql_release.mqtt.topics import Topics, bridge_device, tool_device
from ql_release.payloads.tool import Hello

SUPPORT_URL = "https://github.com/ql-release/ql-release"
NOTIFY_FROM = 0.5
"""Confidence from which people are told of a release (docs/mqtt.md)."""
NOT_SET = "Not set"
"""The option that stands for no placement."""

ORIGIN = {"name": "QL Release", "sw_version": __version__, "support_url": SUPPORT_URL}
DIAGNOSTIC = {"entity_category": "diagnostic"}
SECONDS = {"device_class": "duration", "unit_of_measurement": "s"}
LIVE = {"state_class": "measurement"}
COUNT = {"state_class": "total_increasing"}
"""The state's counts begin again at 0 with each session."""

Component = dict[str, Any]
Named = tuple[str, Component]
"""A component under the key that makes its unique id: a key once published never changes."""

IS_RELEASE = f"value_json.type == 'released' and value_json.confidence >= {NOTIFY_FROM}"
LAST_RELEASE = (
    f"{{{{ value_json.at if {IS_RELEASE}"
    " else this.state if this.state not in ('unknown', 'unavailable') else 'None' }}"
)
"""The onset of the last release that people are told of; anything else leaves it as it is."""
NEW_RELEASE = (
    f"{{% if value_json.live and {IS_RELEASE} %}}"
    "{{ {'event_type': 'released', 'confidence': value_json.confidence, "
    "'drop_pct': value_json.drop_pct} | to_json }}{% endif %}"
)
"""Automations act on what happens now; an event that comes late is none for them."""
PLACEMENT = (
    "{% set p = value_json.placement %}"
    f"{{{{ '{NOT_SET}' if p is none else (p.muscle | replace('_', ' ') | capitalize)"
    " ~ ', ' ~ p.side ~ ', ' ~ p.zone }}"
)
PLACE = (
    "{% set p = value.split(', ') %}"
    '"placement": {{ (none if p | count < 3 else {"muscle": p[0] | lower | replace(" ", "_"), '
    '"side": p[1], "zone": p[2]}) | to_json }}'
)


def bridge_config(topics: Topics) -> bytes:
    """Return the configuration that makes a bridge a device."""
    status = {"topic": topics.bridge_status}
    health = {"state_topic": topics.bridge_health, "availability": [status], **DIAGNOSTIC}
    components: list[Named] = [
        (
            "connection",
            {
                **_binary("Connection", "connectivity"),
                "state_topic": topics.bridge_status,
                "payload_on": "online",
                "payload_off": "offline",
                **DIAGNOSTIC,
            },
        ),
        ("problem", {**_problem(topics), **health}),
        ("unsent", {**_sensor("Unsent events", "outbox_depth"), **LIVE, **health}),
        ("memory", {**_sensor("Memory", "rss_bytes"), **_bytes(), **LIVE, **health}),
    ]
    own = bridge_device(topics.bridge)
    device = {
        "identifiers": [own],
        "name": f"QL Release bridge {topics.bridge}",
        "manufacturer": "QL Release",
        "model": "Bridge",
        "sw_version": __version__,
    }
    return _config(own, device, components)


def tool_config(topics: Topics, hello: Hello) -> bytes:
    """Return the configuration that makes a tool a device.

    Args:
        topics: the topics of its bridge.
        hello: who it is and what it can do; it decides which entities there are.
    """
    own = tool_device(hello.serial)
    device = {
        "identifiers": [own],
        "name": f"QL Release {hello.tool}",
        "manufacturer": "QL Release",
        "model": hello.model,
        "serial_number": hello.serial,
        "sw_version": hello.firmware,
        "hw_version": str(hello.hardware),
        "via_device": bridge_device(topics.bridge),
    }
    components = [
        *_live(topics.state(hello.tool), hello),
        *_releases(topics.event(hello.tool, "release")),
        *_last_session(topics.session_last(hello.tool)),
        *_controls(topics, hello),
    ]
    available = [
        {"topic": topics.bridge_status},
        {"topic": topics.availability(hello.tool), "value_template": _value("state")},
    ]
    return _config(own, device, components, availability=available, availability_mode="all")


def _config(own: str, device: Component, components: list[Named], **shared: Any) -> bytes:
    """Return a device's configuration as published."""
    named = {key: {**fields, "unique_id": f"{own}_{key}"} for key, fields in components}
    config = {"device": device, "origin": ORIGIN, "qos": 1, **shared, "components": named}
    return json.dumps(config, ensure_ascii=False, separators=(",", ":")).encode()


def _live(topic: str, hello: Hello) -> Iterator[Named]:
    """Yield what the live state shows."""
    for key, fields in (*_forces(hello), *_session()):
        yield key, {**fields, "state_topic": topic}
    battery = _sensor("Battery", "battery_pct", device_class="battery", unit_of_measurement="%")
    yield "battery", {**battery, **LIVE, **DIAGNOSTIC, "state_topic": topic}


def _forces(hello: Hello) -> Iterator[Named]:
    """Yield what only a tool that measures newtons has."""
    if "load_cell" not in hello.zones:
        return
    rounded = {"suggested_display_precision": 0, **LIVE}
    yield "force", {**_sensor("Force", "force_n", unit_of_measurement="N"), **rounded}
    share = _sensor("Share of threshold", "force_pct", unit_of_measurement="%")
    yield "force_pct", {**share, **rounded}
    if hello.contact_area_cm2 is not None:
        pressure = _sensor("Pressure", "kpa", device_class="pressure", unit_of_measurement="kPa")
        yield "pressure", {**pressure, **rounded}
    yield "over_pressure", _binary("High pressure", "problem", "over_pressure")


def _session() -> Iterator[Named]:
    """Yield what goes on now."""
    yield "in_contact", _binary("In contact", "occupancy", "in_contact")
    yield "in_session", _binary("In session", "running", "session is not none")
    phases = ["idle", "contact", "hold"]
    yield "phase", _sensor("Phase", "phase", device_class="enum", options=phases)
    yield "hold_time", {**_sensor("Hold time", "hold_s"), **SECONDS, **LIVE}
    yield "session_time", {**_sensor("Session time", "session_s"), **SECONDS, **LIVE}
    yield "holds", {**_sensor("Holds", "holds"), **COUNT}
    yield "releases", {**_sensor("Possible releases", "releases"), **COUNT}


def _releases(topic: str) -> Iterator[Named]:
    """Yield the last release, and the event that automations act on."""
    last = {"platform": "sensor", "name": "Last possible release", "device_class": "timestamp"}
    yield "last_release", {**last, "state_topic": topic, "value_template": LAST_RELEASE}
    event = {"platform": "event", "name": "Possible release", "event_types": ["released"]}
    yield "release", {**event, "state_topic": topic, "value_template": NEW_RELEASE}


def _last_session(topic: str) -> Iterator[Named]:
    """Yield what the last finished session came to."""
    figures = (
        ("ended", _sensor("ended", "ended_at", device_class="timestamp")),
        ("duration", {**_sensor("duration", "duration_s"), **SECONDS}),
        ("hold_time", {**_sensor("hold time", "hold_s"), **SECONDS}),
        ("holds", _sensor("holds", "holds")),
        ("releases", _sensor("possible releases", "releases")),
        ("peak_force", _sensor("peak force", "peak_force_n", unit_of_measurement="N")),
    )
    for key, fields in figures:
        name = f"Last session {fields['name']}"
        yield f"last_session_{key}", {**fields, "name": name, "state_topic": topic}


def _controls(topics: Topics, hello: Hello) -> Iterator[Named]:
    """Yield what the tool can be asked, of what it takes."""
    topic = topics.command(hello.tool)
    buttons: tuple[tuple[str, Component], ...] = (
        ("tare", {"name": "Tare", "entity_category": "config"}),
        ("start", {"name": "Start measuring"}),
        ("stop", {"name": "End session"}),
        ("identify", {"name": "Identify", "device_class": "identify", **DIAGNOSTIC}),
    )
    for op, fields in buttons:
        if op in hello.ops:
            asked = {"command_topic": topic, "command_template": _command(op)}
            yield op, {"platform": "button", **fields, **asked}
    if "place" in hello.ops:
        yield "placement", _placement(topics, hello)


def _placement(topics: Topics, hello: Hello) -> Component:
    """Return the choice of what is being worked on."""
    spots = [
        f"{muscle.replace('_', ' ').capitalize()}, {side}, {zone}"
        for muscle in hello.muscles
        for side in ("left", "right")
        for zone in ("upper", "middle", "lower")
    ]
    return {
        "platform": "select",
        "name": "Placement",
        "options": [NOT_SET, *spots],
        "state_topic": topics.state(hello.tool),
        "value_template": PLACEMENT,
        "command_topic": topics.command(hello.tool),
        "command_template": _command("place", f", {PLACE}"),
    }


def _command(op: str, more: str = "") -> str:
    """Return the template of a command: new each time, and dated by Home Assistant's clock."""
    return (
        f'{{"v": 1, "id": "ha-{op}-{{{{ (utcnow().timestamp() * 1000) | int }}}}", '
        f'"sent": "{{{{ utcnow().isoformat() }}}}", "op": "{op}"{more}}}'
    )


def _sensor(name: str, field: str, **more: Any) -> Component:
    return {"platform": "sensor", "name": name, "value_template": _value(field), **more}


def _binary(name: str, device_class: str, condition: str | None = None) -> Component:
    fields = {"platform": "binary_sensor", "name": name, "device_class": device_class}
    if condition is None:
        return fields
    return fields | {"value_template": f"{{{{ 'ON' if value_json.{condition} else 'OFF' }}}}"}


def _problem(topics: Topics) -> Component:
    """Return what needs attention, each in a sentence as an attribute."""
    return {
        **_binary("Problem", "problem", "problems"),
        "json_attributes_topic": topics.bridge_health,
        "json_attributes_template": "{{ {'problems': value_json.problems} | to_json }}",
    }


def _bytes() -> Component:
    return {"device_class": "data_size", "unit_of_measurement": "B"}


def _value(field: str) -> str:
    return f"{{{{ value_json.{field} }}}}"
