"""Phones with the companion app: notifications with buttons, that replace and clear themselves."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

from ...const import DOMAIN
from .message import Message

MOBILE_APP = "mobile_app"
PREFIX = f"{MOBILE_APP}_"
"""Notify services of the app are called after the device."""
CONF_DEVICE_NAME = "device_name"
CONF_USER_ID = "user_id"
CLEAR = "clear_notification"
"""The message that has the app take off what has a tag."""
NUDGE_STANDS_S = 3600
"""s; a nudge of an hour ago asks for nothing."""


def show_data(message: Message) -> dict[str, Any]:
    """Return the call that shows a message; each platform leaves aside what it does not know."""
    data: dict[str, Any] = {
        "tag": message.tag,
        "group": DOMAIN,
        "actions": [{"action": button.id, "title": button.title} for button in message.buttons],
        # Android: a channel is what its owner makes louder or mutes.
        "channel": message.channel,
        "importance": "default" if message.nudge else "high",
        "notification_icon": "mdi:human-handsup" if message.nudge else "mdi:timer-outline",
        # Without these two a phone that sleeps is told when it wakes.
        "ttl": 0,
        "priority": "high",
        # iOS: as any message, and never through a focus that its owner has set.
        "push": {"interruption-level": "active"},
    }
    if message.nudge:
        data["timeout"] = NUDGE_STANDS_S
    return {"title": message.title, "message": f"{message.text}\n{message.why}", "data": data}


def clear_data(tag: str) -> dict[str, Any]:
    """Return the call that takes a message off."""
    return {"message": CLEAR, "data": {"tag": tag}}


@callback
def service_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the notify service of the phone that an entity belongs to; None: it is no phone's."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.platform != MOBILE_APP or entity.config_entry_id is None:
        return None
    entry = hass.config_entries.async_get_entry(entity.config_entry_id)
    return None if entry is None else _service(entry)


@callback
def owner_of(hass: HomeAssistant, service: str) -> str | None:
    """Return the id of the user whose phone a notify service reaches; None: nobody knows."""
    for entry in hass.config_entries.async_entries(MOBILE_APP):
        if _service(entry) == service:
            user: str | None = entry.data.get(CONF_USER_ID)
            return user
    return None


def _service(entry: ConfigEntry) -> str:
    return slugify(f"{PREFIX}{entry.data.get(CONF_DEVICE_NAME)}")
