"""Payloads of replies, one parser for each op that has one (docs/wire.md, Requests and replies).

Bytes after what is known are ignored: a newer minor version may add some.
"""

from dataclasses import dataclass
from struct import Struct

from ql_release.wire.auth import NONCE_BYTES, PROOF_BYTES
from ql_release.wire.limits import SERIAL_BYTES
from ql_release.wire.ops import Op
from ql_release.wire.payload import unpack_reply

_HELLO = Struct(f"<BBBQ{SERIAL_BYTES}s")
_AUTH = Struct(f"<{NONCE_BYTES}s{PROOF_BYTES}s")
_START = Struct("<HBQI")
_CAL_POINT = Struct("<Bi")
_U32 = Struct("<I")
_U64_PAIR = Struct("<QQ")
_REPLAY = Struct("<II")


@dataclass(frozen=True, slots=True)
class HelloReply:
    """Who answers.

    Attributes:
        major: version of the wire that the tool speaks.
        minor: its minor version.
        auth: whether AUTH must come before anything else.
        uid: of the present stream.
        serial: hardware serial number, 8 bytes.
    """

    major: int
    minor: int
    auth: bool
    uid: int
    serial: bytes

    def encode(self) -> bytes:
        """Return the reply's payload."""
        return _HELLO.pack(self.major, self.minor, self.auth, self.uid, self.serial)


@dataclass(frozen=True, slots=True)
class AuthReply:
    """The tool's side of AUTH: `tool_nonce` (16 bytes) and its `proof` (32 bytes)."""

    tool_nonce: bytes
    proof: bytes

    def encode(self) -> bytes:
        """Return the reply's payload."""
        return _AUTH.pack(self.tool_nonce, self.proof)


@dataclass(frozen=True, slots=True)
class StartReply:
    """What will come.

    Attributes:
        hz: samples a second.
        batch: samples a frame at the most.
        uid: of the stream.
        index: of the next sample.
    """

    hz: int
    batch: int
    uid: int
    index: int

    def encode(self) -> bytes:
        """Return the reply's payload."""
        return _START.pack(self.hz, self.batch, self.uid, self.index)


@dataclass(frozen=True, slots=True)
class CalPointReply:
    """How many `points` the zone has now, and the mean raw `counts` of this one."""

    points: int
    counts: int

    def encode(self) -> bytes:
        """Return the reply's payload."""
        return _CAL_POINT.pack(self.points, self.counts)


@dataclass(frozen=True, slots=True)
class TimeReply:
    """The tool's time: `device_us` since it started, and the `uid` of the stream."""

    device_us: int
    uid: int

    def encode(self) -> bytes:
        """Return the reply's payload."""
        return _U64_PAIR.pack(self.device_us, self.uid)


@dataclass(frozen=True, slots=True)
class PingReply:
    """The time that was sent, `host_us`, and the tool's own, `device_us`."""

    host_us: int
    device_us: int

    def encode(self) -> bytes:
        """Return the reply's payload."""
        return _U64_PAIR.pack(self.host_us, self.device_us)


@dataclass(frozen=True, slots=True)
class ReplayReply:
    """What comes again: `count` samples from `first` on."""

    first: int
    count: int

    def encode(self) -> bytes:
        """Return the reply's payload."""
        return _REPLAY.pack(self.first, self.count)


def parse_hello(payload: bytes) -> HelloReply:
    """Return what HELLO's reply says.

    Raises:
        ValueError: when the payload is too short.
    """
    major, minor, auth, uid, serial = unpack_reply(_HELLO, payload, Op.HELLO)
    return HelloReply(major, minor, bool(auth), uid, serial)


def parse_auth(payload: bytes) -> AuthReply:
    """Return what the reply to AUTH's first step says.

    Raises:
        ValueError: when the payload is too short.
    """
    return AuthReply(*unpack_reply(_AUTH, payload, Op.AUTH))


def parse_start(payload: bytes) -> StartReply:
    """Return what START's reply says.

    Raises:
        ValueError: when the payload is too short.
    """
    return StartReply(*unpack_reply(_START, payload, Op.START))


def parse_stop(payload: bytes) -> int:
    """Return the index of the next sample, from STOP's reply.

    Raises:
        ValueError: when the payload is too short.
    """
    return int(unpack_reply(_U32, payload, Op.STOP)[0])


def parse_tare(payload: bytes) -> int:
    """Return the id of the calibration now in force, from TARE's reply.

    Raises:
        ValueError: when the payload is too short.
    """
    return int(unpack_reply(_U32, payload, Op.TARE)[0])


def parse_cal_point(payload: bytes) -> CalPointReply:
    """Return what CAL_POINT's reply says.

    Raises:
        ValueError: when the payload is too short.
    """
    return CalPointReply(*unpack_reply(_CAL_POINT, payload, Op.CAL_POINT))


def parse_cal_save(payload: bytes) -> int:
    """Return the id of the calibration now in force, from CAL_SAVE's reply.

    Raises:
        ValueError: when the payload is too short.
    """
    return int(unpack_reply(_U32, payload, Op.CAL_SAVE)[0])


def parse_time(payload: bytes) -> TimeReply:
    """Return what TIME's reply says.

    Raises:
        ValueError: when the payload is too short.
    """
    return TimeReply(*unpack_reply(_U64_PAIR, payload, Op.TIME))


def parse_ping(payload: bytes) -> PingReply:
    """Return what PING's reply says.

    Raises:
        ValueError: when the payload is too short.
    """
    return PingReply(*unpack_reply(_U64_PAIR, payload, Op.PING))


def parse_replay(payload: bytes) -> ReplayReply:
    """Return what REPLAY's reply says; it has this payload with OK, PARTIAL and GONE.

    Raises:
        ValueError: when the payload is too short.
    """
    return ReplayReply(*unpack_reply(_REPLAY, payload, Op.REPLAY))
