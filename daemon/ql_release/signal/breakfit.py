"""The two-segment fit: is there a break in the hold's decay, and where?

Kobayashi & Matsuyama 2024 (arXiv 2401.13217) describe the force of a held press as a straight
line in log F over log t that breaks abruptly into a second one. Here the one-segment model is

    log F = a + b log t + breath,      with breath = c cos(wt) + d sin(wt)

and the break is a ramp of some seconds added to it. Every onset and every length of ramp is
tried; what counts is how much of the residual the ramp explains. Suffix sums make a try cost
a handful of multiplications, so a whole search takes about a millisecond in plain Python.

The slope b has a prior, added as one more row of the regression: with a few seconds before the
break, a steeper line and a break explain the same fall.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import cos, log, pi, sin, sqrt
from operator import mul, sub

from ql_release.signal.rhythm import USUAL_BREATH_S
from ql_release.signal.steps import STEP_S

RAMPS = (1, 2, 3, 5, 8, 12, 17, 25, 33, 45)
"""Lengths of a ramp that are tried, steps: 0.2 to 9 s. A release takes 0.5 to 5 s; the longer
ones are there so that a slow drift is seen as what it is."""

STRIDE = 2
"""Steps between the onsets that are tried first; the best is then looked at step by step."""

BREATHS_HZ = tuple(0.18 + 0.02 * number for number in range(13))
"""Breathing rates that are tried: 11 to 25 breaths a minute, wider than the usual 12 to 20.
Slower ones would take a sigh, one dip of 5-7 s, for a breath."""

BREATH_SHARE = 0.15
"""Share of the residual's power that a breath must explain to be taken for one."""

SLOPE_WEIGHT = 2.0
"""Root weight of the slope's prior, in the units of the regression; see `decay.PRIOR_WEIGHT`."""

SLOWEST_STEPS = 8
"""Steps, 1.6 s, over which sway and an uneven breath stay alike: so many steps of a residual
say no more than one."""

LONGEST_STEPS = 150
"""Steps of the longest stretch that is fitted, 30 s: six or more breaths on both sides."""

TINY = 1e-12
"""Sums of squares below this are nothing but rounding."""


@dataclass(frozen=True, slots=True)
class Break:
    """The best break in a stretch of a hold.

    Attributes:
        onset: when the ramp begins, seconds.
        lasts: how long it takes, seconds.
        change: log force it brings; below 0 for a fall.
        clearness: the change in standard errors: how clearly it stands out of the rest.
        steepest: largest share of it within two steps (0.4 s), breath taken off.
        kept: share of it that the stretch's last breath, and its last half, still hold.
        breath_hz: the breathing rate that was found; None without one.
    """

    onset: float
    lasts: float
    change: float
    clearness: float
    steepest: float
    kept: float
    breath_hz: float | None


class _Regression:
    """One-segment model of a stretch, ready for trying ramps on its residual."""

    def __init__(self, columns: Sequence[Sequence[float]], target: Sequence[float]) -> None:
        # Gram-Schmidt; the last row of each column is the prior's.
        self.basis: list[list[float]] = []
        left = list(target)
        for column in columns:
            row = list(column)
            for done in self.basis:
                _take_off(row, done)
            size = sqrt(sum(map(mul, row, row)))
            if size > TINY:
                unit = [value / size for value in row]
                self.basis.append(unit)
                _take_off(left, unit)
        self.left = left
        self.steps = len(left) - 1
        self._sums = [_twice_summed(unit[:-1]) for unit in self.basis]
        self._left_sums = _twice_summed(left[:-1])

    def best(self, tries: Sequence[tuple[int, int]]) -> tuple[float, int, int, float]:
        """Return (gain, first step, steps of the ramp, change) of the best of some ramps."""
        found = (0.0, 0, 0, 0.0)
        left = self._left_sums
        sums = self._sums
        for first, length in tries:
            end = first + length
            size = (length + 1) * (2 * length + 1) / (6 * length) + self.steps - end
            for column in sums:
                part = (column[first] - column[end]) / length
                size -= part * part
            if size <= TINY:
                continue
            along = (left[first] - left[end]) / length
            gain = along * along / size
            if gain > found[0]:
                found = (gain, first, length, along / size)
        return found

    def without(self, first: int, length: int, change: float) -> list[float]:
        """Return the residual that is left when a ramp is taken off as well."""
        ramp = [
            0.0 if step < first else min(1.0, (step - first + 1) / length)
            for step in range(self.steps)
        ]
        ramp.append(0.0)
        for unit in self.basis:
            _take_off(ramp, unit)
        return [value - change * part for value, part in zip(self.left, ramp, strict=True)][:-1]


