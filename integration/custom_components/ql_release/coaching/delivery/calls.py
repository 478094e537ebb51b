"""Actions of other integrations, called so that none can do worse than not to work."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceNotFound


class Fault(StrEnum):
    """Why somebody was not told: nothing there, no answer, an error, or no voice to speak with."""

    MISSING = "missing"
    SILENT = "silent"
    FAILED = "failed"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not work.

    Attributes:
        fault: why.
        reason: in the words of whoever failed; empty: there were none.
    """

    fault: Fault
    reason: str = ""


async def async_call(
    hass: HomeAssistant, domain: str, action: str, data: dict[str, Any], within_s: float
) -> Failure | None:
    """Call an action and wait for it, but not for ever; return why it did not work."""
    try:
        async with asyncio.timeout(within_s):
            await hass.services.async_call(domain, action, data, blocking=True)
    except ServiceNotFound:
        return Failure(Fault.MISSING)
    except TimeoutError:
        return Failure(Fault.SILENT)
    except Exception as error:  # noqa: BLE001 - a notify platform raises whatever its library does
        return Failure(Fault.FAILED, str(error) or type(error).__name__)
    return None


@callback
def find_fault(hass: HomeAssistant, entity_id: str) -> Failure | None:
    """Return why an entity can be told nothing: calls for one that is not there seem to work."""
    state = hass.states.get(entity_id)
    if state is None:
        return Failure(Fault.MISSING)
    return Failure(Fault.SILENT) if state.state == STATE_UNAVAILABLE else None
