"""Time bins: the samples of a twentieth of a second, summed up for the slower detectors.

The bins of a contact are laid from its first sample on by time, not by sample count and not
by the blocks in which samples arrive, so every rate and every chunking gives the same ones.
The columns are summed by the interpreter's own C loops: that is what keeps a sample cheap.
"""

from collections.abc import Sequence

BIN_S = 0.05
"""Seconds of a bin: 5 samples at 100 Hz. Short enough to time a slip (under 0.2 s), long
enough to smooth half a cycle of tremor (6-12 Hz, Lakie 2015)."""


MOST_SAMPLES = 64
"""Samples that a bin takes, 1,280 Hz: what comes beyond, from a clock that stands still, is
left out."""


class Bin:
    """What happened in one bin.

    Attributes:
        index: the deciding sample: the first one after the bin.
        decided: that sample's time, seconds.
        number: bins since the contact's start, counting empty ones.
        t: the mean time of its samples, seconds.
        force: their mean total force, newtons.
        zones: the last of them, newtons per zone.
        lost: whether the contact's force was gone at the last of them.
        accel: their mean acceleration, m/s², 3 axes; None without an IMU.
        turn: their mean turn rate, rad/s, 3 axes; None without an IMU.
        shake: peak-to-peak acceleration of the axis that moved most, m/s²; 0 without an IMU.
    """

    __slots__ = (
        "accel",
        "decided",
        "force",
        "index",
        "lost",
        "number",
        "shake",
        "t",
        "turn",
        "zones",
    )

    def __init__(self, number: int, t: float, force: float, zones: Sequence[float]) -> None:
        self.number = number
        self.t = t
        self.force = force
        self.zones = zones
        self.lost = False
        self.index = 0
        self.decided = t
        self.accel: tuple[float, float, float] | None = None
        self.turn: tuple[float, float, float] | None = None
        self.shake = 0.0


class Binner:
    """Sorts the samples of one contact into bins.

    Args:
        start: the time of the contact's first sample, seconds.
    """

    __slots__ = (
        "_end",
        "_first",
        "_forces",
        "_last",
        "_lost",
        "_motion",
        "_motions",
        "_number",
        "_start",
        "_zones",
    )

    def __init__(self, start: float) -> None:
        self._start = start
        self._end = start + BIN_S
        self._number = 0
        self._first = start
        self._last = start
        self._forces: list[float] = []
        self._motions: list[Sequence[float]] = []
        self._motion: Sequence[float] | None = None
        self._zones: Sequence[float] = ()
        self._lost = False

    def take(
        self,
        t: float,
        force: float,
        zones: Sequence[float],
        motion: Sequence[float] | None,
        *,
        lost: bool,
    ) -> Bin | None:
        """Take a sample; return the bin before it if this one begins another.

        Args:
            t: its time, seconds.
            force: its total force, newtons.
            zones: its newtons per zone.
            motion: its IMU row (ax, ay, az in m/s², gx, gy, gz in rad/s), or None.
            lost: whether the contact's force is gone.
        """
        done = None
        if lost is not self._lost and self._forces:
            done = self._close()
            self._first = t
        if t >= self._end:
            if self._forces:
                done = self._close()
            number = int((t - self._start) / BIN_S)
            self._number = number
            self._end = self._start + (number + 1) * BIN_S
            self._first = t
        elif len(self._forces) >= MOST_SAMPLES:
            return None
        self._last = t
        self._lost = lost
        self._zones = zones
        self._forces.append(force)
        if motion is not None:
            self._motions.append(motion)
        return done

    def _close(self) -> Bin:
        """Return the bin of the samples so far and begin with none."""
        forces = self._forces
        force = sum(forces) / len(forces)
        made = Bin(self._number, (self._first + self._last) / 2, force, self._zones)
        made.lost = self._lost
        if self._motions:
            self._sum_up(made)
        self._forces = []
        self._motions = []
        return made

    def _sum_up(self, made: Bin) -> None:
        """Fill in the motion of a bin."""
        rows = self._motions
        count = len(rows)
        ax, ay, az, gx, gy, gz = zip(*rows, strict=True)
        made.accel = (sum(ax) / count, sum(ay) / count, sum(az) / count)
        made.turn = (sum(gx) / count, sum(gy) / count, sum(gz) / count)
        before = self._motion
        self._motion = rows[-1]
        if before is not None:
            # The step across the bins' border counts, also at rates of one sample a bin.
            ax, ay, az = (*ax, before[0]), (*ay, before[1]), (*az, before[2])
        made.shake = max(max(ax) - min(ax), max(ay) - min(ay), max(az) - min(az))
