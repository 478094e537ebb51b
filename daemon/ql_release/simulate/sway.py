"""Sway: a body's slow wandering, with much of it slow, and restless times."""

from math import exp, sqrt
from random import Random

from ql_release.simulate.scenario import Body

OCTAVE = 4.0
"""How many times slower each further wandering is; as strong as the one before, they add up to
a spectrum of about 1/f, as quiet standing has."""

MOOD_S = 12.0
"""Seconds over which a body's restlessness comes and goes."""

MUSCLE_S = 0.25
"""Seconds over which sway is smoothed: nobody jumps."""


class Wandering:
    """A value that wanders about 0 with a standard deviation of 1, and forgets.

    Args:
        tau_s: seconds after which it has forgotten two thirds.
        random: where its chance comes from.
    """

    def __init__(self, tau_s: float, random: Random) -> None:
        self._tau_s = tau_s
        self._random = random
        self._step = 0.0
        self._keep = 1.0
        self._kick = 0.0
        self.value = random.gauss(0.0, 1.0)

    def step(self, seconds: float) -> float:
        """Let so much time pass; return where it is then."""
        if seconds != self._step:
            self._step = seconds
            self._keep = exp(-seconds / self._tau_s)
            self._kick = sqrt(1.0 - self._keep * self._keep)
        self.value = self.value * self._keep + self._random.gauss(0.0, self._kick)
        return self.value


class Sway:
    """The wandering of a body's weight, step by step through time.

    Args:
        body: whose.
        random: where its chance comes from.

    Attributes:
        value: where it is, standard deviations.
    """

    def __init__(self, body: Body, random: Random) -> None:
        self._parts = [
            Wandering(body.sway_s * OCTAVE**number, random) for number in range(body.sway_octaves)
        ]
        self._scale = 1.0 / sqrt(body.sway_octaves)
        self._tail = body.sway_tail
        self._mood = Wandering(MOOD_S, random)
        self.value = sum(part.value for part in self._parts) * self._scale

    def step(self, seconds: float) -> None:
        """Let so much time pass."""
        goal = self._scale * sum(part.step(seconds) for part in self._parts)
        if self._tail:
            # Its mean square stays 1: restless times are paid for by calm ones.
            goal *= exp(self._tail * self._mood.step(seconds) - self._tail * self._tail)
        self.value += (goal - self.value) * min(1.0, seconds / MUSCLE_S)
