"""The calibration block: what turns raw counts into physical units (docs/wire.md, Calibration)."""

import math
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

from ql_release.wire.limits import MAX_ZONES

_HEAD = Struct("<IB")
_ZONE = Struct("<Bif")
_TAIL = Struct("<ffbbb")
_NO_AXES = (0, 0, 0)
_AXES = {1, 2, 3}


class ZoneKind(IntEnum):
    """What a force zone can tell."""

    LOAD_CELL = 0
    """Newtons."""
    CONTACT = 1
    """Only whether it is touched; never newtons."""


@dataclass(frozen=True, slots=True)
class ZoneCalibration:
    """One zone's scale.

    Attributes:
        kind: a `ZoneKind`.
        offset: the raw count with nothing on the zone.
        n_per_count: newtons per count; for a contact-only zone the number that takes counts above
            the offset to 1 where a touch begins.
    """

    kind: int
    offset: int
    n_per_count: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """All scales of a tool.

    Attributes:
        cal_id: another number for each calibration of this tool.
        zones: in the order of the samples' channels.
        accel: m/s² per LSB.
        gyro: rad/s per LSB.
        axes: for the tool's x, y and z the sensor axis 1 to 3, negative when it points the other
            way; zeros without an IMU.
    """

    cal_id: int
    zones: tuple[ZoneCalibration, ...]
    accel: float
    gyro: float
    axes: tuple[int, int, int]

    def encode(self) -> bytes:
        """Return the calibration block."""
        zones = [_ZONE.pack(zone.kind, zone.offset, zone.n_per_count) for zone in self.zones]
        return (
            _HEAD.pack(self.cal_id, len(self.zones))
            + b"".join(zones)
            + _TAIL.pack(self.accel, self.gyro, *self.axes)
        )


def decode_calibration(block: bytes) -> Calibration:
    """Return the calibration in a block; bytes after it are ignored.

    Raises:
        ValueError: when the block is short, or holds what no calibration can.
    """
    if len(block) < _HEAD.size:
        raise ValueError("the calibration block ends before its zone count: read it anew")
    cal_id, count = _HEAD.unpack_from(block)
    if count > MAX_ZONES:
        raise ValueError(f"the calibration block tells of {count} zones, at most {MAX_ZONES} fit")
    if len(block) < block_size(count):
        raise ValueError(
            f"the calibration block has {len(block)} bytes, {count} zones need {block_size(count)}"
        )
    zones = tuple(_zone(block, number) for number in range(count))
    accel, gyro, *axes = _TAIL.unpack_from(block, _HEAD.size + count * _ZONE.size)
    if not (math.isfinite(accel) and math.isfinite(gyro)):
        raise ValueError("the calibration's motion scales are not numbers: calibrate the tool anew")
    return Calibration(cal_id, zones, accel, gyro, _axes(*axes))


def block_size(zones: int) -> int:
    """Return the bytes of a calibration block of so many zones."""
    return _HEAD.size + zones * _ZONE.size + _TAIL.size


def _zone(block: bytes, number: int) -> ZoneCalibration:
    kind, offset, n_per_count = _ZONE.unpack_from(block, _HEAD.size + number * _ZONE.size)
    if kind not in tuple(ZoneKind):
        raise ValueError(f"zone {number} is of the unknown kind {kind}: update the daemon")
    if not math.isfinite(n_per_count):
        raise ValueError(f"zone {number} has no scale: calibrate the tool anew")
    return ZoneCalibration(kind, offset, n_per_count)


def _axes(x: int, y: int, z: int) -> tuple[int, int, int]:
    axes = (x, y, z)
    if axes != _NO_AXES and {abs(axis) for axis in axes} != _AXES:
        raise ValueError(f"the motion axes {axes} are not 1, 2 and 3 with signs: check the tool")
    return axes
