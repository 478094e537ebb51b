"""Requests as they reach the tool, and the replies to them."""

import struct

from release_tool.compat import const

OP_HELLO = const(0x20)
OP_INFO = const(0x21)
OP_AUTH = const(0x22)
OP_START = const(0x23)
OP_STOP = const(0x24)
OP_TARE = const(0x25)
OP_CAL_POINT = const(0x26)
OP_CAL_SAVE = const(0x27)
OP_GET_CAL = const(0x28)
OP_SET_LIMIT = const(0x29)
OP_TIME = const(0x2A)
OP_PING = const(0x2B)
OP_REPLAY = const(0x2C)
OP_ACK = const(0x2D)
OP_HAPTIC = const(0x2E)
OP_LED = const(0x2F)
OP_SLEEP = const(0x30)

STATUS_OK = const(0)
STATUS_PARTIAL = const(1)
STATUS_GONE = const(2)
STATUS_BAD_REQUEST = const(3)
STATUS_UNKNOWN_OP = const(4)
STATUS_UNDER_LOAD = const(5)
STATUS_NOT_AUTHENTICATED = const(6)
STATUS_MTU_TOO_SMALL = const(7)
STATUS_UNSUPPORTED_VERSION = const(8)
STATUS_BUSY = const(9)
STATUS_STORAGE_FAILED = const(10)
STATUS_NOT_READY = const(11)
STATUS_UNSUPPORTED = const(12)

FEATURE_HAPTIC = const(1)
FEATURE_LED = const(2)
FEATURE_BATTERY = const(4)
FEATURE_SLEEP = const(8)
FEATURE_FLASH = const(16)
FEATURE_UPDATE = const(32)

AUTH_CHALLENGE = const(1)
AUTH_PROOF = const(2)

_REPLY_BIT = const(0x80)
_FIRST_REQUEST = const(0x20)
_REQUEST_SIZE = const(2)
_MAX_TEXT = const(255)

_LAYOUTS = {
    OP_HELLO: "<BB",
    OP_START: "<HBB",
    OP_TARE: "<B",
    OP_CAL_POINT: "<Bf",
    OP_SET_LIMIT: "<f",
    OP_TIME: "<Q",
    OP_PING: "<Q",
    OP_REPLAY: "<QII",
    OP_ACK: "<QI",
    OP_HAPTIC: "<B",
    OP_LED: "<BBB",
}
_AUTH_LAYOUTS = {AUTH_CHALLENGE: "<B16s", AUTH_PROOF: "<B32s"}


def parse_request(message):
    """Return (op, req_id, payload), or None when the message is no request."""
    if len(message) < _REQUEST_SIZE or not _FIRST_REQUEST <= message[0] < _REPLY_BIT:
        return None
    return message[0], message[1], message[_REQUEST_SIZE:]


def unpack_request(op, payload):
    """Return the fields of a request's payload; bytes after them are ignored.

    AUTH gives (step, nonce) or (step, proof). An op without a payload gives ().

    Raises:
        ValueError: when the payload is short, or AUTH's step is unknown: reply BAD_REQUEST.
    """
    if op == OP_AUTH:
        layout = _AUTH_LAYOUTS.get(payload[0] if payload else 0)
        if layout is None:
            raise ValueError("unknown step")
    else:
        layout = _LAYOUTS.get(op, "<")
    if len(payload) < struct.calcsize(layout):
        raise ValueError("payload too short")
    return struct.unpack_from(layout, payload, 0)


def reply(op, req_id, status, payload=b""):
    """Return the message that answers a request."""
    return bytes((op | _REPLY_BIT, req_id, status)) + payload


def text(value):
    """Return a text as the wire has it: a length byte and UTF-8.

    Raises:
        ValueError: when it is longer than 255 bytes.
    """
    data = value.encode()
    if len(data) > _MAX_TEXT:
        raise ValueError("text longer than 255 bytes")
    return bytes((len(data),)) + data


def hello_reply(major, minor, auth, uid, serial):
    """Return the payload of HELLO's reply; the same with UNSUPPORTED_VERSION."""
    return struct.pack("<BBBQ", major, minor, 1 if auth else 0, uid) + serial


def info_reply(  # noqa: PLR0917 - one for each field; keywords would cost a dictionary
    version, firmware, hardware, n_force, kinds, imu, max_hz, accel_range_g, gyro_range_dps,
    features, cal_id, serial, uid, ring_samples, name, model,
):  # fmt: skip
    """Return the payload of INFO's reply.

    Args:
        version: (major, minor) of the wire.
        firmware: (major, minor, patch).
        hardware: number of the board design.
        n_force: force zones.
        kinds: one bit a zone, set for contact only.
        imu: 1 with six motion values a sample, else 0.
        max_hz: samples a second at the most.
        accel_range_g: full scale, g.
        gyro_range_dps: full scale, degrees per second.
        features: `FEATURE_*` bits.
        cal_id: calibration in force.
        serial: 8 bytes.
        uid: of the stream.
        ring_samples: how far back REPLAY reaches.
        name: what its owner calls it.
        model: what its maker calls it.
    """
    head = struct.pack(
        "<BBBBBBBBBHBHII", version[0], version[1], firmware[0], firmware[1], firmware[2], hardware,
        n_force, kinds, imu, max_hz, accel_range_g, gyro_range_dps, features, cal_id,
    )  # fmt: skip
    return head + serial + struct.pack("<QI", uid, ring_samples) + text(name) + text(model)


def start_reply(hz, batch, uid, index):
    """Return the payload of START's reply."""
    return struct.pack("<HBQI", hz, batch, uid, index)


def stop_reply(index):
    """Return the payload of STOP's reply: the index of the next sample."""
    return struct.pack("<I", index)


def cal_id_reply(cal_id):
    """Return the payload of TARE's and CAL_SAVE's replies: the calibration now in force."""
    return struct.pack("<I", cal_id)


def cal_point_reply(points, counts):
    """Return the payload of CAL_POINT's reply."""
    return struct.pack("<Bi", points, counts)


def time_reply(device_us, uid):
    """Return the payload of TIME's reply."""
    return struct.pack("<QQ", device_us, uid)


def ping_reply(host_us, device_us):
    """Return the payload of PING's reply."""
    return struct.pack("<QQ", host_us, device_us)


def replay_reply(first, count):
    """Return the payload of REPLAY's reply with OK, PARTIAL and GONE."""
    return struct.pack("<II", first, count)
