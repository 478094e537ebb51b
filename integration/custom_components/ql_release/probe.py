"""Listening for a tool before an entry is made."""

import asyncio

from homeassistant.components import mqtt
from homeassistant.components.mqtt import ReceiveMessage
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .contract.base import ContractError, read_payload
from .contract.tool import Hello
from .contract.topics import Topics

PATIENCE_S = 5.0
"""s; a retained hello comes at once, after Home Assistant has gathered its subscriptions."""


def read_hello(payload: object) -> Hello | None:
    """Return a hello; None if it is none."""
    if isinstance(payload, str):
        payload = payload.encode()
    if not isinstance(payload, bytes):
        return None
    try:
        return read_payload(Hello, payload, dt_util.utcnow())
    except ContractError:
        return None


async def async_probe(hass: HomeAssistant, prefix: str) -> bool:
    """Return whether a tool says hello under a prefix."""
    found = asyncio.Event()

    @callback
    def on_hello(message: ReceiveMessage) -> None:
        """Look at one."""
        if read_hello(message.payload) is not None:
            found.set()

    release = await mqtt.async_subscribe(hass, Topics(prefix).hellos, on_hello, encoding=None)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await found.wait()
    except TimeoutError:
        return False
    finally:
        release()
    return True
