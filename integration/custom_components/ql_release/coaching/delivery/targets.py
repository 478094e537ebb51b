"""Where a person is told, each in its own form."""

from typing import Any, Protocol, override

from homeassistant.components import persistent_notification
from homeassistant.components.notify import DOMAIN as NOTIFY
from homeassistant.core import HomeAssistant, callback

from . import phones
from .calls import Failure, async_call, find_fault
from .message import Message

WITHIN_S = 20.0
"""s; the app's push service gives up after 10, and slow mail servers take as long again."""
GENERAL = frozenset(("notify", "send_message", "persistent_notification"))
"""Services of notify that are nobody's in particular."""


class Target(Protocol):
    """Somewhere a person is told.

    Attributes:
        name: as it was chosen.
    """

    name: str

    @property
    def is_missing(self) -> bool:
        """Whether there is no such thing now."""

    async def async_show(self, message: Message) -> Failure | None:
        """Show a message; return why it could not be."""

    async def async_clear(self, tag: str) -> Failure | None:
        """Take off what has a tag, where that can be; return why it could not be."""


class NotifyTarget:
    """Any notify service: text, and how to answer it."""

    def __init__(self, hass: HomeAssistant, name: str, service: str) -> None:
        """Tell through a service of the notify domain."""
        self.name = name
        self._hass = hass
        self._service = service

    @property
    def is_missing(self) -> bool:
        """Whether there is no such service."""
        return not self._hass.services.has_service(NOTIFY, self._service)

    async def async_show(self, message: Message) -> Failure | None:
        """Send it."""
        return await self._async_send({"title": message.title, "message": plain(message)})

    async def async_clear(self, _tag: str) -> Failure | None:
        """Leave it: what was sent by mail or messenger cannot be taken back."""
        return None

    async def _async_send(self, data: dict[str, Any]) -> Failure | None:
        return await async_call(self._hass, NOTIFY, self._service, data, WITHIN_S)


class PhoneTarget(NotifyTarget):
    """A phone with the companion app."""

    @override
    async def async_show(self, message: Message) -> Failure | None:
        """Show it with buttons, in the place of what has the same tag."""
        return await self._async_send(phones.show_data(message))

    @override
    async def async_clear(self, tag: str) -> Failure | None:
        """Take it off."""
        return await self._async_send(phones.clear_data(tag))

    @property
    def owner(self) -> str | None:
        """The user whose phone it is."""
        return phones.owner_of(self._hass, self._service)


class EntityTarget:
    """A notify entity: text, and how to answer it."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Tell through an entity."""
        self.name = entity_id
        self._hass = hass

    @property
    def is_missing(self) -> bool:
        """Whether there is no such entity."""
        return self._hass.states.get(self.name) is None

    async def async_show(self, message: Message) -> Failure | None:
        """Send it."""
        if fault := find_fault(self._hass, self.name):
            return fault
        data = {"entity_id": self.name, "title": message.title, "message": plain(message)}
        return await async_call(self._hass, NOTIFY, "send_message", data, WITHIN_S)

    async def async_clear(self, _tag: str) -> Failure | None:
        """Leave it: an entity can only send."""
        return None


class WallTarget:
    """Home Assistant's own notifications."""

    name = "persistent_notification"
    is_missing = False

    def __init__(self, hass: HomeAssistant) -> None:
        """Tell whoever opens Home Assistant."""
        self._hass = hass

    async def async_show(self, message: Message) -> Failure | None:
        """Put it up, in the place of what has the same tag."""
        persistent_notification.async_create(
            self._hass, plain(message), message.title, notification_id=message.tag
        )
        return None

    async def async_clear(self, tag: str) -> Failure | None:
        """Take it down."""
        persistent_notification.async_dismiss(self._hass, tag)
        return None


def plain(message: Message) -> str:
    """Return a message for where there are no buttons."""
    return f"{message.text}\n\n{message.why}\n\n{message.how}"


@callback
def async_reachable(hass: HomeAssistant) -> list[str]:
    """Return what somebody can be told by now: services and entities of notify."""
    services = set(hass.services.async_services_for_domain(NOTIFY)) - GENERAL
    return [*sorted(services), *sorted(hass.states.async_entity_ids(NOTIFY))]


def make_targets(hass: HomeAssistant, names: tuple[str, ...], *, wall: bool) -> list[Target]:
    """Return the targets of these names, and the wall if it is wanted; each once."""
    found: dict[str, Target] = {}
    for name in names:
        target = _make_target(hass, name)
        found.setdefault(target.name, target)
    if wall:
        found.setdefault(WallTarget.name, WallTarget(hass))
    return list(found.values())


def _make_target(hass: HomeAssistant, name: str) -> Target:
    """Return the target of a name: a service's, with or without its domain, or an entity's."""
    service = name.removeprefix(f"{NOTIFY}.")
    if service == WallTarget.name:
        return WallTarget(hass)
    if phone := phones.service_of(hass, name):
        # The app's own entity has no buttons, its service has.
        return PhoneTarget(hass, name, phone)
    if service.startswith(phones.PREFIX):
        return PhoneTarget(hass, name, service)
    if service == name or hass.services.has_service(NOTIFY, service):
        return NotifyTarget(hass, name, service)
    return EntityTarget(hass, name)
