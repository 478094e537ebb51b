"""Where a person is: in a gym, away from home."""

from datetime import datetime
from typing import override

from homeassistant.const import STATE_HOME
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event

from ...coach import Away, GymPresence
from .listening import UNKNOWN, Listening


class _Whereabouts(Listening):
    """Watches a person or device tracker."""

    def __init__(self, hass: HomeAssistant, person: str, name: str) -> None:
        """Know who."""
        super().__init__(hass, name)
        self._person = person

    @override
    async def async_listen(self) -> None:
        """Watch them, and begin with where they are."""
        self.until_stopped(
            async_track_state_change_event(self.hass, self._person, self._async_on_change)
        )
        self._take(self.hass.states.get(self._person))

    @callback
    def _async_on_change(self, event: Event[EventStateChangedData]) -> None:
        """Take where they are now."""
        self._take(event.data["new_state"])

    def _take(self, state: State | None) -> None:
        if state is not None and state.state not in UNKNOWN:
            self.async_take(state.state, state.last_changed)

    @callback
    def async_take(self, where: str, since: datetime) -> None:
        """Take where they are; each place tells its own."""
        raise NotImplementedError


class GymReporter(_Whereabouts):
    """Tells when a person comes to a gym and leaves it."""

    def __init__(self, hass: HomeAssistant, person: str, zone: str) -> None:
        """Know who, and which zone is the gym."""
        super().__init__(hass, person, zone)
        self._inside: bool | None = None

    @override
    @callback
    def async_take(self, where: str, since: datetime) -> None:
        """Tell of coming and leaving; the state of somebody in a zone is its name.

        It is told at the start, too: somebody may have left while Home Assistant was down.
        """
        zone = self.hass.states.get(self.name)
        inside = zone is not None and where == zone.name
        if inside != self._inside:
            self._inside = inside
            self.async_report(GymPresence(inside, since, self.name))


class AwayReporter(_Whereabouts):
    """Tells whether a person is away from home."""

    def __init__(self, hass: HomeAssistant, person: str) -> None:
        """Know who."""
        super().__init__(hass, person, person)

    @override
    @callback
    def async_take(self, where: str, since: datetime) -> None:
        """Tell it."""
        self.async_report(Away(where != STATE_HOME, since))
