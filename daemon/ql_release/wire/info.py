"""What a tool is and can do: INFO's reply (docs/wire.md, INFO)."""

from dataclasses import dataclass
from enum import IntFlag
from struct import Struct

from ql_release.wire.calibration import ZoneKind
from ql_release.wire.limits import SERIAL_BYTES
from ql_release.wire.ops import Op
from ql_release.wire.payload import decode_text, encode_text, unpack_reply

_INFO = Struct(f"<BB3sBBBBHBHII{SERIAL_BYTES}sQI")


class Feature(IntFlag):
    """What a tool has beyond force and motion (INFO); unknown bits are ignored."""

    HAPTIC = 1
    LED = 2
    BATTERY = 4
    SLEEP = 8
    FLASH = 16
    UPDATE = 32


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """What a tool is (INFO).

    Attributes:
        major: version of the wire.
        minor: its minor version.
        firmware: major, minor and patch number.
        hardware: number of the board design.
        n_force: force zones.
        kinds: one bit a zone, set for contact only.
        imu: `frames.IMU_NONE` or `frames.IMU_SIX_AXIS`.
        max_hz: samples a second at the most.
        accel_range_g: full scale of the accelerometer, g.
        gyro_range_dps: full scale of the gyroscope, degrees per second.
        features: `Feature` bits.
        cal_id: calibration in force.
        serial: hardware serial number, 8 bytes.
        uid: of the present stream.
        ring_samples: how many samples REPLAY can reach back.
        name: what its owner calls it; may be empty.
        model: what its maker calls it; may be empty.
    """

    major: int
    minor: int
    firmware: tuple[int, int, int]
    hardware: int
    n_force: int
    kinds: int
    imu: int
    max_hz: int
    accel_range_g: int
    gyro_range_dps: int
    features: int
    cal_id: int
    serial: bytes
    uid: int
    ring_samples: int
    name: str = ""
    model: str = ""

    def zone_kind(self, zone: int) -> ZoneKind:
        """Return what a zone can tell."""
        return ZoneKind(self.kinds >> zone & 1)

    def encode(self) -> bytes:
        """Return the reply's payload."""
        return (
            _INFO.pack(
                self.major,
                self.minor,
                bytes(self.firmware),
                self.hardware,
                self.n_force,
                self.kinds,
                self.imu,
                self.max_hz,
                self.accel_range_g,
                self.gyro_range_dps,
                self.features,
                self.cal_id,
                self.serial,
                self.uid,
                self.ring_samples,
            )
            + encode_text(self.name)
            + encode_text(self.model)
        )


def parse_info(payload: bytes) -> ToolInfo:
    """Return what INFO's reply says.

    Raises:
        ValueError: when the payload is too short, a text is not UTF-8 or a number cannot be.
    """
    major, minor, firmware, *rest = unpack_reply(_INFO, payload, Op.INFO)
    name, at = decode_text(payload, _INFO.size)
    model, _ = decode_text(payload, at)
    fields = [major, minor, tuple(firmware), *rest, name, model]
    return ToolInfo(*fields)
