"""Trainings that entities tell of, such as the latest activity of Strava, Garmin or Withings."""

from datetime import tzinfo
from typing import override

from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..settings import WatchedEntity
from .listening import UNKNOWN, Listening
from .trainings import Trainings


class EntityReporter(Listening):
    """Watches one entity: another state is another training."""

    def __init__(self, hass: HomeAssistant, watched: WatchedEntity, zone: tzinfo) -> None:
        """Know which entity, and its template."""
        super().__init__(hass, watched.entity_id)
        self._trainings = Trainings(self, watched.template, zone)

    @override
    async def async_listen(self) -> None:
        """Watch the entity."""
        self.until_stopped(
            async_track_state_change_event(self.hass, self.name, self._async_on_change)
        )

    @callback
    def _async_on_change(self, event: Event[EventStateChangedData]) -> None:
        """Report what it shows now, if it has shown something else before."""
        before, after = event.data["old_state"], event.data["new_state"]
        if before is None or after is None or after.state in UNKNOWN:
            return
        if before.state == after.state and before.attributes == after.attributes:
            return
        found = self._trainings.take(_data(after), after.last_updated, state=after)
        if found is not None:
            self.async_report(found)


def _data(state: State) -> dict[str, object]:
    """Return what an entity shows; one that shows nothing but a time shows an end."""
    data = dict(state.attributes)
    if dt_util.parse_datetime(state.state) is not None:
        data.setdefault("end_time", state.state)
    return data
