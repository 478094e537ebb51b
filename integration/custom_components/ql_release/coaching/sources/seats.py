"""Whether a person sits: by a seat, a desk's height, an active computer, any presence."""

import math
from collections.abc import Sequence
from typing import override

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_HOME,
    STATE_NOT_HOME,
    STATE_OFF,
    STATE_ON,
    UnitOfLength,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import DistanceConverter

from ...coach import Sitting
from .listening import Listening

SITS = frozenset((STATE_ON, STATE_HOME, "occupied", "active", "detected"))
SITS_NOT = frozenset((STATE_OFF, STATE_NOT_HOME, "clear", "inactive", "idle", "standby"))


class SeatReporter(Listening):
    """Watches all that tells of sitting; one that says so is enough."""

    def __init__(self, hass: HomeAssistant, seats: Sequence[str], below_cm: float) -> None:
        """Know which entities; a number among them is a desk's height."""
        super().__init__(hass, ", ".join(seats))
        self._seats = seats
        self._below_cm = below_cm
        self._told: bool | None = None

    @override
    async def async_listen(self) -> None:
        """Watch them, and begin with how they are."""
        self.until_stopped(
            async_track_state_change_event(self.hass, self._seats, self._async_on_change)
        )
        self._tell(anew=True)

    @callback
    def _async_on_change(self, _event: Event[EventStateChangedData]) -> None:
        """Tell what they say together, if it is something else."""
        self._tell()

    def _tell(self, *, anew: bool = False) -> None:
        """Tell whether they sit, if that is another answer, or what was told is long ago."""
        said = [self._sits(seat) for seat in self._seats]
        sits = True if True in said else False if False in said else None
        if anew or sits is not self._told:
            self._told = sits
            self.async_report(Sitting(sits, dt_util.utcnow()))

    def _sits(self, seat: str) -> bool | None:
        state = self.hass.states.get(seat)
        if state is None:
            return None
        if state.state in SITS:
            return True
        if state.state in SITS_NOT:
            return False
        height_cm = _height_cm(state)
        return None if height_cm is None else height_cm < self._below_cm


def _height_cm(state: State) -> float | None:
    """Return the height that a desk shows, in whatever unit; one without a unit is in cm."""
    try:
        height = float(state.state)
    except ValueError:
        return None
    if not math.isfinite(height):
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit not in DistanceConverter.VALID_UNITS:
        return height
    return DistanceConverter.convert(height, unit, UnitOfLength.CENTIMETERS)
