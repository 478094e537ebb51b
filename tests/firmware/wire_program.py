"""Holds the tool's side of the wire against the golden vectors, under whatever runs it.

`PROGRAM wire_program.py FIRMWARE_DIRECTORY VECTOR_DIRECTORY`: prints a line per check that passed
and ends with their number; the first that fails ends it with an AssertionError.
"""

import binascii
import gc
import json
import random
import sys
from array import array

sys.path.insert(0, sys.argv[1])

from release_tool import auth, calibration, reports
from release_tool.wire import control, frame, framing

try:
    import micropython
except ImportError:
    micropython = None  # CPython allocates as it likes

CHECKS = []


def check(function: object) -> object:
    """Register a check."""
    CHECKS.append(function)
    return function


def vectors(name: str) -> object:
    with open(sys.argv[2] + "/" + name + ".json") as file:  # noqa: PTH123 - no pathlib there
        return json.load(file)


def unhex(digits: str) -> bytes:
    return binascii.unhexlify(digits)


def equal(found: object, expected: object, name: str) -> None:
    if found != expected:
        raise AssertionError(name, found, expected)


@check
def sample_frames_are_packed_byte_by_byte_without_allocating() -> None:
    for vector in vectors("samples"):
        zones = vector["n_force"]
        size = frame.sample_size(zones, vector["imu"])
        kind = frame.TYPE_REPLAYED if vector["replayed"] else frame.TYPE_SAMPLES
        low = vector["t0_us"] & frame.TIME_LOW_MASK
        high = vector["t0_us"] >> frame.TIME_LOW_BITS
        layout = zones | (frame.LAYOUT_IMU if vector["imu"] else frame.NO_IMU)
        flags, stream, index = vector["flags"], vector["stream"], vector["index"]
        period_us = vector["period_us"]
        counts = [array("i", row[:zones]) for row in vector["rows"]]
        motion = [array("h", row[zones:]) for row in vector["rows"]]
        buffer = bytearray(frame.HEADER_SIZE + vector["n"] * size)
        at, number, n = frame.HEADER_SIZE, 0, vector["n"]
        if micropython:
            gc.collect()
            micropython.heap_lock()
        frame.put_header(buffer, 0, kind, flags, stream, index, low, high, period_us, layout)
        while number < n:
            frame.put_counts(buffer, at, counts[number], zones)
            if layout & frame.LAYOUT_IMU:
                frame.put_imu(buffer, at + zones * frame.ZONE_SIZE, motion[number])
            at += size
            number += 1
        buffer[15] = n
        if micropython:
            micropython.heap_unlock()
        equal(bytes(buffer), unhex(vector["hex"]), vector["name"])


def calibration_of(vector: dict) -> object:
    kinds, offsets, scales = zip(*vector["zones"])  # noqa: B905 - MicroPython has no strict
    motion = {name: vector[name] for name in ("accel", "gyro", "axes")}
    return calibration.Calibration(vector["cal_id"], kinds, offsets, scales, **motion)


@check
def calibration_blocks_are_written_and_read() -> None:
    for vector in vectors("calibrations"):
        block = unhex(vector["hex"])
        equal(calibration_of(vector).encode(), block, vector["name"])
        equal(calibration.decode_calibration(block).encode(), block, vector["name"])


def moment_of(vector: dict, device_us: int) -> object:
    layout = vector["n_force"] | (frame.LAYOUT_IMU if vector["imu"] else frame.NO_IMU)
    uid = int(vector["uid"], 16) if "uid" in vector else vector["stream"]
    frame_fields = {"flags": vector["flags"], "period_us": vector["period_us"], "layout": layout}
    return reports.Moment(uid, vector["index"], device_us, **frame_fields)


class State:
    """What a status frame tells of the tool beside the moment."""

    def __init__(self, vector: dict, calibration: object) -> None:
        self.host_us = vector["host_us"]
        self.limit_n = vector["limit_n"]
        self.calibration = calibration
        self._age_s = vector["time_age_s"]

    def age_s(self, _device_us: int) -> int:
        """Return how long ago TIME came, seconds."""
        return self._age_s


