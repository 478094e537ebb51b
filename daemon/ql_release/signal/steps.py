"""Steps of a fifth of a second, and what is remembered of them: the slow detectors' view.

Force is kept as a logarithm: a fall by a share of the force is the same distance at 30 N as
at 300 N, and the tissue's own decay is nearly straight in log F over log t.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import log, sqrt

from ql_release.signal.bins import Bin
from ql_release.signal.motion import Vector

STEP_BINS = 4
"""Bins to a step: 0.2 s, fine enough for an onset within half a second and 25 times slower
than the samples at 100 Hz."""

STEP_S = 0.2
"""Seconds of a step."""

KEPT_STEPS = 225
"""Steps remembered, 45 s: a release needs at most 30 s before its decision, and ten more give
the slow view of sinking room."""

LEAST_FORCE_N = 1.0
"""Force below which the logarithm is held: a contact with nothing on its load cells."""

BIAS_S = 5.0
"""Seconds in which the estimate of a gyro's bias follows it."""

QUIET_TURN_RAD_S = 0.15
"""Turn rate up to which a reading says something about the bias: the larger of a small
sensor's zero-rate error (5 to 8 degrees a second, common data sheets)."""

LEAST_SHARE = 0.6
"""Share of a span's steps that must be there for its mean to stand for it."""


LEAST_RIPPLE_BINS = 3
"""Bins of a step that a second difference needs."""


class History:
    """The last steps of a contact, oldest first.

    Attributes:
        times: seconds of each step.
        logs: logarithm of its mean force in newtons.
        turns: its mean turn rate without the gyro's bias, rad/s; 0 without an IMU.
        accels: its mean acceleration, m/s²; None without an IMU.
        ripple: mean square of the newest step's second differences from bin to bin, as a
            share of its force: what is quicker than breath and sway.
    """

    __slots__ = (
        "_bias",
        "_bins",
        "_number",
        "_sums",
        "accels",
        "logs",
        "ripple",
        "times",
        "turns",
    )

    def __init__(self) -> None:
        self.times: list[float] = []
        self.logs: list[float] = []
        self.turns: list[float] = []
        self.accels: list[Vector | None] = []
        self.ripple = 0.0
        self._sums: list[float] = [0.0]
        self._bias = [0.0, 0.0, 0.0]
        self._bins: list[Bin] = []
        self._number = 0

    def take(self, done: Bin) -> bool:
        """Take a bin; return whether it completed a step."""
        number = done.number // STEP_BINS
        complete = number != self._number and bool(self._bins)
        if complete:
            self._close()
        self._number = number
        self._bins.append(done)
        return complete

    def mean_log(self, begin: float, end: float) -> float | None:
        """Return the mean log force over a span of time; None with too few steps in it."""
        first = bisect_left(self.times, begin)
        after = bisect_right(self.times, end)
        if after - first < LEAST_SHARE * (end - begin) / STEP_S or after == first:
            return None
        return (self._sums[after] - self._sums[first]) / (after - first)

    def highest_log(self, begin: float, end: float) -> float | None:
        """Return the highest log force over a span of time; None without a step in it."""
        first, after = bisect_left(self.times, begin), bisect_right(self.times, end)
        return max(self.logs[first:after], default=None)

    def mean_accel(self, begin: float, end: float) -> Vector | None:
        """Return the mean acceleration over a span of time; None where the IMU was absent."""
        first = bisect_left(self.times, begin)
        after = bisect_right(self.times, end)
        rows = [row for row in self.accels[first:after] if row is not None]
        if not rows or len(rows) < after - first:
            return None
        x, y, z = (sum(column) / len(rows) for column in zip(*rows, strict=True))
        return x, y, z

    def most_turn(self, begin: float, end: float) -> float:
        """Return the highest turn rate over a span of time, rad/s."""
        first = bisect_left(self.times, begin)
        after = bisect_right(self.times, end)
        return max(self.turns[first:after], default=0.0)

    def turn_ago(self, seconds: float) -> float:
        """Return the turn rate so long before the newest step, rad/s; 0 before the first."""
        steps = round(seconds / STEP_S)
        return self.turns[-steps - 1] if len(self.turns) > steps else 0.0

    def _close(self) -> None:
        """Sum the bins so far up into a step."""
        bins = self._bins
        force = sum(each.force for each in bins) / len(bins)
        value = log(max(force, LEAST_FORCE_N))
        self.times.append(sum(each.t for each in bins) / len(bins))
        self.logs.append(value)
        self._sums.append(self._sums[-1] + value)
        self.ripple = _ripple(bins, force)
        self._keep_motion(bins)
        self._bins = []
        if len(self.times) >= 2 * KEPT_STEPS:
            self._forget()

    def _keep_motion(self, bins: Sequence[Bin]) -> None:
        """Keep a step's mean acceleration and turn rate."""
        accels = [each.accel for each in bins if each.accel is not None]
        turns = [each.turn for each in bins if each.turn is not None]
        if not accels or not turns:
            self.accels.append(None)
            self.turns.append(0.0)
            return
        count = len(accels)
        x, y, z = (sum(column) / count for column in zip(*accels, strict=True))
        self.accels.append((x, y, z))
        left = [sum(column) / count for column in zip(*turns, strict=True)]
        self.turns.append(self._without_bias(left))

    def _without_bias(self, turn: Sequence[float]) -> float:
        """Return the size of a turn rate without the gyro's bias, and learn about that."""
        bias = self._bias
        total = 0.0
        for axis, value in enumerate(turn):
            left = value - bias[axis]
            total += left * left
            if abs(left) < QUIET_TURN_RAD_S:
                bias[axis] += left * STEP_S / BIAS_S
        return sqrt(total)

    def _forget(self) -> None:
        """Drop the older half."""
        for column in (self.times, self.logs, self.turns, self.accels):
            del column[:KEPT_STEPS]
        sums = self._sums[KEPT_STEPS:]
        self._sums = [value - sums[0] for value in sums]


def _ripple(bins: Sequence[Bin], force: float) -> float:
    """Return the mean square of the bins' second differences, as a share of the force."""
    if len(bins) < LEAST_RIPPLE_BINS or force < LEAST_FORCE_N:
        return 0.0
    bends = [
        bins[place].force - 2.0 * bins[place + 1].force + bins[place + 2].force
        for place in range(len(bins) - 2)
    ]
    return sum(bend * bend for bend in bends) / (len(bends) * force * force)
