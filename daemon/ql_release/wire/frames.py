"""Frames that a tool sends unasked: samples, status and events (docs/wire.md, Frames)."""

from dataclasses import dataclass, field, replace
from enum import IntEnum, IntFlag
from functools import lru_cache
from struct import Struct
from typing import Final

from ql_release.wire.calibration import Calibration
from ql_release.wire.limits import MAX_MESSAGE, U32

VERSION: Final = 1
"""The wire's major version, the high half of a frame's first byte."""
MINOR: Final = 0
"""The wire's minor version; a newer one only adds what an older receiver may ignore."""

HEADER: Final = Struct("<BBHIIHBB")
HEADER_SIZE: Final = HEADER.size
STATUS: Final = Struct("<QQQIBBf")
"""What a status frame has between its header and its calibration block."""
EVENT: Final = Struct("<BQf")

COUNT_BYTES: Final = 3
"""A raw count is a signed 24-bit integer, the width of the usual bridge converters."""
IMU_AXES: Final = 6
IMU_BYTES: Final = 2 * IMU_AXES
"""Acceleration and rotation of three axes, 16 bits each."""
IMU_NONE: Final = 0
IMU_SIX_AXIS: Final = 1
N_FORCE_MASK: Final = 0x0F
IMU_SHIFT: Final = 4

NEVER: Final = U32
"""`time_age_s` of a tool that has not heard a TIME since it started."""
BATTERY_UNKNOWN: Final = 255


class FrameType(IntEnum):
    """The low half of a frame's first byte."""

    SAMPLES = 1
    EVENT = 2
    STATUS = 3
    REPLAYED = 4


class FrameFlags(IntFlag):
    """What holds for a frame; unknown bits are ignored."""

    GAP_BEFORE = 1
    NEW_CALIBRATION = 2
    SATURATED = 4
    SENSOR_FAULT = 8
    LOW_BATTERY = 16
    CLOCK_REBASED = 32


FIRST_SAMPLE_FLAGS: Final = (
    FrameFlags.GAP_BEFORE | FrameFlags.NEW_CALIBRATION | FrameFlags.CLOCK_REBASED
)
"""Flags about the frame's first sample: the rest of a divided frame does not inherit them."""
_KEPT_FLAGS: Final = 0xFF & ~int(FIRST_SAMPLE_FLAGS)


class EventKind(IntEnum):
    """What a tool reports; the comment names the unit of the event's value."""

    BUTTON = 1
    OVER_PRESSURE = 2  # newtons
    TARED = 3
    CALIBRATED = 4
    LOW_BATTERY = 5  # percent
    SENSOR_FAULT = 6  # number of the zone
    STORAGE_FAULT = 7


def sample_size(n_force: int, imu: int) -> int:
    """Return the bytes of one sample of that layout."""
    return n_force * COUNT_BYTES + (IMU_BYTES if imu else 0)


