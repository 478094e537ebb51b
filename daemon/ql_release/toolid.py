"""The id of a tool on MQTT, as far as the tool itself decides it."""

import re

ID = re.compile(r"[a-z0-9_-]{1,32}", re.ASCII)
"""Ids are one level of a topic (docs/mqtt.md)."""
SERIAL_DIGITS = 6
"""Hex digits of the serial number in a made-up id: 1 in 16 million to meet its like."""


def id_from(serial: bytes, name: str) -> str:
    """Return a tool's own name if it can be an id, else one made from its serial number."""
    return name if ID.fullmatch(name) else f"tool-{serial.hex()[-SERIAL_DIGITS:]}"
