"""Curves over a whole session in bounded memory: least, greatest and mean of each stretch of time.

A session may last minutes or hours, a page has room for about a thousand stretches. So when the
stretches become too many, each two are made one: nothing that stands out is ever lost, however
long it lasts.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, isnan, nan
from statistics import fmean

FINEST_S = 0.1
"""Length of a stretch, seconds, while a session is short: as fine as a pipeline is watched."""
MOST_STRETCHES = 3000
"""More than a page can show: a session of five minutes in full, one of an hour to 1.6 s."""
BRIDGED_STRETCHES = 5
"""A curve goes on over so many stretches without a sample, as at a low rate …"""
BRIDGED_S = 0.5
"""… but for so many seconds at least; over more there is a hole in it."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a quantity did in a short time.

    Attributes:
        least: its least value.
        greatest: its greatest value.
        mean: its mean.
    """

    least: float
    greatest: float
    mean: float


HOLE = Span(nan, nan, nan)
"""Stands where a curve is interrupted."""


@dataclass(frozen=True, slots=True)
class Series:
    """A curve, ready to be drawn.

    Attributes:
        t: seconds, the middles of the stretches, and of the holes.
        least: the least value of each stretch; NaN in a hole, as below.
        greatest: the greatest value of each.
        mean: the mean of each.
    """

    t: list[float]
    least: list[float]
    greatest: list[float]
    mean: list[float]

    def __bool__(self) -> bool:
        """Return whether there is anything to draw."""
        return bool(self.t)

    def add(self, t: float, span: Span) -> None:
        """Go on with another stretch."""
        self.t.append(t)
        self.least.append(span.least)
        self.greatest.append(span.greatest)
        self.mean.append(span.mean)

    def thinned(self, most: int) -> "Series":
        """Return the curve in about so many stretches at most; what stands out and holes stay."""
        each = ceil(len(self.t) / most)
        if each <= 1:
            return self
        thin = Series([], [], [], [])
        begin = 0
        for place in range(len(self.t) + 1):
            ends = place == len(self.t) or isnan(self.mean[place])
            if ends or place - begin == each:
                self._add_merged(thin, begin, place)
                begin = place
            if ends and place < len(self.t):
                thin.add(self.t[place], HOLE)
                begin = place + 1
        return thin

    def _add_merged(self, thin: "Series", begin: int, end: int) -> None:
        """Add stretches to another curve as one."""
        if begin < end:
            least, greatest = min(self.least[begin:end]), max(self.greatest[begin:end])
            middle = fmean(self.t[begin:end])
            thin.add(middle, Span(least, greatest, fmean(self.mean[begin:end])))


def known(values: Iterable[float]) -> list[float]:
    """Return the values outside holes."""
    return [value for value in values if not isnan(value)]


class _Curve:
    """One quantity: four columns with a place for each stretch."""

    __slots__ = ("counts", "greatest", "least", "totals")

    def __init__(self) -> None:
        self.least = array("f")
        self.greatest = array("f")
        self.totals = array("d")
        self.counts = array("I")

    def add(self, place: int, span: Span) -> None:
        """Take what the quantity did somewhere in a stretch."""
        missing = place + 1 - len(self.counts)
        if missing > 0:
            self._grow(missing)
        if not self.counts[place]:
            self.least[place], self.greatest[place] = span.least, span.greatest
        else:
            self.least[place] = min(self.least[place], span.least)
            self.greatest[place] = max(self.greatest[place], span.greatest)
        self.totals[place] += span.mean
        self.counts[place] += 1

    def _grow(self, missing: int) -> None:
        for column in (self.least, self.greatest, self.totals):
            column.extend([0.0] * missing)
        self.counts.extend([0] * missing)

    def halve(self) -> None:
        """Make each two stretches one."""
        fine = (self.least, self.greatest, self.totals, self.counts)
        self.least, self.greatest = array("f"), array("f")
        self.totals, self.counts = array("d"), array("I")
        for place, (least, greatest, total, count) in enumerate(zip(*fine, strict=True)):
            if count:
                self.add(place // 2, Span(least, greatest, 0.0))
                self.totals[place // 2] += total
                self.counts[place // 2] += count - 1


class Curves:
    """All curves of a session, over the same stretches of time.

    Args:
        begin_s: time at which the first stretch begins, seconds.
    """

    def __init__(self, begin_s: float) -> None:
        self._begin_s = begin_s
        self._step_s = FINEST_S
        self._curves: dict[str, _Curve] = {}
        self._place = 0

    @property
    def step_s(self) -> float:
        """Length of a stretch, seconds."""
        return self._step_s

    @property
    def names(self) -> list[str]:
        """The curves that have values, by name."""
        return sorted(self._curves)

    def add(self, t: float, spans: Mapping[str, Span]) -> None:
        """Take what happened around a time, seconds; a time before the last counts as the last."""
        place = max(self._place, int((t - self._begin_s) / self._step_s))
        while place >= MOST_STRETCHES:
            for curve in self._curves.values():
                curve.halve()
            self._step_s *= 2
            self._place //= 2
            place = max(self._place, int((t - self._begin_s) / self._step_s))
        self._place = place
        for name, span in spans.items():
            self._curves.setdefault(name, _Curve()).add(place, span)

    def series(self, name: str, until_s: float = float("inf")) -> Series:
        """Return a curve up to a time, seconds; an empty one when there is none of that name."""
        series = Series([], [], [], [])
        curve = self._curves.get(name)
        if curve is None:
            return series
        bridged_s = max(BRIDGED_S, BRIDGED_STRETCHES * self._step_s)
        for place, count in enumerate(curve.counts):
            t = self._begin_s + (place + 0.5) * self._step_s
            if not count or t > until_s:
                continue
            if series.t and t - series.t[-1] > bridged_s:
                series.add((series.t[-1] + t) / 2, HOLE)
            mean = curve.totals[place] / count
            series.add(t, Span(curve.least[place], curve.greatest[place], mean))
        return series
