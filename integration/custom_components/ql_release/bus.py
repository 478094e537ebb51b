"""Events on Home Assistant's bus: what the logbook tells of, and event triggers can use.

The entities show the same, each on its own; this is the whole story of a home in one place.
"""

from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .contract.events import Event
from .coordinator import QlReleaseCoordinator
from .event import attributes

EVENT: Final = f"{DOMAIN}_event"
TYPES: Final = frozenset(("started", "ended", "released", "slip", "bone_contact", "over_pressure"))
"""What people read of; holds come by the dozen."""


@callback
def async_fire_events(hass: HomeAssistant, coordinator: QlReleaseCoordinator) -> CALLBACK_TYPE:
    """Fire what happens now and is told to people; nothing of the past."""

    @callback
    def on_event(event: Event) -> None:
        """Fire it, if it is."""
        if event.live and event.type in TYPES and coordinator.is_told(event):
            person = coordinator.people.by_id(event.person)
            shown = attributes(event, person.name if person else None)
            where = {"device_id": _device(hass, coordinator, event.tool), "tool": event.tool}
            hass.bus.async_fire(EVENT, {**where, "type": event.type, **shown})

    return coordinator.async_listen_events(on_event)


def _device(hass: HomeAssistant, coordinator: QlReleaseCoordinator, tool: str) -> str | None:
    """Return the device of a tool, if it is one by now."""
    known = coordinator.data.tools.get(tool)
    if known is None or known.hello is None:
        return None
    key = (DOMAIN, known.hello.serial)
    entry_id = coordinator.config_entry.entry_id
    device = dr.async_get(hass).async_get_device_by_identifier(key, entry_id)
    return None if device is None else device.id
