"""Breath, sway and tremor: what a living body adds to every force."""

from math import pi, sin
from random import Random

from ql_release.simulate.breath import Breath
from ql_release.simulate.scenario import Body
from ql_release.simulate.sway import Sway

STEP_S = 0.02
"""Seconds between two looks at breath and sway; between them they go straight: nothing in them
is faster than a quarter of a second."""

TREMOR_WANDER = 0.2
"""How unsteady a tremor's frequency is, share of it from sample to sample."""


class Life:
    """A body's restlessness, step by step through time.

    Args:
        body: whose.
        random: where its chance comes from.

    Attributes:
        breath: the present swing of the breath, about -1 to 1.
        sway: the present wandering, in standard deviations.
        tremor: the present swing of the tremor, about -1 to 1.
    """

    def __init__(self, body: Body, random: Random) -> None:
        self._body = body
        self._random = random
        self._breath = Breath(body, random)
        self._sway = Sway(body, random)
        self._behind = 0.0
        self._tremor_phase = 0.0
        self._breath_pace = self._sway_pace = 0.0
        self.breath = self._breath.swing
        self.sway = self._sway.value
        self.tremor = 0.0

    def step(self, seconds: float) -> None:
        """Let so much time pass."""
        if self._behind < seconds:
            self._look(max(STEP_S, seconds))
        self._behind -= seconds
        self.breath += self._breath_pace * seconds
        self.sway += self._sway_pace * seconds
        if self._body.tremor:
            pace = self._random.gauss(1.0, TREMOR_WANDER)
            self._tremor_phase += 2 * pi * self._body.tremor_hz * seconds * pace
            self.tremor = sin(self._tremor_phase)

    def _look(self, ahead: float) -> None:
        """Find out where breath and sway will be, and go there."""
        self._breath.step(ahead)
        self._sway.step(ahead)
        self._behind += ahead
        self._breath_pace = (self._breath.swing - self.breath) / self._behind
        self._sway_pace = (self._sway.value - self.sway) / self._behind
