"""Our own entities among those that an automation names."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def async_ours(hass: HomeAssistant, entities: Iterable[str], key: str) -> set[str]:
    """Return those that this integration has made for a translation key.

    An automation may name an area or a label, which hold entities of others, too.
    """
    registry = er.async_get(hass)
    found = ((one, registry.async_get(one)) for one in entities)
    return {
        one
        for one, entry in found
        if entry is not None and entry.platform == DOMAIN and entry.translation_key == key
    }
