"""Raw counts become newtons, m/s² and rad/s by the tool's own calibration."""

import math
from dataclasses import replace
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.signal.calibrate import Calibrator
from ql_release.wire.calibration import Calibration, ZoneCalibration, ZoneKind
from ql_release.wire.frames import FrameFlags, SampleFrame

COUNT = st.integers(-(1 << 23), (1 << 23) - 1)
LSB = st.integers(-(1 << 15), (1 << 15) - 1)


def zone(offset: int = 0, scale: float = 1.0, kind: int = ZoneKind.LOAD_CELL) -> ZoneCalibration:
    return ZoneCalibration(kind, offset, scale)


def under(*zones: ZoneCalibration, axes: tuple[int, int, int] = (1, 2, 3)) -> Calibrator:
    return Calibrator(Calibration(1, zones, accel=0.5, gyro=0.25, axes=axes))


def frame(*samples: tuple[int, ...], n_force: int, index: int = 0, flags: int = 0) -> SampleFrame:
    body = b"".join(
        b"".join(count.to_bytes(3, "little", signed=True) for count in sample[:n_force])
        + (pack("<6h", *sample[n_force:]) if len(sample) > n_force else b"")
        for sample in samples
    )
    return SampleFrame(
        flags=flags,
        stream=1,
        index=index,
        t0_us=0,
        period_us=12_500,
        n_force=n_force,
        imu=int(len(samples[0]) > n_force),
        n=len(samples),
        body=body,
    )


@given(st.lists(st.tuples(COUNT, COUNT), min_size=1, max_size=20), COUNT, st.integers(-8, 8))
def test_newtons_are_counts_less_the_offset_times_the_scale(
    samples: list[tuple[int, int]], offset: int, power: int
) -> None:
    block = under(zone(offset, 2.0**power), zone(0, -1.0)).block(frame(*samples, n_force=2), 0)
    assert block.zones == [((a - offset) * 2.0**power, -float(b)) for a, b in samples]
    assert (block.imu, block.contact) == (None, None)


@pytest.mark.parametrize(
    ("axes", "wanted"),
    [
        ((1, 2, 3), (5.0, 10.0, 15.0, 10.0, 12.5, 15.0)),
        ((-2, 1, 3), (-10.0, 5.0, 15.0, -12.5, 10.0, 15.0)),
        ((3, -1, -2), (15.0, -5.0, -10.0, 15.0, -10.0, -12.5)),
    ],
)
def test_motion_is_turned_to_the_tools_axes(
    axes: tuple[int, int, int], wanted: tuple[float, ...]
) -> None:
    block = under(zone(), axes=axes).block(frame((0, 10, 20, 30, 40, 50, 60), n_force=1), 0)
    assert block.imu == [wanted]


@given(st.lists(st.tuples(COUNT, *[LSB] * 6), min_size=1, max_size=9))
def test_every_sample_keeps_its_own_motion(samples: list[tuple[int, ...]]) -> None:
    block = under(zone()).block(frame(*samples, n_force=1), 0)
    assert block.imu is not None
    assert [row[0] for row in block.imu] == [sample[1] * 0.5 for sample in samples]
    assert [row[5] for row in block.imu] == [sample[6] * 0.25 for sample in samples]


def test_times_go_on_by_the_measured_period_from_the_64_bit_time() -> None:
    block = under(zone()).block(frame((0,), (0,), (0,), n_force=1, index=7), 1 << 40)
    first = (1 << 40) / 1e6
    assert block.index == 7
    assert block.t == pytest.approx([first, first + 0.0125, first + 0.025], abs=1e-9)


@given(st.integers(0, 1 << 44), st.integers(1, 9))
def test_a_frames_rest_has_the_very_times_that_it_has_in_the_frame(zero: int, at: int) -> None:
    """Else an event would depend on how samples are cut into frames."""
    whole = frame(*[(count,) for count in range(10)], n_force=1)
    rest = whole.after(at)
    assert rest is not None
    calibrator = under(zone())
    times = calibrator.block(rest, zero + at * 12_500).t
    assert times == calibrator.block(whole, zero).t[at:]


def test_a_contact_only_zone_gives_contact_and_never_newtons() -> None:
    calibrator = under(zone(), zone(100, 0.01, ZoneKind.CONTACT))
    block = calibrator.block(frame((5, 199), (6, 200), (7, 1000), n_force=2), 0)
    assert block.zones == [(5.0,), (6.0,), (7.0,)]
    assert block.contact == [False, True, True]


def test_any_of_several_contact_zones_is_enough() -> None:
    contact = zone(0, 1.0, ZoneKind.CONTACT)
    block = under(contact, contact).block(frame((0, 0), (1, 0), (0, 1), n_force=2), 0)
    assert block.contact == [False, True, True]
    assert block.zones == [(), (), ()]


def test_zones_that_the_frame_lacks_give_nothing() -> None:
    block = under(zone(), zone(), zone(0, 1.0, ZoneKind.CONTACT)).block(frame((3,), n_force=1), 0)
    assert (block.zones, block.contact) == ([(3.0,)], [False])


def test_channels_that_the_calibration_lacks_give_nothing() -> None:
    assert under(zone()).block(frame((3, 4), n_force=2), 0).zones == [(3.0,)]
    assert under().block(frame((3, 4), n_force=2), 0).zones == [()]


@pytest.mark.parametrize(
    ("flag", "field"),
    [
        (FrameFlags.GAP_BEFORE, "gap_before"),
        (FrameFlags.SATURATED, "saturated"),
        (FrameFlags.SENSOR_FAULT, "fault"),
    ],
)
def test_flags_say_what_the_samples_are_worth(flag: FrameFlags, field: str) -> None:
    block = under(zone()).block(frame((0,), n_force=1, flags=int(flag) | 0xC0), 0)
    fields = {name: getattr(block, name) for name in ("gap_before", "saturated", "fault")}
    assert fields == {name: name == field for name in fields}


def test_the_rest_of_a_frame_has_no_gap_before_it() -> None:
    whole = frame((0,), (0,), n_force=1, flags=int(FrameFlags.GAP_BEFORE | FrameFlags.SATURATED))
    rest = whole.after(1)
    assert rest is not None
    block = under(zone()).block(rest, 0)
    assert (block.gap_before, block.saturated) == (False, True)


def test_a_body_of_another_size_is_refused() -> None:
    whole = frame((1,), (2,), n_force=1)
    with pytest.raises(ValueError, match="size"):
        under(zone()).block(replace(whole, body=whole.body[:-1]), 0)


def test_the_extremes_of_24_bits_stay_finite() -> None:
    block = under(zone(-(1 << 23), 3.0e38)).block(frame(((1 << 23) - 1,), n_force=1), 0)
    assert math.isfinite(block.zones[0][0])
