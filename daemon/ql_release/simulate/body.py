"""Breath, sway and tremor: what a living body adds to every force."""

from math import exp, pi, sin, sqrt
from random import Random

from ql_release.simulate.scenario import Body

OVERTONE = 0.25
"""Share of the second harmonic in a breath: breathing out takes longer than breathing in."""

MUSCLE_S = 0.25
"""Seconds over which a body's changes are smoothed: nobody's breath or sway jumps."""


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
        self._phase = random.uniform(0.0, 2 * pi)
        self._tremor_phase = 0.0
        self._pace = 1.0
        self._depth = 1.0
        self.breath = 0.0
        self._wander = random.gauss(0.0, 1.0)
        self.sway = self._wander
        self.tremor = 0.0

    def step(self, seconds: float) -> None:
        """Let so much time pass."""
        body, random = self._body, self._random
        self._phase += 2 * pi * body.breath_hz * self._pace * seconds
        if self._phase > 2 * pi:
            self._phase -= 2 * pi
            self._pace = max(0.5, random.gauss(1.0, body.breath_jitter))
            self._depth = max(0.3, random.gauss(1.0, body.breath_jitter))
        wave = sin(self._phase) + OVERTONE * sin(2 * self._phase)
        follow = min(1.0, seconds / MUSCLE_S)
        self.breath += (self._depth * wave - self.breath) * follow
        keep = exp(-seconds / body.sway_s)
        self._wander = self._wander * keep + random.gauss(0.0, 1.0) * sqrt(1.0 - keep * keep)
        self.sway += (self._wander - self.sway) * follow
        self._tremor_phase += 2 * pi * body.tremor_hz * seconds * random.gauss(1.0, 0.2)
        self.tremor = sin(self._tremor_phase)
