"""Requests and replies as envelopes: what is asked, and how it went (docs/wire.md, Requests)."""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

REPLY_BIT = 0x80
"""Set in the first byte of a reply; the rest is the request's op."""

_REPLY_HEAD = Struct("<BBB")
_REQUEST_HEAD = Struct("<BB")


class Op(IntEnum):
    """What a host may ask for: the first byte of a request."""

    HELLO = 0x20
    INFO = 0x21
    AUTH = 0x22
    START = 0x23
    STOP = 0x24
    TARE = 0x25
    CAL_POINT = 0x26
    CAL_SAVE = 0x27
    GET_CAL = 0x28
    SET_LIMIT = 0x29
    TIME = 0x2A
    PING = 0x2B
    REPLAY = 0x2C
    ACK = 0x2D
    HAPTIC = 0x2E
    LED = 0x2F
    SLEEP = 0x30
    UPDATE_BEGIN = 0x40
    UPDATE_DATA = 0x41
    UPDATE_END = 0x42
    UPDATE_ABORT = 0x43


class Status(IntEnum):
    """How a request went: the third byte of a reply."""

    OK = 0
    PARTIAL = 1
    GONE = 2
    BAD_REQUEST = 3
    UNKNOWN_OP = 4
    UNDER_LOAD = 5
    NOT_AUTHENTICATED = 6
    MTU_TOO_SMALL = 7
    UNSUPPORTED_VERSION = 8
    BUSY = 9
    STORAGE_FAILED = 10
    NOT_READY = 11
    UNSUPPORTED = 12


@dataclass(frozen=True, slots=True)
class Request:
    """What a host asks.

    Attributes:
        op: an `Op`, or a number that this version does not know.
        req_id: chosen by the host, 0 to 255; the reply repeats it.
        payload: as the op has it.
    """

    op: int
    req_id: int
    payload: bytes = b""

    def encode(self) -> bytes:
        """Return the message."""
        return _REQUEST_HEAD.pack(self.op, self.req_id) + self.payload


@dataclass(frozen=True, slots=True)
class Reply:
    """What a tool answers.

    Attributes:
        op: that of the request.
        req_id: that of the request.
        status: a `Status`, or a number that this version does not know.
        payload: as the op has it.
    """

    op: int
    req_id: int
    status: int
    payload: bytes = b""

    def encode(self) -> bytes:
        """Return the message."""
        return _REPLY_HEAD.pack(self.op | REPLY_BIT, self.req_id, self.status) + self.payload

    @property
    def ok(self) -> bool:
        """Whether all was done that was asked."""
        return self.status == Status.OK
