"""Live values: how often they are published, and what they say."""

from collections.abc import Sequence
from typing import Any

import pytest
from live_bench import BenchTool, SmallDaemon, make_pipeline

from ql_release.context import Limits
from ql_release.payloads.tool import State
from ql_release.tools.states import StatePace, state_of

STANDARD_GRAVITY = 9.80665


def count_due(pace: StatePace, start_s: float, seconds: float, *, in_contact: bool) -> int:
    """Return how many of 20 frames a second are published."""
    times = [start_s + number / 20 for number in range(round(seconds * 20))]
    return sum(pace.due(time, in_contact=in_contact) for time in times)


def test_in_contact_there_are_at_most_four_a_second() -> None:
    assert count_due(StatePace(), 0, 10, in_contact=True) == 40


def test_otherwise_there_is_one_a_minute() -> None:
    assert count_due(StatePace(), 0, 300, in_contact=False) == 5


def test_a_contact_is_shown_at_once_and_its_end_too() -> None:
    pace = StatePace()
    assert pace.due(0.0, in_contact=False)
    assert not pace.due(1.0, in_contact=False)
    assert pace.due(1.1, in_contact=True)
    assert not pace.due(1.2, in_contact=False)
    assert pace.due(1.4, in_contact=False)
    assert not pace.due(2.0, in_contact=False)


def test_a_frame_a_little_early_is_on_time() -> None:
    pace = StatePace()
    pace.due(0.0, in_contact=True)
    assert pace.due(0.235, in_contact=True)


def test_after_the_broker_was_lost_the_next_state_goes_out_at_once() -> None:
    pace = StatePace()
    pace.due(0.0, in_contact=False)
    pace.hurry()
    assert pace.due(0.1, in_contact=False)
    assert not pace.due(0.2, in_contact=False)


async def test_a_tool_is_published_at_these_rates_and_retained_only_out_of_contact(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 120)
    assert [state["force_n"] for state in daemon.states()] == [0, 0]
    await tool.press(60, 10)
    touched = [state for state in daemon.states() if state["in_contact"]]
    assert 30 <= len(touched) <= 40
    await tool.press(0, 5)
    assert daemon.states()[-1]["in_contact"] is False
    for _, state, retained in daemon.broker.states:
        assert retained is not state["in_contact"]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(), {"kpa": None, "force_pct": None, "over_pressure": False}),
        (Limits(contact_area_cm2=20), {"kpa": 30.0, "force_pct": None}),
        (Limits(threshold_n=80), {"kpa": None, "force_pct": 75.0, "over_pressure": False}),
        (Limits(threshold_n=49), {"force_pct": 122.4, "over_pressure": True}),
        (Limits(body_mass_kg=20), {"force_pct": None, "over_pressure": True}),
        (Limits(body_mass_kg=21), {"force_pct": None, "over_pressure": False}),
    ],
)
def test_pressure_needs_an_area_and_percent_a_threshold(
    tool: BenchTool, limits: Limits, expected: dict[str, Any]
) -> None:
    state = state_at_60_n(tool, limits)
    assert state.force_n == 60.0
    assert {name: getattr(state, name) for name in expected} == expected


def test_battery_and_rate_are_passed_on(tool: BenchTool) -> None:
    state = state_at_60_n(tool, Limits(), battery_pct=57, rate_hz=99.96)
    assert (state.battery_pct, state.rate_hz) == (57, 100.0)
    state = state_at_60_n(tool, Limits())
    assert (state.battery_pct, state.rate_hz, state.session) == (None, None, None)


@pytest.mark.parametrize(
    ("limits", "limit_n"),
    [
        (Limits(), None),
        (Limits(threshold_n=100), 120),
        (Limits(body_mass_kg=50), 15 * STANDARD_GRAVITY),
        (Limits(threshold_n=100, body_mass_kg=50), 120),
        (Limits(threshold_n=200, body_mass_kg=50), 15 * STANDARD_GRAVITY),
    ],
)
def test_the_limit_is_the_lower_of_the_threshold_s_and_the_body_weight_s(
    limits: Limits, limit_n: float | None
) -> None:
    assert limits.limit_n == (None if limit_n is None else pytest.approx(limit_n))


def state_at_60_n(
    tool: BenchTool,
    limits: Limits,
    battery_pct: int | None = None,
    rate_hz: float | None = None,
    places: Sequence[tuple[float, float]] = (),
) -> State:
    pipeline = make_pipeline(tool, limits)
    for _ in range(5):
        pipeline.feed_frame(tool.measure(60))
    return state_of(pipeline, battery_pct, rate_hz, places)


def test_where_the_force_acts_needs_the_zones_places(tool: BenchTool) -> None:
    state = state_at_60_n(tool, Limits(), places=[(12.0, 3.0)])
    assert (state.shares, state.centre_mm) == ([1.0], [12.0, 3.0])


def test_without_places_only_the_shares_are_told(tool: BenchTool) -> None:
    state = state_at_60_n(tool, Limits())
    assert (state.shares, state.centre_mm) == ([1.0], None)
