"""What an action is, and whom it is for."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

import probatio
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..coordinator import QlReleaseCoordinator
from ..people import Person

FOR_PERSON: Final[Mapping[probatio.Marker, Any]] = {probatio.Optional(ATTR_DEVICE_ID): cv.string}
"""The field of an action that is for a person; without it, it is for the only one."""


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
        (entry.runtime_data, person)
        for entry in call.hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
        for person in entry.runtime_data.people.all()
    ]
    device_id = call.data.get(ATTR_DEVICE_ID)
    if device_id is None:
        if len(everyone) != 1:
            raise refusal("name_a_person" if everyone else "no_person")
        return everyone[0]
    device = dr.async_get(call.hass).async_get(device_id)
    keys = {key for _, key in device.identifiers} if device else set()
    for coordinator, person in everyone:
        if person.key in keys:
            return coordinator, person
    raise refusal("unknown_person")


def refusal(key: str, **words: str) -> ServiceValidationError:
    """Return the error of a key, for people."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=words
    )
