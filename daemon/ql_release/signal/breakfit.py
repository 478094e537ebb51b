"""The two-segment fit: is there a break in the hold's decay, and where?

Kobayashi & Matsuyama 2024 (arXiv 2401.13217) describe the force of a held press as a straight
line in log F over log t that breaks abruptly into a second one. Here the one-segment model is

    log F = a + b age + breath,      with breath = c cos(wt) + d sin(wt)

(`decay` tells what age is) and the break is a ramp of some seconds added to it. Every onset and
every length of ramp is tried; what counts is how much of the residual the ramp explains, against
noise that remembers itself, as a body's sway does (`regression`).

The slope b has a prior, added as one more row of the regression: with a few seconds before the
break, a steeper line and a break explain the same fall.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from operator import mul

from ql_release.signal.regression import TINY, Regression, memory_of, waves
from ql_release.signal.rhythm import USUAL_BREATH_S
from ql_release.signal.steps import STEP_S

RAMPS = (1, 2, 3, 5, 8, 12, 17, 25, 33, 45)
"""Lengths of a ramp that are tried, steps: 0.2 to 9 s. A release takes 0.5 to 5 s; the longer
ones are there so that a slow drift is seen as what it is."""

STRIDE = 2
"""Steps between the onsets that are tried first; the best is then looked at step by step."""

ROUGH_RAMPS = (1, 3, 8, 17, 33)
ROUGH_STRIDE = 4
"""The ramps and the stride that are tried while the breath is looked for."""

BREATHS_HZ = tuple(0.18 + 0.02 * number for number in range(13))
"""Breathing rates that are tried: 11 to 25 breaths a minute, wider than the usual 12 to 20.
Slower ones would take a sigh, one dip of 5-7 s, for a breath."""

BREATH_SHARE = 0.15
"""Share of the residual's power that a breath must explain to be taken for one."""

SLOPE_SPREAD = 0.025
"""Standard deviation of the slope around what is known of it, log force per age: passive muscles
differ by about this (see `decay`)."""

USUAL_NOISE = 0.006
"""Log force; standard deviation of the white noise of a step, for the weight of that prior."""

USUAL_MEMORY = 0.8
"""The memory of a step's noise before it is measured: with less, a long ramp takes the place of
a breath that is not known yet."""

LEAST_MEMORY = 0.3
MOST_MEMORY = 0.92
"""Bounds of the share of a step's noise that is there a step later: sway that forgets itself
within 0.2 s to 2.4 s."""

RETURN = 0.15
"""Share of a change by which a breath after it may hold less than the last one: an uneven breath,
or the end of a rounded fall."""

ENOUGH = 0.97
"""Share of the best ramp's gain that a shorter one must have to be preferred: slow sway next to a
fall makes it look longer."""

LONGEST_STEPS = 150
"""Steps of the longest stretch that is fitted, 30 s: six or more breaths on both sides."""


@dataclass(frozen=True, slots=True)
class Break:
    """The best break in a stretch of a hold.

    Attributes:
        onset: when the ramp begins, seconds.
        lasts: how long it takes, seconds.
        change: log force it brings; below 0 for a fall.
        clearness: the change in standard errors: how clearly it stands out of the rest.
        kept: share of it that the stretch's last breath, and its last half, still hold; breaths
            between may hold `RETURN` less.
        breath_hz: the breathing rate that was found; None without one.
    """

    onset: float
    lasts: float
    change: float
    clearness: float
    kept: float
    breath_hz: float | None


