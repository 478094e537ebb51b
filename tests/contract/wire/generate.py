"""Writes the golden vectors of the wire: `python tests/contract/wire/generate.py [DIRECTORY]`.

The bytes are put together here from docs/wire.md alone, without the daemon's or the firmware's
code: what they agree on with these files, they agree on with the document.
"""

import hashlib
import hmac
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

Vector = dict[str, Any]

UID = 0x8899AABBCCDDEEFF
SERIAL = bytes.fromhex("0123456789abcdef")
MASK32 = 0xFFFFFFFF
COUNT_LIMITS = (-0x800000, 0x7FFFFF)
IMU_LIMITS = (-0x8000, 0x7FFF)


def text(value: str) -> bytes:
    """A length byte and UTF-8."""
    data = value.encode()
    return bytes([len(data)]) + data


def header(
    kind: int,
    index: int,
    t0_us: int,
    n: int,
    *,
    flags: int = 0,
    period_us: int = 10_000,
    n_force: int = 4,
    imu: int = 1,
) -> bytes:
    """The 16 bytes at the start of each frame."""
    return struct.pack(
        "<BBHIIHBB",
        1 << 4 | kind,
        flags,
        UID & 0xFFFF,
        index,
        t0_us & MASK32,
        period_us,
        n_force | imu << 4,
        n,
    )


def row_bytes(row: list[int], n_force: int) -> bytes:
    """One sample: 24-bit counts, then 16-bit motion values."""
    counts = b"".join(value.to_bytes(3, "little", signed=True) for value in row[:n_force])
    return counts + struct.pack(f"<{len(row) - n_force}h", *row[n_force:])


def sample_frame(
    name: str,
    rows: list[list[int]],
    *,
    n_force: int,
    index: int = 0,
    t0_us: int = 0,
    flags: int = 0,
    period_us: int = 10_000,
    replayed: bool = False,
) -> Vector:
    """A frame of type 1 or 4."""
    imu = int(len(rows[0]) > n_force)
    message = header(
        4 if replayed else 1,
        index,
        t0_us,
        len(rows),
        flags=flags,
        period_us=period_us,
        n_force=n_force,
        imu=imu,
    ) + b"".join(row_bytes(row, n_force) for row in rows)
    return {
        "name": name,
        "flags": flags,
        "stream": UID & 0xFFFF,
        "index": index,
        "t0_us": t0_us,
        "period_us": period_us,
        "n_force": n_force,
        "imu": imu,
        "n": len(rows),
        "replayed": replayed,
        "rows": rows,
        "hex": message.hex(),
    }


def plain_rows(count: int, n_force: int, *, imu: bool) -> list[list[int]]:
    """Unlike numbers of both signs."""
    return [
        [(zone + 1) * 1000 * (-1) ** zone + sample for zone in range(n_force)]
        + ([(axis - 3) * 100 + sample for axis in range(6)] if imu else [])
        for sample in range(count)
    ]


def samples() -> list[Vector]:
    """Frames of samples."""
    low, high = COUNT_LIMITS
    least, most = IMU_LIMITS
    return [
        sample_frame("one zone, one sample", [[-2]], n_force=1, index=7, t0_us=70_000),
        sample_frame(
            "four zones and motion, as many as fit 247 bytes of Bluetooth",
            plain_rows(9, 4, imu=True),
            n_force=4,
            index=1234,
            t0_us=12_345_678,
        ),
        sample_frame(
            "eight zones without motion", plain_rows(3, 8, imu=False), n_force=8, index=100
        ),
        sample_frame(
            "the ends of all ranges",
            [[low, high, low, high, 0, -1, 1, 0, least, most, 0, -1, 1, least]],
            n_force=8,
            index=(1 << 30) - 1,
            t0_us=MASK32,
            period_us=0xFFFF,
            flags=0x3F,
        ),
        sample_frame(
            "a time above 2^31 and an index above 2^29",
            plain_rows(2, 2, imu=True),
            n_force=2,
            index=(1 << 29) + 12345,
            t0_us=0xFEDCBA98,
            period_us=3125,
        ),
        sample_frame(
            "replayed, after a gap, saturated",
            plain_rows(4, 6, imu=True),
            n_force=6,
            index=500,
            t0_us=5_000_000,
            flags=0x05,
            replayed=True,
        ),
        sample_frame(
            "the longest message of eight zones",
            plain_rows(28, 8, imu=True),
            n_force=8,
            index=28_000,
            t0_us=280_000_000,
        ),
    ]


