"""Trainings that events tell of, such as those of Hevy."""

from datetime import tzinfo
from typing import override

from homeassistant.core import Event, HomeAssistant, callback

from ..settings import WatchedEvent
from .listening import Listening
from .trainings import Trainings


class EventReporter(Listening):
    """Listens to one type of event."""

    def __init__(self, hass: HomeAssistant, watched: WatchedEvent, zone: tzinfo) -> None:
        """Know which event, and its template."""
        super().__init__(hass, f"event {watched.event_type}")
        self._type = watched.event_type
        self._trainings = Trainings(self, watched.template, zone)

    @override
    async def async_listen(self) -> None:
        """Listen to the event."""
        self.until_stopped(self.hass.bus.async_listen(self._type, self._async_on_event))

    @callback
    def _async_on_event(self, event: Event) -> None:
        """Report what it says."""
        found = self._trainings.take(event.data, event.time_fired, event=event)
        if found is not None:
            self.async_report(found)