def find_break(
    times: Sequence[float],
    logs: Sequence[float],
    origin: float,
    slope: float,
    *,
    before: int,
    after: int,
) -> Break | None:
    """Return the best break in a stretch of a hold, or None if it is too short for one.

    Args:
        times: the steps' times, seconds, in order.
        logs: their log forces.
        origin: the zero of the decay's time, seconds; before the first step.
        slope: the prior of the slope, log force per log time.
        before: steps that must lie before the break.
        after: steps that must lie after it.
    """
    count = len(times)
    tries = _tries(before, count - after, STRIDE)
    if not tries:
        return None
    ones = [1.0] * count + [0.0]
    ages = [log(t - origin) for t in times] + [SLOPE_WEIGHT]
    target = [*logs, SLOPE_WEIGHT * slope]
    model = _Regression([ones, ages], target)
    _, first, length, change = model.best(tries)
    breath = _breath(model.without(first, length, change) if length else model.left[:-1])
    if breath is not None:
        model = _Regression([ones, ages, *_waves(breath, count)], target)
        _, first, length, change = model.best(tries)
    if not length:
        return None
    near = [
        (start, ramp)
        for start, ramp in _tries(before, count - after, 1)
        if abs(start - first) <= STRIDE * 2
    ]
    gain, first, length, change = model.best(near)
    if not length:
        return None
    rest = model.without(first, length, change)
    noise = sum(map(mul, rest, rest)) / count * SLOWEST_STEPS + TINY
    return Break(
        onset=times[first] - STEP_S,
        lasts=length * STEP_S,
        change=change,
        clearness=sqrt(gain / noise),
        steepest=_steepest(rest, first, length, change),
        kept=_kept(rest, 1 / breath if breath else USUAL_BREATH_S, change),
        breath_hz=breath,
    )


def _steepest(rest: Sequence[float], first: int, length: int, change: float) -> float:
    """Return the largest share of a break's change that happens within two steps."""
    begin, end = max(0, first - 3), min(len(rest), first + length + 3)
    series = [
        rest[step] / change + max(0.0, min(1.0, (step - first + 1) / length))
        for step in range(begin, end)
    ]
    return max(map(sub, series[2:], series), default=1.0)


def _kept(rest: Sequence[float], seconds: float, change: float) -> float:
    """Return the share of a change that is still there in the last breath and its last half."""
    steps = round(seconds / STEP_S)
    off = max(sum(rest[-last:]) / (last * -change) for last in (steps, steps // 2))
    return 1.0 - off


def _tries(before: int, end: int, stride: int) -> list[tuple[int, int]]:
    """Return (first step, length) of every ramp that lies between two steps."""
    return [
        (first, length) for length in RAMPS for first in range(before, end - length + 1, stride)
    ]


def _twice_summed(values: Sequence[float]) -> list[float]:
    """Return the suffix sums of the suffix sums, one longer than the values."""
    once = accumulate(reversed(values))
    twice = list(accumulate(once))
    twice.reverse()
    twice.append(0.0)
    return twice


def _take_off(row: list[float], unit: Sequence[float]) -> None:
    """Make a row orthogonal to a unit vector."""
    along = sum(map(mul, row, unit))
    row[:] = [value - along * part for value, part in zip(row, unit, strict=True)]


def _waves(hertz: float, count: int) -> tuple[list[float], list[float]]:
    """Return cosine and sine of a rate over so many steps, and 0 for the prior's row."""
    turn = 2 * pi * hertz * STEP_S
    angles = [turn * step for step in range(count)]
    return [*map(cos, angles), 0.0], [*map(sin, angles), 0.0]


_TABLE = {
    hertz: [array("d", wave) for wave in _waves(hertz, LONGEST_STEPS)] for hertz in BREATHS_HZ
}
"""Waves of the longest stretch, made once; as arrays, which take a quarter of the memory."""


def _breath(residual: Sequence[float]) -> float | None:
    """Return the rate that explains most of a residual; None if that is little."""
    power = sum(map(mul, residual, residual)) + TINY
    count = len(residual)
    best, rate = 0.0, None
    for hertz, (cosine, sine) in _TABLE.items():
        c = sum(map(mul, residual, cosine))
        s = sum(map(mul, residual, sine))
        share = 2 * (c * c + s * s) / (count * power)
        if share > best:
            best, rate = share, hertz
    return rate if best >= BREATH_SHARE else None