CALIBRATIONS: list[Vector] = [
    {
        "name": "four load cells and motion",
        "cal_id": 3,
        "zones": [[0, 8421, 0.0009765625], [0, -120, 0.001953125], [0, 0, 0.0009765625],
                  [0, 77, 0.00048828125]],
        "accel": 0.0048828125,
        "gyro": 0.0009765625,
        "axes": [1, 2, 3],
    },
    {
        "name": "a load cell, a contact zone, motion turned round",
        "cal_id": 0xFFFFFFFE,
        "zones": [[0, -8388608, -0.5], [1, 8388607, 0.000030517578125]],
        "accel": 0.00244140625,
        "gyro": 0.001953125,
        "axes": [-2, 1, -3],
    },
    {"name": "no motion", "cal_id": 0, "zones": [[0, 0, 1.0]], "accel": 0.0, "gyro": 0.0,
     "axes": [0, 0, 0]},
]  # fmt: skip


def calibration_block(calibration: Vector) -> bytes:
    """The scales as GET_CAL and status frames carry them."""
    zones = calibration["zones"]
    return (
        struct.pack("<IB", calibration["cal_id"], len(zones))
        + b"".join(struct.pack("<Bif", *zone) for zone in zones)
        + struct.pack("<ffbbb", calibration["accel"], calibration["gyro"], *calibration["axes"])
    )


def calibrations() -> list[Vector]:
    """Calibration blocks."""
    return [{**each, "hex": calibration_block(each).hex()} for each in CALIBRATIONS]


def status_frame(
    name: str,
    calibration: int,
    device_us: int,
    *,
    index: int,
    host_us: int,
    age: int,
    battery: int,
    mask: int,
    limit_n: float,
    flags: int = 0,
) -> Vector:
    """A frame of type 3."""
    block = calibration_block(CALIBRATIONS[calibration])
    n_force = len(CALIBRATIONS[calibration]["zones"])
    imu = int(any(CALIBRATIONS[calibration]["axes"]))
    fields = struct.pack("<QQQIBBf", UID, device_us, host_us, age, battery, mask, limit_n)
    start = header(3, index, device_us, 0, flags=flags, n_force=n_force, imu=imu)
    return {
        "name": name,
        "flags": flags,
        "stream": UID & 0xFFFF,
        "index": index,
        "t0_us": device_us & MASK32,
        "period_us": 10_000,
        "n_force": n_force,
        "imu": imu,
        "uid": f"{UID:016x}",
        "device_us": device_us,
        "host_us": host_us,
        "time_age_s": age,
        "battery": battery,
        "mask": mask,
        "limit_n": limit_n,
        "calibration": calibration,
        "hex": (start + fields + block).hex(),
    }


def statuses() -> list[Vector]:
    """Status frames."""
    return [
        status_frame(
            "at the start, before any TIME", 0, 1_500_000,
            index=0, host_us=0, age=MASK32, battery=255, mask=0x0F, limit_n=0.0,
        ),
        status_frame(
            "after an hour and a half", 1, 5_400_000_123,
            index=540_000, host_us=1_795_000_000_000_000, age=9, battery=63, mask=0x03,
            limit_n=120.5, flags=0x12,
        ),
    ]  # fmt: skip


def event_frame(name: str, kind: int, device_us: int, value: float, *, index: int) -> Vector:
    """A frame of type 2."""
    message = header(2, index, device_us, 0) + struct.pack("<BQf", kind, device_us, value)
    return {
        "name": name,
        "flags": 0,
        "stream": UID & 0xFFFF,
        "index": index,
        "t0_us": device_us & MASK32,
        "period_us": 10_000,
        "n_force": 4,
        "imu": 1,
        "kind": kind,
        "device_us": device_us,
        "value": value,
        "hex": message.hex(),
    }


def events() -> list[Vector]:
    """Event frames."""
    return [
        event_frame("button", 1, 2_000_000, 0.0, index=50),
        event_frame("over-pressure", 2, 6_000_000_000, 131.25, index=600_000),
        event_frame("low battery", 5, 1 << 40, 15.0, index=9),
        event_frame("sensor fault in zone 2", 6, 3_000_000, 2.0, index=300),
    ]


