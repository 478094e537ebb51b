"""Rhythm: how the body moves the force while nothing happens: breath, sway and tremor.

Breath swings the force by 1-8 % at 0.2-0.35 Hz, sway wanders more slowly or unevenly, tremor
shakes at 6-12 Hz. None of them is an event. What a mean has to span, and how large a change must
be to stand out, is measured here instead of assumed.
"""

from bisect import bisect_left
from collections.abc import Sequence
from math import cos, log, pi, sin, sqrt
from operator import mul

from ql_release.signal.steps import STEP_S, History

BREATHS_HZ = tuple(0.16 + 0.02 * number for number in range(14))
"""Breathing rates that are looked for: 10 to 25 breaths a minute, wider than the usual 12-20."""

BREATH_SHARE = 0.25
"""Share of the force's restlessness that a breath must explain to be taken for one."""

USUAL_BREATH_S = 4.0
"""Seconds of a breath where none is seen: 15 a minute."""

LOOK_EVERY_STEPS = 10
"""Steps between two looks, 2 s: half a breath."""

LEAST_STEPS = 50
"""Steps of the shortest stretch looked at, 10 s: two breaths at least."""

LONGEST_STEPS = 120
"""Steps of the longest, 24 s."""

TREMOR_GAIN = 2.7
"""Size of a tremor's second difference over bins against its own standard deviation: 3.9 at
9 Hz, of which the mean over a bin leaves 0.7."""

TREMOR_STEPS = 25
"""Steps in which the tremor's estimate follows it, 5 s."""


class Rhythm:
    """Knows breath, sway and tremor of one contact.

    Args:
        history: the contact's steps, which the track fills.

    Attributes:
        breath_hz: breaths a second; None where none is seen.
        breath_pct: the breath's amplitude, percent of the force; None likewise.
        sway_pct: standard deviation of what is left, percent of the force; None before the
            first look.
    """

    __slots__ = ("_history", "_steps", "_tremor", "breath_hz", "breath_pct", "sway_pct")

    def __init__(self, history: History) -> None:
        self._history = history
        self._steps = 0
        self._tremor = 0.0
        self.breath_hz: float | None = None
        self.breath_pct: float | None = None
        self.sway_pct: float | None = None

    @property
    def breath_s(self) -> float:
        """Seconds of a breath: the one that was seen, or a usual one."""
        return USUAL_BREATH_S if self.breath_hz is None else 1.0 / self.breath_hz

    @property
    def tremor_pct(self) -> float | None:
        """Standard deviation of the tremor, percent of the force; None before the first look."""
        return None if self.sway_pct is None else 100.0 * sqrt(self._tremor) / TREMOR_GAIN

    def take(self, since: float) -> None:
        """Look at the history's newest step.

        Args:
            since: the time, seconds, before which another level was held, or the load had not
                settled.
        """
        self._steps += 1
        ripple = self._history.ripple
        self._tremor += (ripple - self._tremor) / min(self._steps, TREMOR_STEPS)
        if self._steps % LOOK_EVERY_STEPS:
            return
        times, logs = self._history.times, self._history.logs
        first = max(bisect_left(times, since), len(times) - LONGEST_STEPS)
        if len(times) - first >= LEAST_STEPS:
            self._look(times[first:], logs[first:])

    def _look(self, times: Sequence[float], logs: Sequence[float]) -> None:
        """Measure breath and sway in a stretch."""
        left = _straightened(times, logs)
        power = sum(map(mul, left, left)) / len(left)
        best, rate = 0.0, None
        for hertz in BREATHS_HZ:
            turns = [2 * pi * hertz * (t - times[0]) for t in times]
            c = sum(map(mul, left, map(cos, turns)))
            s = sum(map(mul, left, map(sin, turns)))
            swing = 2 * (c * c + s * s) / len(left) ** 2
            if swing > best:
                best, rate = swing, hertz
        seen = power > 0.0 and best >= BREATH_SHARE * power
        self.breath_hz = rate if seen else None
        self.breath_pct = 100.0 * sqrt(2.0 * best) if seen else None
        self.sway_pct = 100.0 * sqrt(max(0.0, power - best if seen else power))


def _straightened(times: Sequence[float], logs: Sequence[float]) -> list[float]:
    """Return log forces less a straight line in log time: the decay of a held load."""
    ages = [log(t - times[0] + LEAST_STEPS * STEP_S) for t in times]
    count = len(ages)
    mean_x, mean_y = sum(ages) / count, sum(logs) / count
    xs = [age - mean_x for age in ages]
    slope = sum(map(mul, xs, logs)) / sum(map(mul, xs, xs))
    return [value - mean_y - slope * x for value, x in zip(logs, xs, strict=True)]
