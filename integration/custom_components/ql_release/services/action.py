"""What an action is, and whom it is for."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import probatio
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..contract.base import EARLIEST
from ..coordinator import QlReleaseCoordinator, all_loaded
from ..household import Tool
from ..people import Person

FOR_ONE: Final[Mapping[probatio.Marker, Any]] = {probatio.Optional(ATTR_DEVICE_ID): cv.string}
"""The field of an action that is for a person or a tool; without it, it is for the only one."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action."""

    name: str
    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    schema: probatio.Schema
    response: SupportsResponse = SupportsResponse.NONE


def person_of(call: ServiceCall) -> tuple[QlReleaseCoordinator, Person]:
    """Return for whom a call is.

    Raises:
        ServiceValidationError: when it names nobody who is known, or nobody while there are
            several.

    """
    everyone = [
        (coordinator, person)
        for coordinator in all_loaded(call.hass)
        for person in coordinator.people.all()
    ]
    return _chosen(call, [(found, found[1].key) for found in everyone], "person")


def tool_of(call: ServiceCall) -> tuple[QlReleaseCoordinator, Tool]:
    """Return for which tool a call is.

    Raises:
        ServiceValidationError: when it names none that is known, or none while there are
            several.

    """
    everything = [
        ((coordinator, tool), hello.serial)
        for coordinator in all_loaded(call.hass)
        for hello, tool in coordinator.data.devices()
    ]
    return _chosen(call, everything, "tool")


def _chosen[T](call: ServiceCall, candidates: list[tuple[T, str]], what: str) -> T:
    """Return the candidate whose device the call names, or the only one."""
    device_id = call.data.get(ATTR_DEVICE_ID)
    if device_id is None:
        if len(candidates) != 1:
            raise refusal(f"name_a_{what}" if candidates else f"no_{what}")
        return candidates[0][0]
    device = dr.async_get(call.hass).async_get(device_id)
    keys = {key for _, key in device.identifiers} if device else set()
    for found, key in candidates:
        if key in keys:
            return found
    raise refusal(f"unknown_{what}")


def moment_of(call: ServiceCall, name: str) -> datetime | None:
    """Return a time of a call in UTC; one without a zone is of the home. None: it names none.

    Raises:
        ServiceValidationError: when it is from before there were tools, which no calendar can show.

    """
    given: datetime | None = call.data.get(name)
    if given is None:
        return None
    if given.year < EARLIEST.year:
        raise refusal("too_long_ago", year=str(EARLIEST.year))
    return dt_util.as_utc(given)


def refusal(key: str, **words: str) -> ServiceValidationError:
    """Return the error of a key, for people."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=words
    )
