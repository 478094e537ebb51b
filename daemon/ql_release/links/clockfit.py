"""The tool's clock told in the host's time.

A frame never arrives before it was sent, so host time against device time lies on or above
a straight line, and the frames that were delayed least lie on it: the line is the lower
envelope of the last minute. Arrival jitter (a radio's connection interval, a busy host) only
lifts points above the line and leaves the fit alone.

Only frames that were sent as they were measured may be observed: replayed ones are late by
design. Nothing here knows a clock; arrival times are handed in.
"""

from collections import deque
from itertools import pairwise

from ql_release.context import ClockLine
from ql_release.units import MICROSECONDS

# One point, the least delayed, is kept for each second: 60 points bound the memory and the work.
_BUCKET_US = MICROSECONDS
# Long enough for a slope, short enough to follow a crystal that warms up on a body.
_WINDOW_US = 60 * MICROSECONDS
# Below this span 10 ms of jitter would pass for hundreds of ppm: the slope is taken as 1.
_MIN_SLOPE_SPAN_US = 20 * MICROSECONDS
# Crystals of microcontroller boards are specified within ±100 ppm, the host's likewise.
MAX_PPM = 200.0
# A wall clock that is set moves by more than links delay or crystals drift.
_STEP_US = 500_000
# Frames that all arrive late for this long are not late: the host's clock was set forward.
_STEP_PATIENCE = 10

_PPM = 1e-6


class ClockFit:
    """Fits one stream's device clock to the host's clock.

    A host clock that is set back is noticed with the next frame, one that is set forward after
    ten seconds; the fit then begins anew. A new stream uid needs `reset`: the device's
    microseconds begin at 0 again.
    """

    def __init__(self) -> None:
        self._points: deque[tuple[int, int]] = deque()
        self._anchor: ClockLine | None = None
        self._late_buckets = 0

    @property
    def anchor(self) -> ClockLine | None:
        """The present fit; None until something was observed."""
        return self._anchor

    @property
    def ppm(self) -> float:
        """The present drift, between -200 and 200; 0 until it can be told."""
        return self._anchor.ppm if self._anchor else 0.0

    def observe(self, device_us: int, host_us: int) -> None:
        """Take in that what happened at a device time arrived at a host time.

        Args:
            device_us: device microseconds, 64 bits, of the newest sample in the frame.
            host_us: Unix microseconds at which the frame arrived.
        """
        if self._anchor is not None and host_us < self._anchor.at(device_us) - _STEP_US:
            self.reset()
        opened = self._keep(device_us, host_us)
        if opened:
            self._notice_step_forward()
        if opened or self._is_below(device_us, host_us):
            self._fit()

    def host_us(self, device_us: int) -> int:
        """Return the host's Unix microseconds at a device time in microseconds.

        Raises:
            ValueError: before anything was observed.
        """
        if self._anchor is None:
            raise ValueError("the tool's clock is not known yet: nothing was observed")
        return self._anchor.at(device_us)

    def reset(self) -> None:
        """Forget everything: another stream begins, or the host's clock was set."""
        self._points.clear()
        self._anchor = None
        self._late_buckets = 0

    def _is_below(self, device_us: int, host_us: int) -> bool:
        return self._anchor is None or host_us < self._anchor.at(device_us)

    def _keep(self, device_us: int, host_us: int) -> bool:
        """Keep the least delayed point of each second; return whether a second began."""
        points = self._points
        if points and device_us // _BUCKET_US <= points[-1][0] // _BUCKET_US:
            if host_us - device_us < points[-1][1] - points[-1][0]:
                points[-1] = (device_us, host_us)
            return False
        points.append((device_us, host_us))
        while points[0][0] < device_us - _WINDOW_US:
            points.popleft()
        return True

    def _notice_step_forward(self) -> None:
        """Begin anew from the last seconds when all of them arrived far too late."""
        if self._anchor is None or len(self._points) <= 1:
            return
        device_us, host_us = self._points[-2]
        late = host_us - self._anchor.at(device_us) > _STEP_US
        self._late_buckets = self._late_buckets + 1 if late else 0
        if self._late_buckets >= _STEP_PATIENCE:
            recent = list(self._points)[-_STEP_PATIENCE:]
            self.reset()
            self._points.extend(recent)

    def _fit(self) -> None:
        device_0, host_0 = self._points[0]
        shifted = [(x - device_0, (y - host_0) - (x - device_0)) for x, y in self._points]
        slope = _clamp(_envelope_slope(shifted))
        offset = min(y - slope * x for x, y in shifted)
        newest = shifted[-1][0]
        # The anchor is the newest point's time, so that rounding errors stay small.
        self._anchor = ClockLine(
            device_us=device_0 + newest,
            host_us=host_0 + newest + round(offset + slope * newest),
            ppm=slope / _PPM,
        )


def _envelope_slope(points: list[tuple[int, int]]) -> float:
    """Return the slope of the line below all points that is closest to them on average.

    That line is the edge of the lower convex hull which spans the points' mean abscissa.
    """
    if points[-1][0] - points[0][0] < _MIN_SLOPE_SPAN_US:
        return 0.0
    hull = _lower_hull(points)
    mean = sum(x for x, _ in points) / len(points)
    for (x0, y0), (x1, y1) in pairwise(hull):
        if x0 <= mean <= x1:
            return (y1 - y0) / (x1 - x0)
    return 0.0


def _lower_hull(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lower convex hull of points in ascending order of their abscissa."""
    hull: list[tuple[int, int]] = []
    for x, y in points:
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2], hull[-1]
            if (x1 - x0) * (y - y0) > (y1 - y0) * (x - x0):
                break
            hull.pop()
        hull.append((x, y))
    return hull


def _clamp(slope: float) -> float:
    return max(-MAX_PPM * _PPM, min(MAX_PPM * _PPM, slope))
