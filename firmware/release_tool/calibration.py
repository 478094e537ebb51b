"""What turns raw counts into newtons, and how it is found: by taring and by known weights."""

import struct

from release_tool.compat import const
from release_tool.wire.frame import COUNT_MAX, COUNT_MIN

KIND_LOAD_CELL = const(0)
KIND_CONTACT = const(1)

_HEAD = "<IB"
_ZONE = "<Bif"
_ZONE_SIZE = const(9)
_TAIL = "<ffbbb"

# A fit needs two weights; more than these at a zone only use up memory.
MAX_POINTS = const(8)
# A link that lags is at most `live.MAX_BACKLOG` frames behind; nobody tares more often meanwhile.
_MAX_CHANGES = const(8)


class Calibration:
    """A set of scales with its number; treated as a value: changes make a new one.

    Args:
        cal_id: 0 as it left its maker, one more with each change.
        kinds: per zone `KIND_LOAD_CELL` or `KIND_CONTACT`.
        offsets: per zone the raw count at 0 N.
        scales: per zone the newtons per count; for contact only, what takes the counts above the
            offset to 1 where a touch begins.
        accel: m/s^2 per LSB.
        gyro: rad/s per LSB.
        axes: the sensor axis (1-3, negative when reversed) of the tool's x, y and z; zeros
            without an IMU.
    """

    def __init__(self, cal_id, kinds, offsets, scales, *, accel=0.0, gyro=0.0, axes=(0, 0, 0)):
        self.cal_id = cal_id
        self.kinds = tuple(kinds)
        self.offsets = tuple(offsets)
        self.scales = tuple(scales)
        self.accel = accel
        self.gyro = gyro
        self.axes = tuple(axes)

    def encode(self):
        """Return the calibration block of the wire."""
        parts = [struct.pack(_HEAD, self.cal_id, len(self.kinds))]
        for kind, offset, scale in zip(self.kinds, self.offsets, self.scales):  # noqa: B905
            parts.append(struct.pack(_ZONE, kind, offset, scale))
        parts.append(struct.pack(_TAIL, self.accel, self.gyro, *self.axes))
        return b"".join(parts)

    def changed(self, offsets=None, scales=None):
        """Return the next calibration, with these values and a number of its own."""
        return Calibration(
            (self.cal_id + 1) & 0xFFFFFFFF,
            self.kinds,
            self.offsets if offsets is None else offsets,
            self.scales if scales is None else scales,
            accel=self.accel,
            gyro=self.gyro,
            axes=self.axes,
        )

    def newtons(self, counts):
        """Return the force over all load cells."""
        total = 0.0
        for zone, kind in enumerate(self.kinds):
            if kind == KIND_LOAD_CELL:
                total += (counts[zone] - self.offsets[zone]) * self.scales[zone]
        return total


class CalibrationHistory:
    """Which calibration the samples that still wait in the ring were taken under.

    Args:
        calibration: in force from the beginning.
    """

    def __init__(self, calibration):
        self._changes = [(0, calibration)]

    def add(self, slot, calibration):
        """Note a calibration that is in force from this slot of the ring on."""
        if self._changes[-1][0] == slot:
            self._changes.pop()
        self._changes.append((slot, calibration))
        if len(self._changes) > _MAX_CHANGES:
            self._changes.pop(0)

    def at(self, slot):
        """Return the calibration that a slot's samples are under."""
        for first, calibration in reversed(self._changes):
            if first <= slot:
                return calibration
        return self._changes[0][1]


def decode_calibration(block):
    """Return the `Calibration` in a block.

    Raises:
        ValueError: when the block is short or long.
    """
    head = struct.calcsize(_HEAD)
    if len(block) < head:
        raise ValueError("the calibration block is too short")
    cal_id, zones = struct.unpack_from(_HEAD, block, 0)
    if len(block) != head + zones * _ZONE_SIZE + struct.calcsize(_TAIL):
        raise ValueError("the calibration block has a wrong length")
    rows = [struct.unpack_from(_ZONE, block, head + i * _ZONE_SIZE) for i in range(zones)]
    accel, gyro, x, y, z = struct.unpack_from(_TAIL, block, head + zones * _ZONE_SIZE)
    return Calibration(
        cal_id,
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        accel=accel,
        gyro=gyro,
        axes=(x, y, z),
    )


class CalibrationPoints:
    """Known weights put on the zones, and the line through them.

    Args:
        zones: number of zones.
    """

    def __init__(self, zones):
        self._points = [[] for _ in range(zones)]

    def add(self, zone, newtons, counts):
        """Note what a zone read under a weight; return how many points it has now.

        Raises:
            ValueError: when the zone has as many as it may.
        """
        points = self._points[zone]
        if len(points) >= MAX_POINTS:
            raise ValueError("too many points")
        points.append((newtons, counts))
        return len(points)

    def clear(self):
        """Forget all points."""
        for points in self._points:
            points.clear()

    def apply(self, calibration):
        """Return the calibration that fits the points, None when there are none.

        One point on a zone keeps its zero; two or more also find the zero anew.

        Raises:
            ValueError: when the points of a zone tell no scale.
        """
        offsets = list(calibration.offsets)
        scales = list(calibration.scales)
        found = False
        for zone, points in enumerate(self._points):
            if points:
                offsets[zone], scales[zone] = _fit(points, offsets[zone])
                found = True
        return calibration.changed(offsets, scales) if found else None


def _fit(points, offset):
    """Return the (offset, newtons per count) of the least-squares line through the points."""
    if len(points) == 1:
        newtons, counts = points[0]
        if counts == offset or newtons == 0:
            raise ValueError("one point must lie away from zero")
        return offset, _kept(newtons / (counts - offset))
    mean_n = sum(n for n, _ in points) / len(points)
    mean_c = sum(c for _, c in points) / len(points)
    spread = sum((c - mean_c) ** 2 for _, c in points)
    slope = sum((c - mean_c) * (n - mean_n) for n, c in points)
    if spread == 0 or slope == 0:
        raise ValueError("the points must differ in weight and in counts")
    scale = _kept(slope / spread)
    zero = mean_c - mean_n / scale
    if not COUNT_MIN <= zero <= COUNT_MAX:
        raise ValueError("the points put the zero where the sensor has no counts")
    return round(zero), scale


def _kept(scale):
    """Return a scale as the calibration block keeps it, in single precision.

    Raises:
        ValueError: when nothing of it is left.
    """
    (kept,) = struct.unpack("<f", struct.pack("<f", scale))
    if kept == 0:
        raise ValueError("the points tell no scale")
    return kept