@check
def status_frames_are_written() -> None:
    calibrations = vectors("calibrations")
    for vector in vectors("statuses"):
        state = State(vector, calibration_of(calibrations[vector["calibration"]]))
        moment = moment_of(vector, vector["device_us"])
        message = reports.status(moment, state, vector["battery"], vector["mask"], state)
        equal(message, unhex(vector["hex"]), vector["name"])


@check
def event_frames_are_written() -> None:
    for vector in vectors("events"):
        moment = moment_of(vector, vector["device_us"])
        message = reports.event(moment, vector["kind"], vector["value"])
        equal(message, unhex(vector["hex"]), vector["name"])


@check
def proofs_are_those_of_the_host() -> None:
    for vector in vectors("auths"):
        nonce = unhex(vector["tool_nonce"])
        side = auth.Authenticator(
            unhex(vector["key"]), unhex(vector["serial"]), lambda _size, nonce=nonce: nonce
        )
        answer = side.challenge(unhex(vector["host_nonce"]))
        equal(answer, nonce + unhex(vector["tool_proof"]), vector["name"])
        equal(side.check(unhex(vector["host_proof"])), True, vector["name"])


def expected_fields(exchange: dict) -> tuple:
    """Return what a request's payload unpacks to."""
    args = exchange["args"]
    uid = int(args["uid"], 16) if "uid" in args else None
    return {
        control.OP_HELLO: lambda: (args["major"], args["minor"]),
        control.OP_AUTH: lambda: (
            (control.AUTH_CHALLENGE, unhex(args["host_nonce"]))
            if "host_nonce" in args
            else (control.AUTH_PROOF, unhex(args["proof"]))
        ),
        control.OP_START: lambda: (args["hz"], args["batch"], args["mask"]),
        control.OP_TARE: lambda: (args["mask"],),
        control.OP_CAL_POINT: lambda: (args["zone"], args["newtons"]),
        control.OP_SET_LIMIT: lambda: (args["newtons"],),
        control.OP_TIME: lambda: (args["host_us"],),
        control.OP_PING: lambda: (args["host_us"],),
        control.OP_REPLAY: lambda: (uid, args["first"], args["count"]),
        control.OP_ACK: lambda: (uid, args["through"]),
        control.OP_HAPTIC: lambda: (args["pattern"],),
        control.OP_LED: lambda: (args["red"], args["green"], args["blue"]),
    }.get(exchange["op"], tuple)()


@check
def requests_are_read() -> None:
    for exchange in vectors("conversations")["exchanges"]:
        op, req_id, payload = control.parse_request(unhex(exchange["request"]))
        equal((op, req_id), (exchange["op"], exchange["req_id"]), exchange["name"])
        if exchange["status"] == control.STATUS_BAD_REQUEST:
            try:
                control.unpack_request(op, payload)
            except ValueError:
                continue
            raise AssertionError(exchange["name"])
        fields = control.unpack_request(op, payload)
        equal(tuple(fields), expected_fields(exchange), exchange["name"])


@check
def what_is_no_request_is_told() -> None:
    for message in (b"", b"\x20", b"\x1f\x00", b"\x80\x00", b"\xff\x00\x00"):
        equal(control.parse_request(message), None, message)
    for payload in (b"", b"\x00", b"\x03" + bytes(40), b"\x01" + bytes(15), b"\x02" + bytes(31)):
        try:
            control.unpack_request(control.OP_AUTH, payload)
        except ValueError:
            continue
        raise AssertionError(payload)


def info_of(fields: dict, uid: int) -> bytes:
    names = (
        "hardware", "n_force", "kinds", "imu", "max_hz", "accel_range_g", "gyro_range_dps",
        "features", "cal_id",
    )  # fmt: skip
    return control.info_reply(
        (fields["major"], fields["minor"]),
        fields["firmware"],
        *[fields[name] for name in names],
        unhex(fields["serial"]),
        uid,
        fields["ring_samples"],
        fields["name"],
        fields["model"],
    )