def find_break(
    times: Sequence[float],
    logs: Sequence[float],
    ages: Sequence[float],
    slope: float,
    *,
    before: int,
    after: int,
) -> Break | None:
    """Return the best break in a stretch of a hold, or None if it is too short for one.

    Args:
        times: the steps' times, seconds, in order.
        logs: their log forces.
        ages: their ages on the decay's clock.
        slope: the prior of the slope, log force per age.
        before: steps that must lie before the break.
        after: steps that must lie after it.
    """
    count = len(times)
    tries = _tries(before, count - after, STRIDE)
    if not tries:
        return None
    weight = USUAL_NOISE / SLOPE_SPREAD
    columns: Columns = [[1.0] * count + [0.0], [*ages, weight]]
    target = [*logs, weight * slope]
    rough = _tries(before, count - after, ROUGH_STRIDE, ROUGH_RAMPS)
    breath, rest = _breathing(columns, target, rough or tries)
    if breath is not None:
        columns = _with_breath(columns, breath)
    memory = max(LEAST_MEMORY, min(MOST_MEMORY, memory_of(rest)))
    model = Regression(columns, target, memory=memory, priors=1)
    _, first, length, _ = model.best(tries)
    near = [
        (start, ramp)
        for start, ramp in _tries(before, count - after, 1)
        if abs(start - first) <= STRIDE * 2
    ]
    gain, first, length, change = _shortest(model, near)
    if not length:
        return None
    rest, noise = model.rest(first, length, change)
    return Break(
        onset=times[first] - STEP_S,
        lasts=length * STEP_S,
        change=change,
        clearness=sqrt(gain / (noise + TINY)),
        kept=_kept(rest, first + length, 1 / breath if breath else USUAL_BREATH_S, change),
        breath_hz=breath,
    )


Columns = Sequence[Sequence[float]]
Tries = Sequence[tuple[int, int]]


def _breathing(
    columns: Columns, target: Sequence[float], tries: Tries
) -> tuple[float | None, list[float]]:
    """Return the breathing rate that goes best with a ramp, and what both leave.

    A long ramp can take the place of a breath that is not known yet, and so can a short one; so
    the rate is looked for in what either leaves.
    """
    plain = _fitted(columns, target, tries, 0.0)
    coloured = _fitted(columns, target, tries, USUAL_MEMORY)
    found: dict[float | None, tuple[list[float], float]] = {}
    for rest, _ in (plain, coloured):
        breath = _breath(rest)
        if breath is None:
            found[None] = plain
        elif breath not in found:
            found[breath] = _fitted(_with_breath(columns, breath), target, tries, 0.0)
    breath = min(found, key=lambda each: found[each][1])
    return breath, found[breath][0]


def _fitted(
    columns: Columns, target: Sequence[float], tries: Tries, memory: float
) -> tuple[list[float], float]:
    """Return what columns and their best ramp leave, and its variance."""
    model = Regression(columns, target, memory=memory, priors=1)
    _, first, length, change = model.best(tries)
    return model.rest(first, length, change)


def _with_breath(columns: Columns, hertz: float) -> list[Sequence[float]]:
    """Return columns with a breath's two waves, which have no prior."""
    steps = len(columns[0]) - 1
    return [*columns, *([*wave, 0.0] for wave in waves(hertz, steps, STEP_S))]


def _shortest(model: Regression, tries: Tries) -> tuple[float, int, int, float]:
    """Return the shortest ramp that is about as good as the best one."""
    most = model.best(tries)
    for length in RAMPS:
        found = model.best([(first, each) for first, each in tries if each == length])
        if found[0] >= ENOUGH * most[0]:
            return found
    return most


def _kept(rest: Sequence[float], end: int, seconds: float, change: float) -> float:
    """Return the share of a change that the last breath, its half and those before keep.

    Args:
        rest: what the fit leaves.
        end: the step at which the ramp has ended.
        seconds: a breath's.
        change: what the ramp brings.
    """
    steps = round(seconds / STEP_S)
    last = max(sum(rest[-length:]) / (length * -change) for length in (steps, steps // 2))
    between = [
        sum(rest[first : first + steps]) / (steps * -change)
        for first in range(end, len(rest) - steps, STRIDE)
    ]
    return 1.0 - max(last, max(between, default=0.0) - RETURN)


def _tries(
    before: int, end: int, stride: int, ramps: Sequence[int] = RAMPS
) -> list[tuple[int, int]]:
    """Return (first step, length) of every ramp that lies between two steps."""
    return [
        (first, length) for length in ramps for first in range(before, end - length + 1, stride)
    ]


_TABLE = {
    hertz: [array("d", wave) for wave in waves(hertz, LONGEST_STEPS, STEP_S)]
    for hertz in BREATHS_HZ
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
