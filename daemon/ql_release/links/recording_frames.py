"""A text recording as the frames a tool would have sent, so that it can be played as a link.

The scales are powers of two, exact in the calibration's 32-bit floats: a millinewton, 0.004 m/s²
and 0.001 rad/s, finer than sensors measure.
"""

from collections.abc import Iterator, Sequence
from itertools import repeat
from struct import Struct

from ql_release.links.recording import RecordingReader
from ql_release.links.recording_header import RecordingHeader
from ql_release.links.source import ToolHello
from ql_release.signal.samples import SampleBlock
from ql_release.units import MICROSECONDS
from ql_release.wire.calibration import Calibration, ZoneCalibration, ZoneKind
from ql_release.wire.control import StartReply, ToolInfo
from ql_release.wire.frames import (
    BATTERY_UNKNOWN,
    COUNT_BYTES,
    IMU_NONE,
    IMU_SIX_AXIS,
    MINOR,
    NEVER,
    VERSION,
    FrameFlags,
    SampleFrame,
    StatusFrame,
)
from ql_release.wire.limits import SERIAL_BYTES, U32

RECORDING_SERIAL = bytes(SERIAL_BYTES)
"""A recording names no tool; its uid alone tells it from others."""

_N_PER_COUNT = 2.0**-10
_ACCEL_PER_LSB = 2.0**-8
_GYRO_PER_LSB = 2.0**-10
_AXES = (1, 2, 3)
_MAX_COUNT = (1 << 23) - 1
_MAX_LSB = (1 << 15) - 1

_DEFAULT_HZ = 100.0
_MAX_PERIOD_US = 0xFFFF
# A tenth of a second at 100 Hz, as a tool on a radio link sends them.
_MAX_BATCH = 10
# Samples of one frame are told to be evenly spaced; those further off begin a new frame.
_MAX_JITTER_US = 1000

_MOTION = Struct("<6h")
_U16 = 0xFFFF


class RecordingFrames:
    """The frames of an open recording.

    Args:
        reader: the recording; it is read only as the frames are.
        uid: the stream uid to give them.
    """

    def __init__(self, reader: RecordingReader, uid: int) -> None:
        header = reader.header
        self._reader = reader
        self._uid = uid
        self._n_force = header.n_force
        self._imu = IMU_SIX_AXIS if header.imu else IMU_NONE
        self._hz = header.rate_hz or _DEFAULT_HZ
        self._period_us = min(_MAX_PERIOD_US, round(MICROSECONDS / self._hz))
        self._calibration = _calibration(header)

    def hello(self) -> ToolHello:
        """Return what a tool with these samples would say of itself."""
        info = ToolInfo(
            major=VERSION,
            minor=MINOR,
            firmware=(0, 0, 0),
            hardware=0,
            n_force=self._n_force,
            kinds=0,
            imu=self._imu,
            max_hz=round(self._hz),
            accel_range_g=0,
            gyro_range_dps=0,
            features=0,
            cal_id=self._calibration.cal_id,
            serial=RECORDING_SERIAL,
            uid=self._uid,
            ring_samples=0,
            model="recording",
        )
        block = self._calibration.encode()
        return ToolHello(info, info.encode(), self._calibration, block, self._uid)

    def start(self) -> StartReply:
        """Return what comes: rate, samples to a frame, uid and first index."""
        return StartReply(round(self._hz), _MAX_BATCH, self._uid, 0)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield each frame: µs since the first sample at which it would be sent, and its bytes.

        Raises:
            DamagedRecording: where the recording is damaged, after all frames before it.
        """
        yield 0, self._status().encode()
        first_t: float | None = None
        for block in self._reader:
            if first_t is None:
                first_t = block.t[0]
            times = [round((t - first_t) * MICROSECONDS) for t in block.t]
            for start, end in self._batches(times):
                yield times[end - 1], self._frame(block, times[start], start, end).encode()

    def _batches(self, times: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Divide samples into runs that are evenly spaced and short enough for a frame."""
        start = 0
        for place, time in enumerate(times):
            due = times[start] + (place - start) * self._period_us
            if place - start == _MAX_BATCH or abs(time - due) > _MAX_JITTER_US:
                yield start, place
                start = place
        yield start, len(times)

    def _frame(self, block: SampleBlock, t0_us: int, start: int, end: int) -> SampleFrame:
        motion = block.imu[start:end] if block.imu is not None else repeat((), end - start)
        zones = block.zones[start:end]
        saturated = any(abs(force) >= _MAX_COUNT * _N_PER_COUNT for row in zones for force in row)
        flags = FrameFlags.SATURATED if saturated else FrameFlags(0)
        if start == 0 and block.gap_before:
            flags |= FrameFlags.GAP_BEFORE
        return SampleFrame(
            flags=flags,
            stream=self._uid & _U16,
            index=block.index + start,
            t0_us=t0_us & U32,
            period_us=self._period_us,
            n_force=self._n_force,
            imu=self._imu,
            n=end - start,
            body=b"".join(map(_sample, zones, motion)),
        )

    def _status(self) -> StatusFrame:
        return StatusFrame(
            flags=FrameFlags(0),
            stream=self._uid & _U16,
            index=0,
            t0_us=0,
            period_us=self._period_us,
            n_force=self._n_force,
            imu=self._imu,
            uid=self._uid,
            device_us=0,
            host_us=0,
            time_age_s=NEVER,
            battery=BATTERY_UNKNOWN,
            mask=(1 << self._n_force) - 1,
            limit_n=0.0,
            calibration=self._calibration,
            calibration_block=self._calibration.encode(),
        )


def _calibration(header: RecordingHeader) -> Calibration:
    zone = ZoneCalibration(ZoneKind.LOAD_CELL, 0, _N_PER_COUNT)
    accel, gyro = (_ACCEL_PER_LSB, _GYRO_PER_LSB) if header.imu else (0.0, 0.0)
    return Calibration(1, (zone,) * header.n_force, accel, gyro, _AXES if header.imu else (0, 0, 0))


def _sample(zones: Sequence[float], motion: Sequence[float]) -> bytes:
    """Return one sample's bytes in a frame's body."""
    counts = b"".join(
        _scaled(force, _N_PER_COUNT, _MAX_COUNT).to_bytes(COUNT_BYTES, "little", signed=True)
        for force in zones
    )
    if not motion:
        return counts
    accel = [_scaled(value, _ACCEL_PER_LSB, _MAX_LSB) for value in motion[:3]]
    gyro = [_scaled(value, _GYRO_PER_LSB, _MAX_LSB) for value in motion[3:]]
    return counts + _MOTION.pack(*accel, *gyro)


def _scaled(value: float, unit: float, limit: int) -> int:
    return max(-limit, min(limit, round(value / unit)))