HOST_NONCE = bytes(range(16))
TOOL_NONCE = bytes(range(0xF0, 0x100))
KEY = b"correct horse battery staple"


def proof(key: bytes, role: str, first: bytes, second: bytes) -> bytes:
    """HMAC-SHA256 over role, nonces and serial."""
    return hmac.new(key, role.encode() + first + second + SERIAL, hashlib.sha256).digest()


def auths() -> list[Vector]:
    """Proofs of both sides."""
    keys = {"a passphrase": KEY, "a key longer than the hash's block": bytes(range(100))}
    return [
        {
            "name": name,
            "key": key.hex(),
            "host_nonce": HOST_NONCE.hex(),
            "tool_nonce": TOOL_NONCE.hex(),
            "serial": SERIAL.hex(),
            "tool_proof": proof(key, "ql-release tool", HOST_NONCE, TOOL_NONCE).hex(),
            "host_proof": proof(key, "ql-release host", TOOL_NONCE, HOST_NONCE).hex(),
        }
        for name, key in keys.items()
    ]


TOOL: Vector = {
    "serial": SERIAL.hex(),
    "uid": f"{UID:016x}",
    "index": 4321,
    "device_us": 43_210_000_000,
    "firmware": [0, 1, 0],
    "hardware": 2,
    "n_force": 4,
    "kinds": 0,
    "imu": 1,
    "max_hz": 320,
    "accel_range_g": 4,
    "gyro_range_dps": 500,
    "features": 0x05,
    "ring_samples": 6000,
    "name": "grün",
    "model": "QL Release",
    "calibration": 0,
    "tool_nonce": TOOL_NONCE.hex(),
    "key": KEY.hex(),
}
"""The tool that answers in `conversations`."""

OK, PARTIAL, GONE, BAD_REQUEST, UNKNOWN_OP, UNDER_LOAD, NOT_AUTHENTICATED = range(7)
UNSUPPORTED_VERSION = 8
HOST_US = 1_795_000_000_000_000


def exchange(
    name: str,
    op: int,
    request: bytes,
    reply: bytes = b"",
    status: int = OK,
    *,
    args: Vector | None = None,
    fields: Vector | None = None,
) -> Vector:
    """A request and the reply to it; `args` and `fields` are what they mean."""
    req_id = (op * 7 + len(name)) & 0xFF
    return {
        "name": name,
        "op": op,
        "req_id": req_id,
        "status": status,
        "args": args or {},
        "fields": fields,
        "request": (bytes([op, req_id]) + request).hex(),
        "reply": (bytes([op | 0x80, req_id, status]) + reply).hex(),
    }


def hello_payload() -> bytes:
    """HELLO's reply of a tool that asks for AUTH."""
    return struct.pack("<BBBQ", 1, 0, 1, UID) + SERIAL


def info_payload() -> bytes:
    """INFO's reply of `TOOL`."""
    return (
        bytes([1, 0, *TOOL["firmware"], TOOL["hardware"], TOOL["n_force"], TOOL["kinds"], 1])
        + struct.pack("<HBH", TOOL["max_hz"], TOOL["accel_range_g"], TOOL["gyro_range_dps"])
        + struct.pack("<II", TOOL["features"], CALIBRATIONS[0]["cal_id"])
        + SERIAL
        + struct.pack("<QI", UID, TOOL["ring_samples"])
        + text(TOOL["name"])
        + text(TOOL["model"])
    )


