"""The hold's own decay: how held tissue lets its force go with nothing happening.

Passive muscle under a held load relaxes nearly straight in log F over log t, with an exponent
of -0.044 to -0.069 (relaxation of isolated passive muscle; Magnusson 2000 found -20 % in 45 s,
straight in ln t, which is -0.0525 of the first force for each e-fold). The time runs from the
end of loading, and slow loading relaxes less. A load that is added later relaxes from then on,
as much as its share of the whole (Boltzmann's superposition): the model's clock, its `age`, is
the mean of the loads' log times, weighted by these shares.

So the model is a line over age with a strong prior on its slope, learned causally, robust
against what does not fit, and shared across the pieces into which shifts and slips cut a hold:
those change the level, not the tissue.
"""

from dataclasses import dataclass
from math import exp, log

PRIOR_SLOPE = -0.055
"""Log force per log time before anything is known: the middle of the range above."""

PRIOR_WEIGHT = 4.0
"""Weight of the prior, in the units of the fit (steps times squared log time): worth about ten
seconds of data, since one breath can tilt a short line by more than tissues differ."""

STEEPEST_SLOPE = -0.16
"""A line steeper than this (three times the prior, what a fast load's first seconds show) is
not held tissue."""

FLATTEST_SLOPE = 0.01
"""Slightly rising at most: a creeping sensor can hide up to 40 % of the decay, not all of it."""

CLIP = 3.0
"""Deviations beyond which a step counts no more than at that distance (Huber)."""

LEAST_DEVIATION = 0.004
"""Log force; deviations are never taken for smaller than this (0.4 %)."""

DEVIATION_STEPS = 50
"""Steps in which the estimate of the usual deviation follows it (10 s)."""

LEAST_STEPS = 10
"""Steps of a piece, 2 s, from which on its level is known."""

LOADING_RISE = 0.18
"""Log force above the highest so far that means that more load was put on: the deepest breath
(8 %) swings by 17 % from end to end."""

LOADING_ENDS_S = 1.0
"""Seconds within which a further rise, however small, belongs to the same loading: less than
the two to three seconds between a breath's lowest and highest force."""

LOADING_GROWTH = 0.02
"""Log force that such a further rise brings at least: smoothing lets a steady
force creep up behind its last rise."""

SMOOTH_STEPS = 5
"""Steps, one second, over which the force is smoothed to see the load grow."""

ORIGIN_S = 0.5
"""Seconds before the end of loading from which the decay's time runs."""

SETTLE_S = 6.0
"""Seconds after the end of the first loading before the decay is modelled: with the fit's own 4 s
of history, a break is looked for from 10 s on (tissue is within 10 % of its plateau by about
20 s, Palevski 2006)."""

SETTLE_AGAIN_S = 2.0
"""Seconds after a later, small loading: a breath need not be over, only the quick part of what it
brought; in between, by its share of the load."""

STAYS_S = 6.0
"""Seconds after which a rise is a further load: longer than a sigh."""

GONE_SHARE = 0.5
"""Share of a rise below which it has gone again."""

MOST_LOADS = 4
"""Loads told apart; of more, the oldest two are taken for one."""


@dataclass(slots=True)
class _Load:
    """A part of the load: when it had been put on, seconds, and its share of the whole."""

    t: float
    share: float


@dataclass(slots=True)
class _Rise:
    """More force than ever: a further load if it stays, a sigh if it does not."""

    base: float
    top: float
    t: float


