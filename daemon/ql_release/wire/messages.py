"""One message to what it says, by its first byte. Nothing here raises."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ql_release.wire.calibration import decode_calibration
from ql_release.wire.frames import (
    EVENT,
    HEADER,
    HEADER_SIZE,
    IMU_NONE,
    IMU_SHIFT,
    IMU_SIX_AXIS,
    N_FORCE_MASK,
    STATUS,
    VERSION,
    DeviceEvent,
    FrameType,
    SampleFrame,
    StatusFrame,
    sample_size,
)
from ql_release.wire.limits import MAX_INDEX, MAX_ZONES
from ql_release.wire.ops import REPLY_BIT, Reply, Request

_FIRST_REQUEST: Final = 0x20
_REPLY_SIZE: Final = 3
_REQUEST_SIZE: Final = 2
_TYPE_MASK: Final = 0x0F


@dataclass(frozen=True, slots=True)
class Malformed:
    """A message that says nothing.

    Attributes:
        reason: one sentence.
        message: what came.
    """

    reason: str
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnsupportedVersion(Malformed):
    """A frame of another major version of the wire, `major`."""

    major: int


Message = SampleFrame | StatusFrame | DeviceEvent | Reply | Request | Malformed
FromTool = SampleFrame | StatusFrame | DeviceEvent | Reply | Malformed


class _NotAFrameError(Exception):
    """Why a message is no frame; never leaves this module."""


def decode(message: bytes) -> Message:
    """Return what a message says, whichever side sent it."""
    if not message:
        return Malformed("an empty message says nothing", message)
    first = message[0]
    if first < _FIRST_REQUEST:
        return _frame(message)
    if first & REPLY_BIT:
        return _reply(message)
    if len(message) < _REQUEST_SIZE:
        return Malformed("a request has at least 2 bytes", message)
    return Request(first, message[1], message[_REQUEST_SIZE:])


def decode_from_tool(message: bytes) -> FromTool:
    """Return what a message from a tool says.

    A tool never sends requests: what looks like one is a frame of a later major version, whose
    first byte falls into their range.
    """
    decoded = decode(message)
    if isinstance(decoded, Request):
        return _unsupported(message)
    return decoded


def _unsupported(message: bytes) -> UnsupportedVersion:
    major = message[0] >> 4
    return UnsupportedVersion(
        f"a frame of version {major} of the wire, this side speaks {VERSION}: "
        "update the tool or the daemon",
        message,
        major,
    )


def _reply(message: bytes) -> Reply | Malformed:
    if len(message) < _REPLY_SIZE:
        return Malformed("a reply has at least 3 bytes", message)
    first, req_id, status = message[:_REPLY_SIZE]
    return Reply(first & ~REPLY_BIT, req_id, status, message[_REPLY_SIZE:])


def _frame(message: bytes) -> SampleFrame | StatusFrame | DeviceEvent | Malformed:
    if message[0] >> 4 != VERSION:
        return _unsupported(message)
    kind = message[0] & _TYPE_MASK
    if len(message) < HEADER_SIZE:
        return Malformed(f"a frame has at least {HEADER_SIZE} bytes, not {len(message)}", message)
    read = _READERS.get(kind)
    if read is None:
        return Malformed(f"frames of type {kind} are not known", message)
    try:
        return read(message)
    except _NotAFrameError as error:
        return Malformed(str(error), message)


def _samples(message: bytes) -> SampleFrame:
    first, flags, stream, index, t0_us, period_us, layout, n = HEADER.unpack_from(message)
    n_force, imu = _channels(layout)
    replayed = first & _TYPE_MASK == FrameType.REPLAYED
    if not n:
        raise _NotAFrameError("a sample frame without samples")
    if not period_us:
        raise _NotAFrameError("a sample frame without a period")
    if index + n > MAX_INDEX:
        raise _NotAFrameError(f"sample index {index} is beyond the end of a stream")
    body = message[HEADER_SIZE:]
    size = n * sample_size(n_force, imu)
    if len(body) != size:
        raise _NotAFrameError(f"{n} samples of this layout have {size} bytes, not {len(body)}")
    return SampleFrame(flags, stream, index, t0_us, period_us, n_force, imu, n, body, replayed)


def _channels(layout: int) -> tuple[int, int]:
    n_force, imu = layout & N_FORCE_MASK, layout >> IMU_SHIFT
    if not 1 <= n_force <= MAX_ZONES:
        raise _NotAFrameError(f"a frame has 1 to {MAX_ZONES} force channels, not {n_force}")
    if imu not in {IMU_NONE, IMU_SIX_AXIS}:
        raise _NotAFrameError(f"motion layout {imu} is not known")
    return n_force, imu


def _status(message: bytes) -> StatusFrame:
    _, flags, stream, index, t0_us, period_us, layout, _ = HEADER.unpack_from(message)
    n_force, imu = _channels(layout)
    if len(message) < HEADER_SIZE + STATUS.size:
        raise _NotAFrameError("a status frame ends before its calibration")
    uid, device_us, host_us, age, battery, mask, limit_n = STATUS.unpack_from(message, HEADER_SIZE)
    block = message[HEADER_SIZE + STATUS.size :]
    try:
        calibration = decode_calibration(block)
    except ValueError as error:
        raise _NotAFrameError(str(error)) from error
    return StatusFrame(
        flags=flags,
        stream=stream,
        index=index,
        t0_us=t0_us,
        period_us=period_us,
        n_force=n_force,
        imu=imu,
        uid=uid,
        device_us=device_us,
        host_us=host_us,
        time_age_s=age,
        battery=battery,
        mask=mask,
        limit_n=limit_n,
        calibration=calibration,
        calibration_block=block,
    )


def _event(message: bytes) -> DeviceEvent:
    _, flags, stream, index, t0_us, period_us, layout, _ = HEADER.unpack_from(message)
    n_force, imu = _channels(layout)
    if len(message) < HEADER_SIZE + EVENT.size:
        raise _NotAFrameError("an event frame ends before its value")
    kind, device_us, value = EVENT.unpack_from(message, HEADER_SIZE)
    return DeviceEvent(
        flags=flags,
        stream=stream,
        index=index,
        t0_us=t0_us,
        period_us=period_us,
        n_force=n_force,
        imu=imu,
        kind=kind,
        device_us=device_us,
        value=value,
    )


_READERS: Final[dict[int, Callable[[bytes], SampleFrame | StatusFrame | DeviceEvent]]] = {
    FrameType.SAMPLES: _samples,
    FrameType.REPLAYED: _samples,
    FrameType.STATUS: _status,
    FrameType.EVENT: _event,
}
