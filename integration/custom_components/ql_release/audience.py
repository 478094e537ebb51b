"""Who is told of what: entities of their device, platforms of other devices, anybody of events."""

from collections import defaultdict
from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, callback

from .contract.events import Event

type EventCallback = Callable[[Event], None]


class Audience:
    """Listeners, told at once and in the order in which they came.

    Those who show a device are told of that one alone: a message of one tool costs the entities
    of the others nothing.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self._by_device: defaultdict[str, list[CALLBACK_TYPE]] = defaultdict(list)
        self._on_devices: list[CALLBACK_TYPE] = []
        self._on_events: list[EventCallback] = []

    @callback
    def async_listen(self, key: str, update: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Be told of news of the device of a key."""
        return _joined(self._by_device[key], update)

    @callback
    def async_listen_devices(self, on_devices: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Be told whenever there may be other devices, or devices with other abilities."""
        return _joined(self._on_devices, on_devices)

    @callback
    def async_listen_events(self, on_event: EventCallback) -> CALLBACK_TYPE:
        """Be told of every event."""
        return _joined(self._on_events, on_event)

    @callback
    def async_tell(self, key: str) -> None:
        """Tell those who show a device."""
        for update in list(self._by_device.get(key, ())):
            update()

    @callback
    def async_devices_changed(self) -> None:
        """Tell that there may be other devices."""
        for on_devices in list(self._on_devices):
            on_devices()

    @callback
    def async_event(self, event: Event) -> None:
        """Tell of an event."""
        for on_event in list(self._on_events):
            on_event(event)


def _joined[T](listeners: list[T], listener: T) -> CALLBACK_TYPE:
    """Add a listener; return what takes it out again."""
    listeners.append(listener)
    return lambda: listeners.remove(listener)
