"""Requests, replies, proofs and clocks: what is refused, and how it is said."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.wire import auth, control, messages
from ql_release.wire.calibration import ZoneKind, decode_calibration
from ql_release.wire.deviceclock import extend_us

PARSERS: list[Callable[[bytes], object]] = [
    control.parse_hello,
    control.parse_info,
    control.parse_auth,
    control.parse_start,
    control.parse_stop,
    control.parse_tare,
    control.parse_cal_point,
    control.parse_cal_save,
    control.parse_time,
    control.parse_ping,
    control.parse_replay,
    decode_calibration,
]

INFO = control.ToolInfo(
    major=1,
    minor=0,
    firmware=(1, 2, 3),
    hardware=1,
    n_force=4,
    kinds=0b1000,
    imu=1,
    max_hz=100,
    accel_range_g=4,
    gyro_range_dps=500,
    features=control.Feature.HAPTIC | control.Feature.BATTERY,
    cal_id=7,
    serial=b"ABCDEFGH",
    uid=1 << 63,
    ring_samples=6000,
    name="Grün · зал",
    model="QL Release",
)


@pytest.mark.parametrize("parse", PARSERS)
@given(payload=st.binary(max_size=200))
def test_any_payload_is_parsed_or_refused_with_a_sentence(
    parse: Callable[[bytes], object], payload: bytes
) -> None:
    try:
        parse(payload)
    except ValueError as error:
        said = str(error)
    else:
        return
    assert " " in said
    assert not said.startswith("unpack")


@pytest.mark.parametrize("parse", PARSERS)
def test_an_empty_payload_is_refused(parse: Callable[[bytes], object]) -> None:
    with pytest.raises(ValueError, match=r"has 0 bytes|ends before"):
        parse(b"")


def test_bytes_after_a_known_payload_are_ignored(vectors: Callable[[str], Any]) -> None:
    """A newer minor version may append fields."""
    assert control.parse_info(INFO.encode() + b"\x09\x09") == INFO
    assert control.parse_stop(b"\x05\0\0\0\xff") == 5
    block = bytes.fromhex(vectors("calibrations")[0]["hex"])
    assert decode_calibration(block + b"\x01") == decode_calibration(block)


def test_info_tells_what_each_zone_can() -> None:
    assert INFO.zone_kind(0) is ZoneKind.LOAD_CELL
    assert INFO.zone_kind(3) is ZoneKind.CONTACT


def test_info_with_a_name_that_is_not_utf8_is_refused() -> None:
    payload = control.ToolInfo(
        *[getattr(INFO, name) for name in list(INFO.__slots__)[:-2]]
    ).encode()
    spoilt = payload[:-2] + b"\x02\xff\xfe\x00"
    with pytest.raises(ValueError, match="not UTF-8"):
        control.parse_info(spoilt)


def test_info_that_ends_within_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="ends within a text"):
        control.parse_info(INFO.encode()[:-3])


def test_a_name_longer_than_its_length_byte_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 255 bytes"):
        replace(INFO, name="ü" * 128).encode()


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (b"\0\0\0\0\x09", "9 zones"),
        (b"\0\0\0\0\x01\x02" + bytes(8) + bytes(11), "unknown kind 2"),
        (b"\0\0\0\0\x01\x00" + bytes(4) + b"\0\0\xc0\x7f" + bytes(11), "no scale"),
        (b"\0\0\0\0\x00" + b"\0\0\x80\x7f" + bytes(7), "not numbers"),
        (b"\0\0\0\0\x00" + bytes(8) + b"\x01\x01\x02", "not 1, 2 and 3"),
        (b"\0\0\0\0\x02" + bytes(9), "2 zones need 34"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(spoilt: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        decode_calibration(spoilt)


@given(op=st.integers(0x20, 0x7F), req_id=st.integers(0, 255), payload=st.binary(max_size=64))
def test_requests_and_replies_encoded_are_those_decoded(
    op: int, req_id: int, payload: bytes
) -> None:
    request = control.Request(op, req_id, payload)
    assert messages.decode(request.encode()) == request
    reply = control.Reply(op, req_id, control.Status.BUSY, payload)
    assert messages.decode_from_tool(reply.encode()) == reply


def test_proofs_of_the_two_sides_differ_and_depend_on_everything() -> None:
    arguments = (b"key", bytes(16), bytes(15) + b"\1", b"ABCDEFGH")
    others = [
        (b"other", *arguments[1:]),
        (arguments[0], b"\2" * 16, *arguments[2:]),
        (*arguments[:2], b"\3" * 16, arguments[3]),
        (*arguments[:3], b"ABCDEFGI"),
    ]
    proofs = [auth.tool_proof(*each) for each in [arguments, *others]]
    proofs += [auth.host_proof(*each) for each in [arguments, *others]]
    assert len(set(proofs)) == len(proofs)
    assert all(len(proof) == auth.PROOF_BYTES for proof in proofs)


def test_a_proof_matches_only_itself() -> None:
    proof = auth.host_proof(b"key", bytes(16), bytes(16), bytes(8))
    assert auth.proofs_match(proof, bytes(bytearray(proof)))
    assert not auth.proofs_match(proof, proof[:-1] + bytes([proof[-1] ^ 1]))
    assert not auth.proofs_match(proof, proof[:-1])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((b"", bytes(16), bytes(16), bytes(8)), "key is empty"),
        ((b"k", bytes(15), bytes(16), bytes(8)), "nonce has 16"),
        ((b"k", bytes(16), bytes(17), bytes(8)), "nonce has 16"),
        ((b"k", bytes(16), bytes(16), bytes(7)), "serial number has 8"),
    ],
)
def test_proofs_over_parts_of_a_wrong_length_are_refused(
    arguments: tuple[bytes, bytes, bytes, bytes], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        auth.tool_proof(*arguments)


def test_auth_requests_of_a_wrong_length_are_refused() -> None:
    with pytest.raises(ValueError, match="a nonce has 16 bytes, not 3"):
        control.auth_challenge(b"abc")
    with pytest.raises(ValueError, match="a proof has 32 bytes, not 3"):
        control.auth_proof(b"abc")


@given(
    true_us=st.integers(min_value=0, max_value=1 << 62),
    error_us=st.integers(min_value=-(1 << 31) + 1, max_value=(1 << 31) - 1),
)
def test_a_time_is_extended_to_the_nearest_one(true_us: int, error_us: int) -> None:
    reference = true_us + error_us
    if reference >= 0:
        assert extend_us(true_us & 0xFFFFFFFF, reference) == true_us


def test_a_time_never_becomes_negative() -> None:
    assert extend_us(0xFFFFFFFF, 0) == 0xFFFFFFFF
