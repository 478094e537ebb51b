"""Actions of the integration."""

from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from . import coach, sessions, tools

ACTIONS = (*sessions.ACTIONS, *tools.ACTIONS, *coach.ACTIONS)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions; they are there as long as Home Assistant is."""
    for action in ACTIONS:
        hass.services.async_register(
            DOMAIN,
            action.name,
            action.handler,
            schema=action.schema,
            supports_response=action.response,
        )