class Loading:
    """Knows when the load was put on, and so from when the decay's time runs.

    Args:
        start: the contact's start, seconds.
    """

    __slots__ = ("_highest", "_level", "_loads", "_rise", "_steps")

    def __init__(self, start: float) -> None:
        self._loads = [_Load(start, 1.0)]
        self._rise: _Rise | None = None
        self._highest = 0.0
        self._level = 0.0
        self._steps = 0

    @property
    def settled(self) -> float:
        """When the load has settled, seconds."""
        newest = self._loads[-1]
        return newest.t + SETTLE_AGAIN_S + newest.share * (SETTLE_S - SETTLE_AGAIN_S)

    @property
    def began(self) -> float:
        """When the quick part of the first load's decay was over, seconds."""
        return self._loads[0].t + SETTLE_AGAIN_S

    def age(self, t: float) -> float:
        """Return the decay's clock at a time in seconds: the loads' mean log time."""
        return sum(load.share * log(max(t - load.t, 0.0) + ORIGIN_S) for load in self._loads)

    def take(self, t: float, value: float) -> None:
        """Take a step's time and log force."""
        self._steps = min(self._steps + 1, SMOOTH_STEPS)
        self._level += (value - self._level) / self._steps
        first = self._loads[0]
        if len(self._loads) == 1 and self._rise is None and t - first.t < LOADING_ENDS_S:
            if self._level > self._highest + LOADING_GROWTH:
                self._highest = self._level
                first.t = t
        elif self._rise is not None:
            self._follow(self._rise, t)
        elif self._level > self._highest + LOADING_RISE:
            self._rise = _Rise(self._highest, self._level, t)

    def _follow(self, rise: _Rise, t: float) -> None:
        """Watch a rise until it has stayed, or gone."""
        if self._level > rise.top + LOADING_GROWTH:
            rise.top, rise.t = self._level, t
        elif self._level < rise.base + GONE_SHARE * (rise.top - rise.base):
            self._rise = None
        elif t - rise.t >= STAYS_S:
            self._add(_Load(rise.t, 1.0 - exp(rise.base - rise.top)))
            self._highest = rise.top
            self._rise = None

    def _add(self, load: _Load) -> None:
        """Put a further load on those before."""
        before = [_Load(each.t, each.share * (1.0 - load.share)) for each in self._loads]
        if len(before) >= MOST_LOADS:
            before[:2] = [_Load(before[1].t, before[0].share + before[1].share)]
        self._loads = [*before, load]


class DecayModel:
    """A line in log force over log time, learned step by step.

    Attributes:
        slope: log force per log time.
    """

    __slots__ = ("_count", "_deviation", "_mean_x", "_mean_y", "_xx", "_xy", "slope")

    def __init__(self) -> None:
        self.slope = PRIOR_SLOPE
        self._xx = PRIOR_WEIGHT
        self._xy = PRIOR_WEIGHT * PRIOR_SLOPE
        self._deviation = 0.02
        self._count = 0
        self._mean_x = 0.0
        self._mean_y = 0.0

    def begin_anew(self) -> None:
        """The level has changed: keep the slope, begin another piece of the line."""
        self._count = 0

    def take(self, age: float, value: float) -> None:
        """Take a step: its age (`Loading.age`) and log force."""
        x = age
        self._count += 1
        if self._count == 1:
            self._mean_x, self._mean_y = x, value
            return
        off = value - self._mean_y - self.slope * (x - self._mean_x)
        reach = CLIP * max(self._deviation, LEAST_DEVIATION)
        self._deviation += (min(abs(off), reach) - self._deviation) / DEVIATION_STEPS
        value -= off - max(-reach, min(reach, off))
        far_x, far_y = x - self._mean_x, value - self._mean_y
        self._mean_x += far_x / self._count
        self._mean_y += far_y / self._count
        self._xx += far_x * (x - self._mean_x)
        self._xy += far_x * (value - self._mean_y)
        self.slope = max(STEEPEST_SLOPE, min(FLATTEST_SLOPE, self._xy / self._xx))

    def expected(self, age: float) -> float | None:
        """Return the log force that the present piece leads one to expect at an age.

        None while too little of the piece is known.
        """
        if self._count < LEAST_STEPS:
            return None
        return self._mean_y + self.slope * (age - self._mean_x)

    def change(self, from_age: float, to_age: float) -> float:
        """Return the change of log force that the decay brings between two ages."""
        return self.slope * (to_age - from_age)
