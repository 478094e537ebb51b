"""The daemon reads and writes the very bytes of the golden vectors."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ql_release.wire import auth, control, messages
from ql_release.wire.calibration import Calibration, ZoneCalibration, decode_calibration
from ql_release.wire.frames import DeviceEvent, SampleFrame, StatusFrame
from ql_release.wire.framing import CobsFraming, LengthFraming

Vectors = Callable[[str], Any]

HEADER_FIELDS = ("flags", "stream", "index", "t0_us", "period_us", "n_force", "imu")


def fields_of(frame: object, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(frame, name) for name in names}


def calibration_of(vector: dict[str, Any]) -> Calibration:
    zones = tuple(ZoneCalibration(*zone) for zone in vector["zones"])
    x, y, z = vector["axes"]
    return Calibration(vector["cal_id"], zones, vector["accel"], vector["gyro"], (x, y, z))


def test_sample_frames(vectors: Vectors) -> None:
    for vector in vectors("samples"):
        message = bytes.fromhex(vector["hex"])
        frame = messages.decode_from_tool(message)
        assert isinstance(frame, SampleFrame), vector["name"]
        names = (*HEADER_FIELDS, "n", "replayed")
        assert fields_of(frame, names) == {name: vector[name] for name in names}
        assert [list(row) for row in frame.rows()] == vector["rows"]
        assert frame.encode() == message


def test_status_frames(vectors: Vectors) -> None:
    calibrations = vectors("calibrations")
    for vector in vectors("statuses"):
        message = bytes.fromhex(vector["hex"])
        frame = messages.decode_from_tool(message)
        assert isinstance(frame, StatusFrame), vector["name"]
        names = (
            *HEADER_FIELDS,
            "device_us",
            "host_us",
            "time_age_s",
            "battery",
            "mask",
            "limit_n",
        )
        assert fields_of(frame, names) == {name: vector[name] for name in names}
        assert frame.uid == int(vector["uid"], 16)
        assert frame.calibration == calibration_of(calibrations[vector["calibration"]])
        assert frame.calibration_block.hex() == calibrations[vector["calibration"]]["hex"]
        assert frame.encode() == message


def test_event_frames(vectors: Vectors) -> None:
    for vector in vectors("events"):
        message = bytes.fromhex(vector["hex"])
        frame = messages.decode_from_tool(message)
        assert isinstance(frame, DeviceEvent), vector["name"]
        names = (*HEADER_FIELDS, "kind", "device_us", "value")
        assert fields_of(frame, names) == {name: vector[name] for name in names}
        assert frame.encode() == message


def test_calibration_blocks(vectors: Vectors) -> None:
    for vector in vectors("calibrations"):
        block = bytes.fromhex(vector["hex"])
        assert decode_calibration(block) == calibration_of(vector), vector["name"]
        assert calibration_of(vector).encode() == block


def test_proofs(vectors: Vectors) -> None:
    for vector in vectors("auths"):
        names = ("key", "host_nonce", "tool_nonce", "serial")
        key, host_nonce, tool_nonce, serial = (bytes.fromhex(vector[name]) for name in names)
        tool = auth.tool_proof(key, host_nonce, tool_nonce, serial)
        host = auth.host_proof(key, host_nonce, tool_nonce, serial)
        assert (tool.hex(), host.hex()) == (vector["tool_proof"], vector["host_proof"])


def test_framings(vectors: Vectors) -> None:
    for vector in vectors("framings"):
        message = bytes.fromhex(vector["message"])
        for framing, name in ((CobsFraming(), "cobs"), (LengthFraming(), "length")):
            assert framing.encode(message).hex() == vector[name], vector["name"]
            assert framing.feed(bytes.fromhex(vector[name])) == [message]


def test_malformed_messages_are_told_as_data(vectors: Vectors) -> None:
    for vector in vectors("malformed"):
        told = messages.decode_from_tool(bytes.fromhex(vector["hex"]))
        assert isinstance(told, messages.Malformed), vector["name"]
        assert told.reason
        if "major" in vector:
            assert isinstance(told, messages.UnsupportedVersion), vector["name"]
            assert told.major == vector["major"]
            assert "update" in told.reason


REQUEST_PAYLOADS: dict[int, Callable[[dict[str, Any]], bytes]] = {
    control.Op.HELLO: lambda args: control.hello(**args),
    control.Op.INFO: lambda _: control.info(),
    control.Op.START: lambda args: control.start(**args),
    control.Op.STOP: lambda _: control.stop(),
    control.Op.TARE: lambda args: control.tare(**args),
    control.Op.CAL_POINT: lambda args: control.cal_point(**args),
    control.Op.CAL_SAVE: lambda _: control.cal_save(),
    control.Op.GET_CAL: lambda _: control.get_cal(),
    control.Op.SET_LIMIT: lambda args: control.set_limit(**args),
    control.Op.TIME: lambda args: control.time(**args),
    control.Op.PING: lambda args: control.ping(**args),
    control.Op.REPLAY: lambda args: control.replay(
        int(args["uid"], 16), args["first"], args["count"]
    ),
    control.Op.ACK: lambda args: control.ack(int(args["uid"], 16), args["through"]),
    control.Op.HAPTIC: lambda args: control.haptic(**args),
    control.Op.LED: lambda args: control.led(**args),
    control.Op.SLEEP: lambda _: control.sleep(),
    control.Op.AUTH: lambda args: (
        control.auth_challenge(bytes.fromhex(args["host_nonce"]))
        if "host_nonce" in args
        else control.auth_proof(bytes.fromhex(args["proof"]))
    ),
}

REPLY_PARSERS: dict[int, Callable[[bytes], Any]] = {
    control.Op.HELLO: control.parse_hello,
    control.Op.INFO: control.parse_info,
    control.Op.AUTH: control.parse_auth,
    control.Op.START: control.parse_start,
    control.Op.STOP: control.parse_stop,
    control.Op.TARE: control.parse_tare,
    control.Op.CAL_POINT: control.parse_cal_point,
    control.Op.CAL_SAVE: control.parse_cal_save,
    control.Op.TIME: control.parse_time,
    control.Op.PING: control.parse_ping,
    control.Op.REPLAY: control.parse_replay,
}

REFUSED_BEFORE_READING = {control.Status.BAD_REQUEST, control.Status.UNKNOWN_OP}


def test_requests(vectors: Vectors) -> None:
    for exchange in vectors("conversations")["exchanges"]:
        message = bytes.fromhex(exchange["request"])
        request = messages.decode(message)
        assert isinstance(request, control.Request), exchange["name"]
        assert (request.op, request.req_id) == (exchange["op"], exchange["req_id"])
        assert request.encode() == message
        if exchange["status"] not in REFUSED_BEFORE_READING:
            payload = REQUEST_PAYLOADS[request.op](exchange["args"])
            assert request.payload == payload, exchange["name"]


def as_json(parsed: Any) -> Any:
    """Return a parsed reply the way the vectors write it."""
    if isinstance(parsed, int):
        return {"value": parsed}
    values = asdict(parsed)
    for name, value in values.items():
        if isinstance(value, bytes):
            values[name] = value.hex()
        elif isinstance(value, tuple):
            values[name] = list(value)
        elif name == "uid":
            values[name] = f"{value:016x}"
    return values


def test_replies(vectors: Vectors) -> None:
    for exchange in vectors("conversations")["exchanges"]:
        message = bytes.fromhex(exchange["reply"])
        reply = messages.decode_from_tool(message)
        assert isinstance(reply, control.Reply), exchange["name"]
        told = (reply.op, reply.req_id, reply.status)
        assert told == (exchange["op"], exchange["req_id"], exchange["status"])
        assert reply.ok == (exchange["status"] == 0)
        assert reply.encode() == message
        if exchange["fields"] is not None:
            parsed = REPLY_PARSERS[reply.op](reply.payload)
            assert as_json(parsed) == exchange["fields"], exchange["name"]
            if not isinstance(parsed, int):
                assert parsed.encode() == reply.payload


def test_every_op_and_every_reply_with_a_payload_has_a_vector(vectors: Vectors) -> None:
    exchanges = vectors("conversations")["exchanges"]
    updates = {op for op in control.Op if op >= control.Op.UPDATE_BEGIN}
    assert {exchange["op"] for exchange in exchanges} >= set(control.Op) - updates
    assert {each["op"] for each in exchanges if each["fields"]} == set(REPLY_PARSERS)
