"""Jumps: how much of a change happens within a fraction of a second.

A breath steepens or flattens whatever it meets, so the fall or rise over a short time says little
by itself. A jump is what is left of it beyond the slope on both sides: straight lines just
before and just after, of one slope, and a step between them. A slow ramp has the same slope
before, within and after, and so hardly a jump; a breath likewise.
"""

from bisect import bisect_left
from collections.abc import Sequence
from math import log

from ql_release.signal.bins import BIN_S, Bin

SIDE_BINS = 8
"""Bins of the line on either side, 0.4 s: an eighth of a breath, over which it is nearly straight,
and four half-cycles of tremor."""

KEPT_S = 24.0
"""Seconds of bins remembered: a release is decided up to about 20 s after its onset."""

LEAST_FORCE_N = 1.0
"""Force below which the logarithm is held."""

_MIDDLE = (SIDE_BINS - 1) / 2
_OFFSETS = tuple(place - _MIDDLE for place in range(SIDE_BINS))
_SPREAD = sum(offset * offset for offset in _OFFSETS)


def jump(values: Sequence[float], place: int, width: int) -> float:
    """Return the jump of an evenly spaced series within some steps.

    Args:
        values: the series.
        place: the last step before the jump; `SIDE_BINS - 1` or more.
        width: steps that the jump takes; `SIDE_BINS` or more values must follow them.
    """
    before = values[place - SIDE_BINS + 1 : place + 1]
    after = values[place + width : place + width + SIDE_BINS]
    bend = sum(
        offset * (first + second)
        for offset, first, second in zip(_OFFSETS, before, after, strict=True)
    )
    slope = bend / (2.0 * _SPREAD)
    step = (sum(after) - sum(before)) / SIDE_BINS
    return step - slope * (SIDE_BINS - 1 + width)


class Bins:
    """The log forces of a contact's last bins."""

    __slots__ = ("_logs", "_times")

    def __init__(self) -> None:
        self._times: list[float] = []
        self._logs: list[float] = []

    def take(self, moment: Bin) -> None:
        """Remember a bin."""
        self._times.append(moment.t)
        self._logs.append(log(max(moment.force, LEAST_FORCE_N)))
        if self._times[-1] - self._times[0] > 2 * KEPT_S:
            half = bisect_left(self._times, self._times[-1] - KEPT_S)
            del self._times[:half], self._logs[:half]

    def most_jump(self, begin: float, end: float, width: int) -> float:
        """Return the largest jump within so many bins between two times, either way.

        Args:
            begin: the earliest time at which it begins, seconds.
            end: the latest time at which it ends, seconds.
            width: bins that it takes.

        Returns:
            Log force; below 0 for a fall; 0 where too little is known.
        """
        side_s = SIDE_BINS * BIN_S
        values = self._even(begin - side_s, end + side_s)
        places = range(SIDE_BINS - 1, len(values) - width - SIDE_BINS + 1)
        return max((jump(values, place, width) for place in places), key=abs, default=0.0)

    def _even(self, begin: float, end: float) -> list[float]:
        """Return the log forces between two times, evenly spaced; holes are bridged."""
        times, logs = self._times, self._logs
        place = bisect_left(times, begin)
        if place >= len(times):
            return []
        even = []
        t = times[place]
        last = min(end, times[-1])
        while t <= last:
            while times[place] < t - BIN_S / 4:
                place += 1
            if place and times[place] > t + BIN_S / 4:
                part = (t - times[place - 1]) / (times[place] - times[place - 1])
                even.append(logs[place - 1] + part * (logs[place] - logs[place - 1]))
            else:
                even.append(logs[place])
            t += BIN_S
        return even
