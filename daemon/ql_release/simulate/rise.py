"""A load that comes on tissue, and how it relaxes: Boltzmann's superposition."""

from collections.abc import Callable
from math import exp

from ql_release.simulate.shapes import smooth
from ql_release.simulate.tissue import Tissue

STEPS = 24
"""Steps into which a rise of load is cut: its relaxation is the sum of theirs."""

LUMP_AFTER = 8.0
"""Durations of a rise after which its steps are told apart no more: their ages then differ
by too little to matter (under 0.1 % of the force)."""

KNOT_S = 0.01
"""Seconds between two exact values while the load comes; the force goes straight between."""

KNOT_SHARE = 0.05
"""The same as a share of the time since it is all there: old loads change slowly."""


class Rise:
    """A load that grows over some time, each part of it relaxing since it came.

    Args:
        tissue: what it comes on.
        at: when it begins, seconds.
        lasts: seconds until it is there.
        height: newtons.
        bend: how much the tissue stiffens under it; 0 for a linear spring.
    """

    def __init__(self, tissue: Tissue, at: float, lasts: float, height: float, bend: float) -> None:
        self._left: Callable[[float], float] = tissue.left
        self._at = at
        self._lasts = lasts
        self._height = height
        self._steps = self._cut(bend)
        self._centre = sum(t * part for t, part in self._steps) / height
        self._from = self._to = at
        self._first = self._last = self._pace = 0.0

    def _cut(self, bend: float) -> list[tuple[float, float]]:
        """Return (time, part of the force) of each step; a bend above 0 stiffens."""
        steps = []
        before = 0.0
        for number in range(1, STEPS + 1):
            depth = smooth(number / STEPS)
            force = (exp(bend * depth) - 1.0) / (exp(bend) - 1.0) if bend else depth
            steps.append((self._at + self._lasts * number / STEPS, self._height * (force - before)))
            before = force
        return steps

    def force(self, t: float) -> float:
        """Return what is left of the load at a time, newtons."""
        if t <= self._at:
            return 0.0
        if not self._from <= t <= self._to:
            self._look(t)
        return self._first + self._pace * (t - self._from)

    def _look(self, t: float) -> None:
        """Find the exact force at the knots around a time."""
        if t < self._from:
            self._from = self._to = self._at
            self._last = 0.0
        while self._to < t:
            self._from, self._first = self._to, self._last
            rested = self._from - self._at - self._lasts
            self._to += max(KNOT_S, KNOT_SHARE * rested)
            self._last = self._exact(self._to)
        self._pace = (self._last - self._first) / (self._to - self._from)

    def _exact(self, t: float) -> float:
        """Return what is left of the load at a time, newtons, as the tissue has it."""
        if t <= self._at:
            return 0.0
        if t > self._at + LUMP_AFTER * self._lasts:
            return self._height * self._left(t - self._centre)
        span = self._lasts / STEPS
        total = 0.0
        for at, part in self._steps:
            # Each step comes in evenly over its own span, so that the rise has no stairs.
            come = (t - at) / span + 1.0
            if come <= 0.0:
                break
            total += part * min(1.0, come) * self._left(max(0.0, t - at))
        return total
