"""Waiting for bridges to withdraw what they offer by MQTT discovery.

While this integration says that it is there, bridges withdraw the entities that they offer
without it. Until they have, ours would get other entity ids beside them.
"""

import asyncio

from homeassistant.components.mqtt import ReceiveMessage
from homeassistant.core import callback

PATIENCE_S = 5.0
"""s; a bridge withdraws within a second, or is set to offer them always."""


def tool_device(serial: str) -> str:
    """Return what names a tool to MQTT discovery."""
    return f"ql_release_{serial}"


class Handover:
    """Knows which devices stand at the discovery topics."""

    def __init__(self) -> None:
        """Begin with none."""
        self._standing: set[str] = set()
        self._withdrawn: dict[str, asyncio.Event] = {}

    @callback
    def async_message(self, message: ReceiveMessage) -> None:
        """Take note of a discovery message."""
        *_, device, _ = message.topic.split("/")
        if message.payload:
            self._standing.add(device)
            return
        self._standing.discard(device)
        if waiting := self._withdrawn.get(device):
            waiting.set()

    async def async_wait(self, device: str) -> None:
        """Return once a device does not stand there, or has stood there for too long."""
        if device not in self._standing:
            return
        withdrawn = self._withdrawn.setdefault(device, asyncio.Event())
        try:
            async with asyncio.timeout(PATIENCE_S):
                await withdrawn.wait()
        except TimeoutError:
            return
        finally:
            self._withdrawn.pop(device, None)