def introductions() -> list[Vector]:
    """What comes before the samples."""
    hello = {"major": 1, "minor": 0, "auth": True, "uid": f"{UID:016x}", "serial": SERIAL.hex()}
    tool_proof = proof(KEY, "ql-release tool", HOST_NONCE, TOOL_NONCE)
    host_proof = proof(KEY, "ql-release host", TOOL_NONCE, HOST_NONCE)
    return [
        exchange("hello", 0x20, b"\x01\x00", hello_payload(),
                 args={"major": 1, "minor": 0}, fields=hello),
        exchange("hello of another major version", 0x20, b"\x02\x05", hello_payload(),
                 UNSUPPORTED_VERSION, args={"major": 2, "minor": 5}, fields=hello),
        exchange("info before auth", 0x21, b"", b"", NOT_AUTHENTICATED),
        exchange("auth challenge", 0x22, b"\x01" + HOST_NONCE, TOOL_NONCE + tool_proof,
                 args={"host_nonce": HOST_NONCE.hex()},
                 fields={"tool_nonce": TOOL_NONCE.hex(), "proof": tool_proof.hex()}),
        exchange("auth proof", 0x22, b"\x02" + host_proof, args={"proof": host_proof.hex()}),
        exchange("info", 0x21, b"", info_payload(), fields={
            "major": 1, "minor": 0,
            **{key: TOOL[key] for key in (
                "firmware", "hardware", "n_force", "kinds", "imu", "max_hz", "accel_range_g",
                "gyro_range_dps", "features", "serial", "uid", "ring_samples", "name", "model",
            )},
            "cal_id": CALIBRATIONS[0]["cal_id"],
        }),
        exchange("get_cal", 0x28, b"", calibration_block(CALIBRATIONS[0])),
        exchange("time", 0x2A, struct.pack("<Q", HOST_US),
                 struct.pack("<QQ", TOOL["device_us"], UID), args={"host_us": HOST_US},
                 fields={"device_us": TOOL["device_us"], "uid": f"{UID:016x}"}),
        exchange("ping", 0x2B, struct.pack("<Q", HOST_US + 1),
                 struct.pack("<QQ", HOST_US + 1, TOOL["device_us"]), args={"host_us": HOST_US + 1},
                 fields={"host_us": HOST_US + 1, "device_us": TOOL["device_us"]}),
    ]  # fmt: skip


def streams() -> list[Vector]:
    """What is about the flow of samples."""
    other = UID ^ 1
    return [
        exchange("start", 0x23, struct.pack("<HBB", 0, 6, 0xFF),
                 struct.pack("<HBQI", 100, 6, UID, 4321),
                 args={"hz": 0, "batch": 6, "mask": 255},
                 fields={"hz": 100, "batch": 6, "uid": f"{UID:016x}", "index": 4321}),
        exchange("start cut short", 0x23, b"\x00\x00", b"", BAD_REQUEST),
        exchange("replay", 0x2C, struct.pack("<QII", UID, 4000, 50), struct.pack("<II", 4000, 50),
                 args={"uid": f"{UID:016x}", "first": 4000, "count": 50},
                 fields={"first": 4000, "count": 50}),
        exchange("replay of what is partly there", 0x2C, struct.pack("<QII", UID, 100, 50),
                 struct.pack("<II", 120, 30), PARTIAL,
                 args={"uid": f"{UID:016x}", "first": 100, "count": 50},
                 fields={"first": 120, "count": 30}),
        exchange("replay of another stream", 0x2C, struct.pack("<QII", other, 7, 1),
                 struct.pack("<II", 7, 0), GONE,
                 args={"uid": f"{other:016x}", "first": 7, "count": 1},
                 fields={"first": 7, "count": 0}),
        exchange("ack", 0x2D, struct.pack("<QI", UID, 4000),
                 args={"uid": f"{UID:016x}", "through": 4000}),
        exchange("stop", 0x24, b"", struct.pack("<I", 4321), fields={"value": 4321}),
    ]  # fmt: skip


def changes() -> list[Vector]:
    """What changes or moves the tool."""
    return [
        exchange("tare", 0x25, b"\xff", struct.pack("<I", 4), args={"mask": 255},
                 fields={"value": 4}),
        exchange("tare under load", 0x25, b"\x01", b"", UNDER_LOAD, args={"mask": 1}),
        exchange("cal_point", 0x26, struct.pack("<Bf", 2, 98.0625), struct.pack("<Bi", 1, -70123),
                 args={"zone": 2, "newtons": 98.0625}, fields={"points": 1, "counts": -70123}),
        exchange("cal_save", 0x27, b"", struct.pack("<I", 5), fields={"value": 5}),
        exchange("set_limit", 0x29, struct.pack("<f", 120.5), args={"newtons": 120.5}),
        exchange("haptic", 0x2E, b"\x03", args={"pattern": 3}),
        exchange("led", 0x2F, b"\x00\x80\xff", args={"red": 0, "green": 128, "blue": 255}),
        exchange("sleep", 0x30, b""),
        exchange("update that does not exist yet", 0x40, b"\x00", b"", UNKNOWN_OP),
    ]  # fmt: skip


