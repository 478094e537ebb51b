"""Taring and calibrating: reads the sensors at rest and changes the calibration."""

from release_tool.calibration import KIND_LOAD_CELL, CalibrationPoints
from release_tool.compat import const

# Half a second at 100 Hz: longer than a vibration, shorter than a person's patience.
_WINDOW = const(50)
# A slow tool need not be watched for longer than this many samples.
_WINDOW_MIN = const(8)
# Contact begins at 8 N (the daemon's rule); what is above is a body, not drift.
_LOAD_N = 8.0
# A tool at rest swings less than this within the window.
_STEADY_N = 2.0
# A contact-only zone at rest swings less than half of what a touch takes.
_STEADY_TOUCH = 0.5
_TOUCH = const(1)


class NotReadyError(Exception):
    """Too few samples, or the tool is not at rest."""


class UnderLoadError(Exception):
    """Something lies on the tool."""


class Scales:
    """The way from the ring's newest samples to a new calibration.

    Args:
        ring: the `FrameRing`.
        zones: number of force zones.
    """

    def __init__(self, ring, zones):
        self._ring = ring
        self._zones = zones
        self._points = CalibrationPoints(zones)

    def _read(self, zone):
        """Return the newest raw counts of a zone.

        Raises:
            NotReadyError: when there are too few.
        """
        counts = self._ring.recent(zone, _WINDOW)
        if len(counts) < _WINDOW_MIN:
            raise NotReadyError
        return counts

    def _check_at_rest(self, calibration, windows):
        """Raise unless nothing lies on the tool and nothing moves it.

        A tool that was never tared or calibrated may rest at any count, so its load is unknown.
        A contact-only zone rests near its driver's zero from the first, so its touch is known.
        """
        for zone, counts in windows.items():
            steady = _STEADY_N if is_load_cell(calibration, zone) else _STEADY_TOUCH
            if _swing(calibration, zone, counts) > steady:
                raise UnderLoadError
            if _is_touched(calibration, zone, _mean(counts)):
                raise UnderLoadError
        if calibration.cal_id == 0:
            return
        means = [
            _mean(windows[z]) if z in windows else calibration.offsets[z]
            for z in range(self._zones)
        ]
        if abs(calibration.newtons(means)) >= _LOAD_N:
            raise UnderLoadError

    def tare(self, calibration, mask):
        """Return the calibration with the masked zones' zero where they are now.

        Raises:
            NotReadyError: when too few samples were taken yet.
            UnderLoadError: when something lies on the tool or moves it.
        """
        windows = {z: self._read(z) for z in range(self._zones) if mask >> z & 1}
        self._check_at_rest(calibration, windows)
        offsets = list(calibration.offsets)
        for zone, counts in windows.items():
            offsets[zone] = round(_mean(counts))
        return calibration.changed(offsets=offsets)

    def add_point(self, calibration, zone, newtons):
        """Take what a zone reads now as so many newtons; return (points, counts).

        Raises:
            NotReadyError: when too few samples were taken yet or the weight still swings.
            ValueError: when the zone has as many points as it may.
        """
        counts = self._read(zone)
        if _swing(calibration, zone, counts) > _STEADY_N:
            raise NotReadyError
        mean = round(_mean(counts))
        return self._points.add(zone, newtons, mean), mean

    def fit(self, calibration):
        """Return the calibration that fits the points, None without any.

        Raises:
            ValueError: when the points of a zone tell no scale.
        """
        return self._points.apply(calibration)

    def forget_points(self):
        """Begin the next calibration without any point."""
        self._points.clear()


def is_load_cell(calibration, zone):
    """Return whether a zone measures newtons."""
    return calibration.kinds[zone] == KIND_LOAD_CELL


def _swing(calibration, zone, counts):
    return (max(counts) - min(counts)) * abs(calibration.scales[zone])


def _is_touched(calibration, zone, mean):
    if is_load_cell(calibration, zone):
        return False
    return (mean - calibration.offsets[zone]) * calibration.scales[zone] >= _TOUCH


def _mean(counts):
    return sum(counts) / len(counts)
