"""One press on the tool on the way to a person's threshold: the force from contact to lift-off.

The person leans on slowly until they would call it 7 of 10, keeps that for some seconds, and gets
off. What they meant is where the force was steadiest near its top; how the tissue answered on the
way there is the approach curve.

The force is kept as means over a fifth of a second: that smooths noise and tremor (6 to 12 Hz)
and bounds the memory, whatever the rate.
"""

from collections.abc import Sequence
from math import log
from statistics import fmean, pstdev

BIN_S = 0.2
"""Seconds over which the force is averaged: two samples still at 10 Hz, two periods of a tremor."""

LONGEST_S = 60.0
"""Seconds of a press that are looked at: a slow approach takes 10, keeping it 5. What comes later
is not the press that was asked for."""

STEADY_S = 3.0
"""Seconds of the steadiest stretch, whose mean is the press's force: about one breath."""

TOP_SHARE = 0.8
"""The stretch's mean is at least this share of the highest one's: a pause on the way up may be
steadier than the top, but is not what the person calls 7 of 10."""

STEADY_SHARE = 0.1
"""A stretch whose standard deviation is above this share of its mean was not kept at all. Breath
moves the force by 1 to 8 % (DESIGN §1)."""

KEPT_SHARE = 0.1
"""The present force counts as kept back to where it differed by more than this share."""

LEAST_N = 20.0
"""Newtons from which a force is a threshold: below it a zero that is off by 2 N is a tenth."""

MOST_N = 1000.0
"""Newtons; far above what anyone can lie on, so a wrong calibration of the tool's zones shows."""

SLOW_S = 2.0
"""Seconds that the approach takes at least for its curve to mean anything: ten bins."""

TENTHS = 10
"""Parts of the threshold force for which the approach curve has a value each."""

_STEADY_BINS = round(STEADY_S / BIN_S)
_MOST_BINS = round(LONGEST_S / BIN_S)

Curve = tuple[float | None, ...]
"""An approach curve: a value for each tenth; None where there is none."""


class Press:
    """The force of one contact.

    Args:
        t: time of its first sample, seconds.
    """

    __slots__ = ("_bins", "_count", "_doubtful", "_start", "_sum")

    def __init__(self, t: float) -> None:
        self._start = t
        self._bins: list[float | None] = []
        self._sum = 0.0
        self._count = 0
        self._doubtful = False

    @property
    def kept_s(self) -> float:
        """Seconds for which the present force has been kept, give or take a tenth."""
        bins = self._bins
        now = bins[-1] if bins else None
        if now is None:
            return 0.0
        kept = 0
        for force in reversed(bins):
            if force is None or abs(force - now) > KEPT_SHARE * abs(now):
                break
            kept += 1
        return kept * BIN_S

    def take(self, t: float, force: float, *, trusted: bool) -> None:
        """Take a sample.

        Args:
            t: its time, seconds.
            force: its total force, newtons.
            trusted: whether the sensors measure; a stretch with one that is not is left out.
        """
        place = int((t - self._start) / BIN_S)
        while len(self._bins) < min(place, _MOST_BINS):
            self._close_bin()
        self._sum += force
        self._count += 1
        self._doubtful |= not trusted

    def steadiest_n(self) -> float | None:
        """Return the mean of the steadiest 3 s near the top, newtons.

        None when there is no such stretch: too short a press, one that was never kept, lost
        samples or a sensor at its limit in every stretch, or a force that is no threshold.
        """
        stretches = [
            (pstdev(stretch, mean), mean)
            for stretch in self._stretches()
            if LEAST_N <= (mean := fmean(stretch)) <= MOST_N
        ]
        top = max((mean for _, mean in stretches), default=0.0)
        near = [(spread, mean) for spread, mean in stretches if mean >= TOP_SHARE * top]
        spread, mean = min(near, key=lambda stretch: stretch[0], default=(0.0, 0.0))
        return mean if mean and spread <= STEADY_SHARE * mean else None

    def approach(self, threshold_n: float) -> Curve:
        """Return the relative steepness of the way up, for each tenth of a force.

        The value of tenth k is d ln F/dt between (k - 1)/10 and k/10 of the force, divided by
        d ln F/dt of the whole way from the press's first fifth of a second to the force. 1 means:
        there the force grew by the same share in a second as on the whole way. So the curve
        tells the shape of the approach and not how fast the person leaned on.

        A tenth that lies below the press's first force has no value, one that it lies in has that
        of its upper part. All are None when the way took less than 2 s or has a hole.
        """
        ways = self._ways(threshold_n)
        base = self._bins[0] if self._bins else None
        if ways is None or base is None:
            return (None,) * TENTHS
        mean = log(threshold_n / base) / ways[-1]
        curve: list[float | None] = []
        for tenth, way in enumerate(ways, 1):
            lower_n = max(base, threshold_n * (tenth - 1) / TENTHS)
            began = ways[tenth - 2] if tenth > 1 else 0.0
            risen = log(threshold_n * tenth / TENTHS / lower_n) if way else 0.0
            curve.append(risen / (way - began) / mean if way else None)
        return tuple(curve)

    def _ways(self, threshold_n: float) -> list[float] | None:
        """Return after how many bins each tenth was first reached; 0 where it was from the start.

        None when there is no curve.
        """
        bins = self._bins
        ways: list[float] = []
        for place, force in enumerate(bins):
            if force is None or force <= 0:
                return None
            while (level := threshold_n * (len(ways) + 1) / TENTHS) <= force:
                ways.append(_crossed(bins, place, level))
                if len(ways) == TENTHS:
                    return ways if ways[-1] * BIN_S >= SLOW_S else None
        return None

    def _stretches(self) -> list[list[float]]:
        """Return every stretch of 3 s without a hole."""
        found = []
        for end in range(_STEADY_BINS, len(self._bins) + 1):
            stretch = [force for force in self._bins[end - _STEADY_BINS : end] if force is not None]
            if len(stretch) == _STEADY_BINS:
                found.append(stretch)
        return found

    def _close_bin(self) -> None:
        mean = self._sum / self._count if self._count and not self._doubtful else None
        self._bins.append(mean)
        self._sum, self._count, self._doubtful = 0.0, 0, False


def _crossed(bins: Sequence[float | None], place: int, level: float) -> float:
    """Return where a force was first reached, in bins, straight between the bins' middles."""
    before, after = (bins[place - 1], bins[place]) if place else (None, None)
    if before is None or after is None:
        return 0.0
    return place - 1 + (level - before) / (after - before)
