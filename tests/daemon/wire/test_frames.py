"""Frames: rows, parts, and what a decoder makes of any bytes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.wire import messages
from ql_release.wire.calibration import Calibration, ZoneCalibration
from ql_release.wire.frames import (
    DeviceEvent,
    FrameFlags,
    SampleFrame,
    StatusFrame,
    max_samples,
    sample_size,
)

U16 = st.integers(min_value=0, max_value=0xFFFF)
U32 = st.integers(min_value=0, max_value=0xFFFFFFFF)
U64 = st.integers(min_value=0, max_value=0xFFFFFFFFFFFFFFFF)
F32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
BYTE = st.integers(min_value=0, max_value=255)
INDEX = st.integers(min_value=0, max_value=(1 << 30) - 256)


@st.composite
def sample_frames(draw: st.DrawFn) -> SampleFrame:
    n_force = draw(st.integers(min_value=1, max_value=8))
    imu = draw(st.integers(min_value=0, max_value=1))
    n = draw(st.integers(min_value=1, max_value=max_samples(n_force, imu)))
    size = n * sample_size(n_force, imu)
    return SampleFrame(
        flags=draw(BYTE),
        stream=draw(U16),
        index=draw(INDEX),
        t0_us=draw(U32),
        period_us=draw(st.integers(min_value=1, max_value=0xFFFF)),
        n_force=n_force,
        imu=imu,
        n=n,
        body=draw(st.randoms(use_true_random=False)).randbytes(size),
        replayed=draw(st.booleans()),
    )


@st.composite
def calibrations(draw: st.DrawFn) -> Calibration:
    zone = st.builds(
        ZoneCalibration,
        st.sampled_from([0, 1]),
        st.integers(min_value=-(1 << 31), max_value=(1 << 31) - 1),
        F32,
    )
    zones = draw(st.lists(zone, max_size=8))
    axes = draw(st.sampled_from([(0, 0, 0), (1, 2, 3), (-3, 2, -1), (2, -1, 3)]))
    return Calibration(draw(U32), tuple(zones), draw(F32), draw(F32), axes)


@given(frame=sample_frames())
def test_a_sample_frame_encoded_is_the_one_decoded(frame: SampleFrame) -> None:
    assert messages.decode_from_tool(frame.encode()) == frame


@given(frame=sample_frames())
def test_rows_are_the_numbers_in_the_body(frame: SampleFrame) -> None:
    expected = []
    size = sample_size(frame.n_force, frame.imu)
    for start in range(0, frame.n * size, size):
        row = frame.body[start : start + size]
        widths = [3] * frame.n_force + [2] * (6 * frame.imu)
        at, values = 0, []
        for width in widths:
            values.append(int.from_bytes(row[at : at + width], "little", signed=True))
            at += width
        expected.append(tuple(values))
    assert frame.rows() == expected


def test_rows_of_a_body_of_the_wrong_size_are_refused() -> None:
    frame = SampleFrame(0, 1, 0, 0, 10_000, 2, 0, 2, bytes(11))
    with pytest.raises(ValueError, match="body's size"):
        frame.rows()


@given(frame=sample_frames(), skipped=st.integers(min_value=-3, max_value=300))
def test_a_frame_from_an_index_on_holds_the_rest_at_its_own_time(
    frame: SampleFrame, skipped: int
) -> None:
    rest = frame.after(frame.index + skipped)
    if skipped >= frame.n:
        assert rest is None
        return
    skipped = max(0, skipped)
    assert rest is not None
    assert (rest.index, rest.end) == (frame.index + skipped, frame.end)
    assert rest.t0_us == (frame.t0_us + skipped * frame.period_us) % (1 << 32)
    assert rest.rows() == frame.rows()[skipped:]
    assert messages.decode(rest.encode()) == rest


def test_the_rest_of_a_divided_frame_leaves_what_was_about_its_first_sample() -> None:
    frame = SampleFrame(0xFF, 1, 10, 0, 10_000, 1, 0, 2, bytes(6))
    rest = frame.after(11)
    assert rest is not None
    about_the_first = FrameFlags.GAP_BEFORE | FrameFlags.NEW_CALIBRATION | FrameFlags.CLOCK_REBASED
    assert rest.flags == 0xFF & ~int(about_the_first)
    assert frame.after(10) is frame


@st.composite
def status_frames(draw: st.DrawFn) -> StatusFrame:
    calibration = draw(calibrations())
    uid, device_us = draw(U64), draw(U64)
    return StatusFrame(
        flags=draw(BYTE),
        stream=uid & 0xFFFF,
        index=draw(INDEX),
        t0_us=device_us & 0xFFFFFFFF,
        period_us=draw(U16),
        n_force=4,
        imu=1,
        uid=uid,
        device_us=device_us,
        host_us=draw(U64),
        time_age_s=draw(U32),
        battery=draw(BYTE),
        mask=draw(BYTE),
        limit_n=draw(F32),
        calibration=calibration,
        calibration_block=calibration.encode(),
    )


@given(frame=status_frames())
def test_a_status_frame_encoded_is_the_one_decoded(frame: StatusFrame) -> None:
    assert messages.decode_from_tool(frame.encode()) == frame


@given(kind=BYTE, device_us=U64, value=F32)
def test_an_event_frame_encoded_is_the_one_decoded(kind: int, device_us: int, value: float) -> None:
    """A kind that this version does not know is still an event."""
    frame = DeviceEvent(
        flags=0,
        stream=5,
        index=7,
        t0_us=device_us & 0xFFFFFFFF,
        period_us=10_000,
        n_force=1,
        imu=0,
        kind=kind,
        device_us=device_us,
        value=value,
    )
    assert messages.decode_from_tool(frame.encode()) == frame


@given(message=st.binary(max_size=1100))
def test_decoding_any_bytes_gives_something_and_never_raises(message: bytes) -> None:
    for decode in (messages.decode, messages.decode_from_tool):
        told = decode(message)
        if isinstance(told, SampleFrame):
            assert len(told.rows()) == told.n


@given(start=st.sampled_from([0x11, 0x12, 0x13, 0x14]), rest=st.binary(max_size=200))
def test_decoding_what_begins_like_a_frame_never_raises(start: int, rest: bytes) -> None:
    messages.decode_from_tool(bytes([start]) + rest)


@given(frame=sample_frames(), at=st.integers(min_value=0), value=BYTE)
def test_a_changed_byte_never_makes_a_decoder_raise(
    frame: SampleFrame, at: int, value: int
) -> None:
    message = bytearray(frame.encode())
    message[at % len(message)] = value
    told = messages.decode_from_tool(bytes(message))
    if isinstance(told, SampleFrame):
        assert len(told.rows()) == told.n


def test_what_a_newer_minor_version_appends_to_status_and_event_frames_is_ignored(
    vectors: Callable[[str], list[dict[str, str]]],
) -> None:
    for vector in [*vectors("statuses"), *vectors("events")]:
        message = bytes.fromhex(vector["hex"])
        longer = messages.decode_from_tool(message + b"\x01\x02\x03")
        assert not isinstance(longer, messages.Malformed)


def test_a_request_is_told_apart_from_a_later_version_by_who_sent_it() -> None:
    message = b"\x21\x07"
    assert isinstance(messages.decode(message), messages.Request)
    assert isinstance(messages.decode_from_tool(message), messages.UnsupportedVersion)


def test_samples_that_fit_a_message() -> None:
    assert [max_samples(zones, 1, 244) for zones in (4, 6, 8)] == [9, 7, 6]
    assert max_samples(8, 1) == 28
    assert max_samples(1, 0) == 255
