"""What is in force at a sample, and its form in marks."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.context import ClockLine, Context, Limits, clock_data, clock_line
from ql_release.plan import PlannedSpot

PLAN = st.lists(
    st.builds(
        PlannedSpot,
        st.just("psoas"),
        st.sampled_from(["left", "right"]),
        st.sampled_from(["upper", "middle", "lower"]),
        st.integers(1, 20),
        st.floats(3, 600),
    ),
    max_size=3,
)
U64 = st.integers(0, (1 << 64) - 1)
FORCE = st.none() | st.floats(0.1, 2000)
LIMITS = st.builds(
    Limits,
    threshold_n=FORCE,
    body_mass_kg=FORCE,
    contact_area_cm2=FORCE,
    end_after_s=st.floats(1, 1e4),
    dose_hold_s=st.floats(1, 100),
    plan=PLAN.map(tuple),
)
CONTEXTS = st.builds(
    Context,
    uid=U64,
    line=st.builds(ClockLine, U64, U64, st.floats(-200, 200)),
    calibration=st.binary(max_size=80),
    limits=LIMITS,
    person=st.none() | st.just("p1"),
    placement=st.none() | st.just({"muscle": "psoas", "side": "left", "zone": "upper"}),
    device_us=st.none() | U64,
    mask=st.integers(0, 255),
)


@given(CONTEXTS)
def test_a_context_comes_back_from_json_as_it_was(context: Context) -> None:
    data = json.loads(json.dumps(context.to_data()))
    assert Context.from_data(context.uid, data) == context


@given(LIMITS)
def test_limits_come_back_from_json_as_they_were(limits: Limits) -> None:
    assert Limits.from_data(json.loads(json.dumps(limits.to_data()))) == limits


def test_names_of_a_later_version_are_ignored_and_missing_ones_are_the_usual() -> None:
    assert Limits.from_data({"threshold_n": 80.0, "colour": "red"}) == Limits(threshold_n=80.0)
    assert Limits.from_data({}) == Limits()
    assert (Limits().end_after_s, Limits().dose_hold_s) == (120.0, 10.0)


@pytest.mark.parametrize(
    ("threshold_n", "body_mass_kg", "limit_n"),
    [
        (None, None, None),
        (80.0, None, 96.0),
        (None, 70.0, 0.3 * 70.0 * 9.80665),
        (100.0, 100.0, 120.0),
        (300.0, 70.0, 0.3 * 70.0 * 9.80665),
    ],
)
def test_the_limit_is_the_lower_of_threshold_and_body_weight(
    threshold_n: float | None, body_mass_kg: float | None, limit_n: float | None
) -> None:
    limits = Limits(threshold_n=threshold_n, body_mass_kg=body_mass_kg)
    assert limits.limit_n == (None if limit_n is None else pytest.approx(limit_n))


@pytest.mark.parametrize(
    ("ppm", "device_us", "host_us"),
    [
        (0.0, 5_000_000, 1_000_000),
        (0.0, 6_500_000, 2_500_000),
        (0.0, 4_999_999.6, 1_000_000),
        (100.0, 5_000_000 + 10_000_000_000, 1_000_000 + 10_001_000_000),
        (-50.0, 5_000_000 - 1_000_000, 1_000_000 - 999_950),
    ],
)
def test_a_clock_line_goes_through_its_point_with_its_slope(
    ppm: float, device_us: float, host_us: int
) -> None:
    line = ClockLine(5_000_000, 1_000_000, ppm)
    assert line.at(device_us) == host_us
    assert clock_line(clock_data(line)) == line


USUAL: dict[str, Any] = Context(1, ClockLine(0, 0), b"\x01\x02").to_data()


@pytest.mark.parametrize("name", ["clock", "calibration", "settings", "person", "placement"])
def test_a_context_that_lacks_something_says_what(name: str) -> None:
    data = {key: value for key, value in USUAL.items() if key != name}
    with pytest.raises(ValueError, match=name):
        Context.from_data(1, data)


@pytest.mark.parametrize("name", ["device_us", "mask"])
def test_a_context_of_before_there_were_such_fields_can_be_read(name: str) -> None:
    data = {key: value for key, value in USUAL.items() if key != name}
    assert Context.from_data(1, data) == Context.from_data(1, USUAL)


@pytest.mark.parametrize(
    "wrong",
    [
        {"clock": {}},
        {"clock": None},
        {"clock": {"device_us": "x", "host_us": 0, "ppm": 0}},
        {"calibration": "zz"},
        {"calibration": 5},
        {"settings": 5},
    ],
)
def test_a_context_of_the_wrong_kind_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Context.from_data(1, USUAL | wrong)