def conversations() -> Vector:
    """One conversation with `TOOL`, request by request."""
    return {"tool": TOOL, "exchanges": [*introductions(), *streams(), *changes()]}


def cobs(data: bytes) -> bytes:
    """Consistent Overhead Byte Stuffing, as its authors describe it."""
    block, run, full = b"", b"", False
    for byte in data:
        full = False
        if byte:
            run += bytes([byte])
        else:
            block, run = block + bytes([len(run) + 1]) + run, b""
        if len(run) == 254:
            block, run, full = block + b"\xff" + run, b"", True
    return block if full else block + bytes([len(run) + 1]) + run


def framed(name: str, message: bytes) -> Vector:
    """A message in both framings."""
    checksum = struct.pack("<I", zlib.crc32(message))
    return {
        "name": name,
        "message": message.hex(),
        "cobs": (cobs(message + checksum) + b"\0").hex(),
        "length": (struct.pack("<H", len(message)) + message + checksum).hex(),
    }


def framings() -> list[Vector]:
    """Messages and the bytes that carry them."""
    return [
        framed("a request", bytes.fromhex("20410100")),
        framed("the shortest message", b"\x21\x00"),
        framed("a small frame", bytes.fromhex(samples()[0]["hex"])),
        framed("a frame", bytes.fromhex(samples()[1]["hex"])),
        framed("zeros alone", bytes(40)),
        framed("no zero within 250 bytes", b"\x55" * 250),
        framed("no zero within 600 bytes", bytes(1 + place % 255 for place in range(600))),
        framed("the longest message", bytes(place & 0xFF for place in range(1024))),
    ]


def malformed() -> list[Vector]:
    """Messages that say nothing; `major` where a frame is of another version."""
    good = bytes.fromhex(samples()[0]["hex"])
    status = bytes.fromhex(statuses()[0]["hex"])

    def changed(at: int, value: int) -> str:
        return (good[:at] + bytes([value]) + good[at + 1 :]).hex()

    return [
        {"name": "nothing", "hex": ""},
        {"name": "a header cut short", "hex": good[:15].hex()},
        {"name": "a body cut short", "hex": good[:-1].hex()},
        {"name": "a byte too many", "hex": (good + b"\0").hex()},
        {"name": "no samples", "hex": (good[:15] + b"\0").hex()},
        {"name": "no period", "hex": (good[:12] + b"\0\0" + good[14:]).hex()},
        {"name": "no channels", "hex": changed(14, 0)},
        {"name": "nine channels", "hex": changed(14, 9)},
        {"name": "an unknown motion layout", "hex": changed(14, 0x21)},
        {"name": "an index past the end", "hex": changed(7, 0x40)},
        {"name": "type 0", "hex": changed(0, 0x10)},
        {"name": "type 5", "hex": changed(0, 0x15)},
        {"name": "version 0", "hex": changed(0, 0x01), "major": 0},
        {"name": "version 2", "hex": changed(0, 0x21), "major": 2},
        {"name": "version 3", "hex": changed(0, 0x34), "major": 3},
        {"name": "a status cut short", "hex": status[:40].hex()},
        {"name": "a status without its calibration", "hex": status[:50].hex()},
        {"name": "a calibration cut short", "hex": status[:-1].hex()},
        {"name": "an event cut short", "hex": events()[0]["hex"][:-2]},
        {"name": "a reply without status", "hex": "a100"},
    ]


FILES = {
    "samples": samples,
    "calibrations": calibrations,
    "statuses": statuses,
    "events": events,
    "auths": auths,
    "conversations": conversations,
    "framings": framings,
    "malformed": malformed,
}
"""The vector files and what makes them."""


def documents() -> dict[str, str]:
    """Each file's name and contents."""
    return {
        f"{name}.json": json.dumps(make(), indent=1, ensure_ascii=False) + "\n"
        for name, make in FILES.items()
    }


def main() -> None:
    """Write the files beside this program, or into the directory named."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, contents in documents().items():
        (directory / name).write_text(contents, encoding="utf-8")


if __name__ == "__main__":
    main()
