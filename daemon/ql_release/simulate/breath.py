"""Breathing: no two breaths alike, in faster than out, with a rest between them."""

from random import Random

from ql_release.simulate.scenario import Body
from ql_release.simulate.shapes import smooth

SLOWEST = 0.5
"""Pace of the slowest breath, share of the usual one."""

SHALLOWEST = 0.3
"""Depth of the shallowest breath, share of the usual one."""

PAUSE_S = (2.0, 6.0)
"""Seconds for which a breath may be held, shortest and longest."""

SKEW = 0.7
"""Power that bends breathing out: fast at first, then slowly to its end."""


class Breath:
    """The swing of a body's breath, step by step through time.

    Args:
        body: whose.
        random: where its chance comes from.

    Attributes:
        swing: -1 breathed out, about 1 breathed in.
    """

    def __init__(self, body: Body, random: Random) -> None:
        self._body = body
        self._random = random
        self._phase = random.random()
        self._pause_s = 0.0
        self._depth = 1.0
        self._pace = body.breath_hz
        self.swing = self._depth * self._wave() - 1.0

    def step(self, seconds: float) -> None:
        """Let so much time pass."""
        if self._pause_s > 0.0:
            self._pause_s -= seconds
            return
        self._phase += self._pace * seconds
        if self._phase >= 1.0:
            self._next()
        self.swing = self._depth * self._wave() - 1.0

    def _next(self) -> None:
        """Begin the next breath, after a pause or at once."""
        body, random = self._body, self._random
        self._phase = 0.0
        self._pace = body.breath_hz * max(SLOWEST, random.gauss(1.0, body.breath_jitter))
        self._depth = max(SHALLOWEST, random.gauss(1.0, body.breath_jitter))
        if random.random() < body.breath_held:
            self._pause_s = random.uniform(*PAUSE_S)

    def _wave(self) -> float:
        """Return 0 to 2: how full the lungs are at this part of a breath."""
        body = self._body
        active = 1.0 - body.breath_rest
        into = body.breath_in * active
        if self._phase < into:
            return 2.0 * smooth(self._phase / into)
        if self._phase >= active:
            return 0.0
        out = (self._phase - into) / (active - into)
        return 2.0 - 2.0 * smooth(float(out**SKEW))