def max_samples(n_force: int, imu: int, message: int = MAX_MESSAGE) -> int:
    """Return how many samples of a layout fit a message of so many bytes."""
    return min(255, (message - HEADER_SIZE) // sample_size(n_force, imu))


@dataclass(frozen=True, slots=True)
class SampleFrame:
    """Consecutive raw samples of one stream.

    Attributes:
        flags: `FrameFlags` and bits unknown to this version.
        stream: low half of the stream uid.
        index: of the first sample.
        t0_us: device time of the first sample, low 32 bits of µs.
        period_us: measured time from sample to sample, µs.
        n_force: force channels of each sample.
        imu: `IMU_NONE` or `IMU_SIX_AXIS`.
        n: number of samples.
        body: the samples as they came, `n` times `sample_size(n_force, imu)` bytes.
        replayed: sent on request, not as it was measured.
    """

    flags: int
    stream: int
    index: int
    t0_us: int
    period_us: int
    n_force: int
    imu: int
    n: int
    body: bytes = field(repr=False)
    replayed: bool = False

    @property
    def end(self) -> int:
        """The index after the last sample."""
        return self.index + self.n

    def after(self, index: int) -> "SampleFrame | None":
        """Return what the frame holds from an index on, None when that is nothing.

        The new frame's time is the old one's, advanced by the period.
        """
        skipped = index - self.index
        if skipped <= 0:
            return self
        if skipped >= self.n:
            return None
        return replace(
            self,
            flags=self.flags & _KEPT_FLAGS,
            index=index,
            t0_us=(self.t0_us + skipped * self.period_us) & U32,
            n=self.n - skipped,
            body=self.body[skipped * sample_size(self.n_force, self.imu) :],
        )

    def columns(self) -> list[tuple[int, ...]]:
        """Return the counts of each force channel, then six columns of IMU values in LSB if any.

        Raises:
            ValueError: when the body does not have the size that the header tells.
        """
        if len(self.body) != self.n * sample_size(self.n_force, self.imu):
            raise ValueError("the body's size is not that of its samples: decode it from a message")
        return _columns(self.body, self.n_force, self.imu, self.n)

    def rows(self) -> list[tuple[int, ...]]:
        """Return for each sample its `n_force` counts, then six IMU values in LSB if it has them.

        Raises:
            ValueError: as `columns` does.
        """
        return list(zip(*self.columns(), strict=True))

    def encode(self) -> bytes:
        """Return the message that decodes to this frame."""
        kind = FrameType.REPLAYED if self.replayed else FrameType.SAMPLES
        return (
            HEADER.pack(
                VERSION << 4 | kind,
                self.flags,
                self.stream,
                self.index,
                self.t0_us,
                self.period_us,
                self.n_force | self.imu << IMU_SHIFT,
                self.n,
            )
            + self.body
        )


# The third byte of a 24-bit count to the fourth of the same number in 32 bits.
_SIGN_BYTE: Final = bytes(0xFF if byte & 0x80 else 0 for byte in range(256))


@lru_cache(maxsize=64)
def _layout(n_force: int, imu: int, n: int) -> tuple[Struct, Struct]:
    """Return what splits a body into counts' bytes and IMU values, and what reads the counts."""
    sample = f"{n_force * COUNT_BYTES}s" + f"{IMU_AXES}h" * bool(imu)
    return Struct("<" + sample * n), Struct(f"<{n * n_force}i")


def _columns(body: bytes, n_force: int, imu: int, n: int) -> list[tuple[int, ...]]:
    """Return the columns of a body.

    All counts of a frame are widened to 32 bits by four strided copies, then read by one
    `struct` call, and each column is a stride of them: a third of the time of reading samples.
    """
    split, counts = _layout(n_force, imu, n)
    axes = IMU_AXES if imu else 0
    parts = split.unpack(body)
    forces = counts.unpack(_widened(b"".join(parts[:: axes + 1])))
    return [
        *(forces[channel::n_force] for channel in range(n_force)),
        *(parts[axis :: axes + 1] for axis in range(1, axes + 1)),
    ]


def _widened(counts: bytes) -> bytearray:
    """Return packed signed 24-bit integers as signed 32-bit ones."""
    wide = bytearray(len(counts) // COUNT_BYTES * 4)
    wide[0::4] = counts[0::3]
    wide[1::4] = counts[1::3]
    high = counts[2::3]
    wide[2::4] = high
    wide[3::4] = high.translate(_SIGN_BYTE)
    return wide


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFrame:
    """The state of a tool: at stream start, every 10 s, and before a new calibration's samples.

    Attributes:
        flags: `FrameFlags` and bits unknown to this version.
        stream: low half of the stream uid.
        index: of the next sample.
        t0_us: low 32 bits of `device_us`.
        period_us: measured time from sample to sample, µs; 0 while nothing is measured.
        n_force: force channels of the tool's samples.
        imu: `IMU_NONE` or `IMU_SIX_AXIS`.
        uid: the stream uid.
        device_us: device time, µs since the tool started.
        host_us: what the last TIME said, Unix µs; 0 when none came.
        time_age_s: seconds since then; `NEVER` when none came.
        battery: percent, or `BATTERY_UNKNOWN`.
        mask: zones that are measured, one bit each.
        limit_n: the tool's own over-pressure limit, N; 0 for none.
        calibration: in force from the next sample on.
        calibration_block: the bytes it was read from.
    """

    flags: int
    stream: int
    index: int
    t0_us: int
    period_us: int
    n_force: int
    imu: int
    uid: int
    device_us: int
    host_us: int
    time_age_s: int
    battery: int
    mask: int
    limit_n: float
    calibration: Calibration
    calibration_block: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the message that decodes to this frame."""
        payload = STATUS.pack(
            self.uid,
            self.device_us,
            self.host_us,
            self.time_age_s,
            self.battery,
            self.mask,
            self.limit_n,
        )
        return _header_alone(self, FrameType.STATUS) + payload + self.calibration_block


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEvent:
    """Something that happened on the tool.

    Attributes:
        flags: `FrameFlags` and bits unknown to this version.
        stream: low half of the stream uid.
        index: of the next sample.
        t0_us: low 32 bits of `device_us`.
        period_us: measured time from sample to sample, µs; 0 while nothing is measured.
        n_force: force channels of the tool's samples.
        imu: `IMU_NONE` or `IMU_SIX_AXIS`.
        kind: an `EventKind`, or a number that this version does not know.
        device_us: device time, µs since the tool started.
        value: in the unit of the kind; 0 where it has none.
    """

    flags: int
    stream: int
    index: int
    t0_us: int
    period_us: int
    n_force: int
    imu: int
    kind: int
    device_us: int
    value: float

    def encode(self) -> bytes:
        """Return the message that decodes to this frame."""
        payload = EVENT.pack(self.kind, self.device_us, self.value)
        return _header_alone(self, FrameType.EVENT) + payload


def _header_alone(frame: StatusFrame | DeviceEvent, kind: FrameType) -> bytes:
    return HEADER.pack(
        VERSION << 4 | kind,
        frame.flags,
        frame.stream,
        frame.index,
        frame.t0_us,
        frame.period_us,
        frame.n_force | frame.imu << IMU_SHIFT,
        0,
    )