def reply_payload(op: int, fields: dict) -> bytes:
    """Return a reply's payload as the tool makes it."""
    uid = int(fields["uid"], 16) if "uid" in fields else None
    return {
        control.OP_HELLO: lambda: control.hello_reply(
            fields["major"], fields["minor"], fields["auth"], uid, unhex(fields["serial"])
        ),
        control.OP_INFO: lambda: info_of(fields, uid),
        control.OP_AUTH: lambda: unhex(fields["tool_nonce"]) + unhex(fields["proof"]),
        control.OP_START: lambda: control.start_reply(
            fields["hz"], fields["batch"], uid, fields["index"]
        ),
        control.OP_STOP: lambda: control.stop_reply(fields["value"]),
        control.OP_TARE: lambda: control.cal_id_reply(fields["value"]),
        control.OP_CAL_POINT: lambda: control.cal_point_reply(fields["points"], fields["counts"]),
        control.OP_CAL_SAVE: lambda: control.cal_id_reply(fields["value"]),
        control.OP_TIME: lambda: control.time_reply(fields["device_us"], uid),
        control.OP_PING: lambda: control.ping_reply(fields["host_us"], fields["device_us"]),
        control.OP_REPLAY: lambda: control.replay_reply(fields["first"], fields["count"]),
    }[op]()


@check
def replies_are_written() -> None:
    for exchange in vectors("conversations")["exchanges"]:
        op, fields = exchange["op"], exchange["fields"]
        expected = unhex(exchange["reply"])
        payload = reply_payload(op, fields) if fields else expected[3:]
        message = control.reply(op, exchange["req_id"], exchange["status"], payload)
        equal(message, expected, exchange["name"])


@check
def framings_are_those_of_the_host() -> None:
    for vector in vectors("framings"):
        message = unhex(vector["message"])
        for kind, name in ((framing.CobsFraming, "cobs"), (framing.LengthFraming, "length")):
            line = unhex(vector[name])
            equal(kind().encode(message), line, vector["name"])
            equal(kind().feed(line), [message], vector["name"])
            byte_by_byte = kind()
            found = []
            for place in range(len(line)):
                found += byte_by_byte.feed(line[place : place + 1])
            equal(found, [message], vector["name"])


def noise(size: int) -> bytes:
    """Return bytes of which many mean something to a framing."""
    choice = (0, 1, 2, 3, 4, 5, 0x20, 0xFF)
    return bytes(choice[random.getrandbits(3)] for _ in range(size))


@check
def a_request_after_garbage_is_found() -> None:
    request = b"\x2c\x07" + bytes(16)
    for kind in (framing.CobsFraming, framing.LengthFraming):
        decoder = kind()
        for size in range(0, 300, 7):
            line = noise(size) + decoder.encode(request)
            cut = size // 2
            equal(decoder.feed(line[:cut]) + decoder.feed(line[cut:]), [request], size)


@check
def endless_garbage_takes_no_more_memory() -> None:
    for kind in (framing.CobsFraming, framing.LengthFraming):
        for pattern in (b"\x00\x04", b"\x01", b"\xff", b"\x04\x00"):
            decoder = kind()
            for _ in range(20):
                decoder.feed(pattern * 100)
            if micropython:
                gc.collect()
                before = gc.mem_alloc()
                for _ in range(10):
                    decoder.feed(pattern * 100)
                gc.collect()
                if gc.mem_alloc() > before + framing.MAX_MESSAGE:
                    raise AssertionError(kind, pattern, gc.mem_alloc() - before)


def main() -> None:
    random.seed(7)
    for function in CHECKS:
        function()
        print("ok", function.__name__)  # noqa: T201 - the test reads it
    print("passed", len(CHECKS), "of", len(CHECKS))  # noqa: T201


main()
