"""Payloads of requests, one builder for each op (docs/wire.md, Requests and replies)."""

from enum import IntEnum
from struct import Struct

from ql_release.wire.auth import NONCE_BYTES, PROOF_BYTES

ALL_ZONES = 0xFF
OWN_RATE = 0
"""`hz` of START: the rate that the tool prefers."""
BEST_BATCH = 0
"""`batch` of START: as many samples a frame as fit."""

_HELLO = Struct("<BB")
_STEP = Struct("<B")
_START = Struct("<HBB")
_BYTE = Struct("<B")
_CAL_POINT = Struct("<Bf")
_F32 = Struct("<f")
_U64 = Struct("<Q")
_REPLAY = Struct("<QII")
_ACK = Struct("<QI")
_COLOUR = Struct("<BBB")


class AuthStep(IntEnum):
    """First byte of an AUTH request."""

    CHALLENGE = 1
    PROOF = 2


def hello(major: int, minor: int) -> bytes:
    """Return HELLO's payload: the host's version of the wire."""
    return _HELLO.pack(major, minor)


def info() -> bytes:
    """Return INFO's payload, which is empty."""
    return b""


def auth_challenge(host_nonce: bytes) -> bytes:
    """Return the payload of AUTH's first step.

    Raises:
        ValueError: when the nonce does not have 16 bytes.
    """
    return _STEP.pack(AuthStep.CHALLENGE) + _exactly(host_nonce, NONCE_BYTES, "nonce")


def auth_proof(proof: bytes) -> bytes:
    """Return the payload of AUTH's second step.

    Raises:
        ValueError: when the proof does not have 32 bytes.
    """
    return _STEP.pack(AuthStep.PROOF) + _exactly(proof, PROOF_BYTES, "proof")


def start(hz: int = OWN_RATE, batch: int = BEST_BATCH, mask: int = ALL_ZONES) -> bytes:
    """Return START's payload: samples a second, samples a frame and the zones to measure."""
    return _START.pack(hz, batch, mask)


def stop() -> bytes:
    """Return STOP's payload, which is empty."""
    return b""


def tare(mask: int = ALL_ZONES) -> bytes:
    """Return TARE's payload: the zones that bear nothing."""
    return _BYTE.pack(mask)


def cal_point(zone: int, newtons: float) -> bytes:
    """Return CAL_POINT's payload: the force that now rests on a zone."""
    return _CAL_POINT.pack(zone, newtons)


def cal_save() -> bytes:
    """Return CAL_SAVE's payload, which is empty."""
    return b""


def get_cal() -> bytes:
    """Return GET_CAL's payload, which is empty."""
    return b""


def set_limit(newtons: float) -> bytes:
    """Return SET_LIMIT's payload: the force at which the tool itself warns, 0 for none."""
    return _F32.pack(newtons)


def time(host_us: int) -> bytes:
    """Return TIME's payload: Unix µs."""
    return _U64.pack(host_us)


def ping(host_us: int) -> bytes:
    """Return PING's payload: a time that the tool only sends back."""
    return _U64.pack(host_us)


def replay(uid: int, first: int, count: int) -> bytes:
    """Return REPLAY's payload: the samples wanted again."""
    return _REPLAY.pack(uid, first, count)


def ack(uid: int, through: int) -> bytes:
    """Return ACK's payload: every sample up to and including `through` is safe with the host."""
    return _ACK.pack(uid, through)


def haptic(pattern: int) -> bytes:
    """Return HAPTIC's payload: the number of a pattern."""
    return _BYTE.pack(pattern)


def led(red: int, green: int, blue: int) -> bytes:
    """Return LED's payload: a colour, 0 to 255 each."""
    return _COLOUR.pack(red, green, blue)


def sleep() -> bytes:
    """Return SLEEP's payload, which is empty."""
    return b""


def _exactly(data: bytes, size: int, what: str) -> bytes:
    if len(data) != size:
        raise ValueError(f"a {what} has {size} bytes, not {len(data)}")
    return data
