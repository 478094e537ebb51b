"""The guide through a plan: when it goes on, where it jumps to, when it is left."""

from collections.abc import Callable
from typing import Any, Literal

import pytest

from ql_release.context import Limits
from ql_release.payloads.base import Placement
from ql_release.plan import PlannedSpot
from ql_release.sessions.guide import Guide, placement_of
from ql_release.signal import detections

Side = Literal["left", "right"]


def spot(side: Side, *, holds: int = 1, hold_s: float = 20.0) -> PlannedSpot:
    return PlannedSpot("quadratus_lumborum", side, "upper", holds, hold_s)


LEFT, RIGHT = spot("left", holds=2), spot("right")
LOWER = PlannedSpot("quadratus_lumborum", "left", "lower", 1, 30.0)
PLAN = (LEFT, RIGHT, LOWER)
ELSEWHERE = Placement(muscle="psoas", side="left", zone="middle")


@pytest.fixture
def guide() -> Guide:
    return Guide(PLAN)


def hold(guide: Guide, seconds: float) -> None:
    """Play a hold and its lift-off."""
    guide.held(seconds)
    guide.lifted()


def where(guide: Guide) -> tuple[int, int, bool]:
    """Return the step, from 1, its holds so far, and whether the plan is done."""
    progress = guide.progress()
    assert progress is not None
    return progress.step, progress.holds, progress.done


def test_it_begins_with_the_first_step(guide: Guide) -> None:
    assert guide.placement == placement_of(LEFT)
    assert guide.progress().model_dump() == {  # type: ignore[union-attr]
        "step": 1,
        "of": 3,
        "placement": {"muscle": "quadratus_lumborum", "side": "left", "zone": "upper"},
        "holds": 0,
        "holds_wanted": 2,
        "hold_s": 20.0,
        "done": False,
    }


def test_it_goes_on_when_as_many_holds_as_wanted_were_long_enough(guide: Guide) -> None:
    hold(guide, 20.0)
    assert where(guide) == (1, 1, False)
    hold(guide, 19.9)
    assert where(guide) == (1, 1, False)
    hold(guide, 25.0)
    assert where(guide) == (2, 0, False)
    assert guide.placement == placement_of(RIGHT)


def test_a_hold_as_long_as_wanted_counts_though_floats_lose_a_hair(guide: Guide) -> None:
    guide.held(20.0 - 1e-9)
    assert where(guide) == (1, 1, False)


def test_it_waits_for_lift_off(guide: Guide) -> None:
    hold(guide, 20.0)
    guide.held(20.0)
    assert (where(guide), guide.placement) == ((1, 2, False), placement_of(LEFT))
    guide.lifted()
    assert where(guide) == (2, 0, False)


def test_a_short_touch_does_not_lead_on_from_a_step_that_is_done(guide: Guide) -> None:
    for _ in range(2):
        hold(guide, 20.0)
    guide.place(placement_of(LEFT))
    guide.lifted()
    hold(guide, 5.0)
    assert guide.placement == placement_of(LEFT)
    hold(guide, 20.0)
    assert guide.placement == placement_of(RIGHT)


def test_after_the_last_step_no_spot_is_due(guide: Guide) -> None:
    for seconds in (20.0, 20.0, 20.0, 30.0):
        hold(guide, seconds)
    assert (where(guide), guide.placement) == ((3, 1, True), None)
    progress = guide.progress()
    assert progress is not None
    assert progress.placement is None
    hold(guide, 60.0)
    assert [entry.hold_s for entry in guide.doses()] == [40.0, 20.0, 30.0]


def test_naming_a_spot_of_the_plan_jumps_there_and_what_was_skipped_comes_later(
    guide: Guide,
) -> None:
    guide.place(placement_of(RIGHT))
    assert (where(guide), guide.placed) == ((2, 0, False), placement_of(RIGHT))
    hold(guide, 20.0)
    assert (where(guide), guide.placed) == ((3, 0, False), None)
    hold(guide, 30.0)
    assert where(guide) == (1, 0, False)


def test_naming_another_spot_leaves_the_plan_until_nothing_is_named(guide: Guide) -> None:
    hold(guide, 20.0)
    guide.place(ELSEWHERE)
    hold(guide, 60.0)
    assert (where(guide), guide.placement) == ((1, 1, False), ELSEWHERE)
    guide.place(None)
    assert guide.placement == placement_of(LEFT)
    hold(guide, 20.0)
    assert where(guide) == (2, 0, False)


def test_a_spot_that_comes_twice_is_due_where_it_is_not_done() -> None:
    guide = Guide((RIGHT, LOWER, RIGHT))
    hold(guide, 20.0)
    guide.place(placement_of(RIGHT))
    assert where(guide) == (3, 0, False)
    hold(guide, 20.0)
    guide.place(placement_of(RIGHT))
    assert where(guide) == (1, 1, False)


def test_the_next_session_begins_anew_and_keeps_only_what_lies_outside_the_plan(
    guide: Guide,
) -> None:
    hold(guide, 20.0)
    guide.place(placement_of(LOWER))
    assert where(guide.anew()) == (1, 0, False)
    assert guide.anew().placed is None
    guide.place(ELSEWHERE)
    assert guide.anew().placement == ELSEWHERE


def test_without_a_plan_it_keeps_what_is_named() -> None:
    guide = Guide(())
    assert (guide.placement, guide.progress(), guide.doses()) == (None, None, [])
    guide.place(ELSEWHERE)
    hold(guide, 60.0)
    assert guide.placement == guide.anew().placement == ELSEWHERE


# With the session


@pytest.fixture
def led(make_bench: Callable[..., Any]) -> Any:
    """A bench whose person has the plan."""
    return make_bench(rules=Limits(plan=PLAN))


def put(bench: Any, seconds: float, placement: Placement | None) -> None:
    fields = None if placement is None else placement.model_dump()
    bench.tracker.set_placement(fields, bench.moment(seconds))


def sides(bench: Any) -> list[str | None]:
    """Return where each event was, as side and zone."""
    places = [event.placement for event in bench.told]
    return [None if place is None else f"{place.side} {place.zone}" for place in places]


def test_events_are_where_the_guide_was_and_a_hold_counts_there(led: Any) -> None:
    led.contact(10.0, 35.0, hold=True)
    led.contact(40.0, 62.0, hold=True)
    led.contact(70.0, 95.0, hold=True)
    led.contact(100.0, 125.0, hold=True)
    led.wait(245.0)
    assert sides(led) == [
        *(["left upper"] * 5),
        *(["right upper"] * 2),
        *(["left lower"] * 3),
    ]
    dose = [(entry.holds, entry.hold_s, entry.done) for entry in led.ended().dose]
    assert dose == [(2, 47.0, True), (1, 25.0, True), (0, 25.0, False)]
    assert [entry.hold_s_wanted for entry in led.ended().dose] == [40.0, 20.0, 30.0]
    codes = [insight.code for insight in led.ended().insights]
    assert "dose_short" in codes


def test_a_plan_that_was_gone_through_is_said(led: Any) -> None:
    for start in (10.0, 50.0, 90.0, 130.0):
        led.contact(start, start + 31.0, hold=True)
    assert led.tracker.plan.done
    assert led.tracker.placement is None
    led.wait(290.0)
    assert "plan_done" in [insight.code for insight in led.ended().insights]


def test_every_session_begins_the_plan_anew(led: Any) -> None:
    led.contact(10.0, 35.0, hold=True)
    led.contact(40.0, 65.0, hold=True)
    put(led, 70.0, placement_of(LOWER))
    led.wait(190.0)
    assert led.tracker.placed is None
    led.contact(300.0, 325.0, hold=True)
    assert (led.tracker.plan.step, led.tracker.plan.holds) == (1, 1)


def test_a_hold_that_goes_on_at_a_stop_counts_and_the_rest_of_it_does_not(led: Any) -> None:
    led.begin(10.0, hold=True)
    figures = {"hold_s": 30.0, "mean_force_n": 60.0, "peak_force_n": 80.0}
    led.say(detections.HoldEnded, 40.0, 40.0, **figures)
    (ended,) = led.tracker.end(led.moment(40.0), "stopped")
    assert [entry.holds for entry in ended.dose] == [1, 0, 0]
    led.finish(10.0, 90.0, 90.5, hold=True)
    assert led.tracker.plan.holds == 0


def test_another_plan_begins_at_once_and_other_rules_change_nothing(led: Any) -> None:
    led.contact(10.0, 35.0, hold=True)
    led.tracker.rules = Limits(threshold_n=80.0, plan=PLAN)
    assert led.tracker.plan.holds == 1
    led.tracker.rules = Limits(plan=(LOWER,))
    assert (led.tracker.plan.of, led.tracker.placement) == (1, placement_of(LOWER))
    led.tracker.rules = Limits()
    assert (led.tracker.plan, led.tracker.placement) == (None, None)


def test_a_plan_that_comes_does_not_overrule_what_was_named(bench: Any) -> None:
    put(bench, 5.0, ELSEWHERE)
    bench.tracker.rules = Limits(plan=PLAN)
    assert bench.tracker.placement == ELSEWHERE
    put(bench, 6.0, None)
    assert bench.tracker.placement == placement_of(LEFT)


def test_a_restart_of_the_tool_leaves_the_guide_where_it_is(led: Any) -> None:
    led.contact(10.0, 35.0, hold=True)
    led.restart(60.0)
    led.contact(70.0, 95.0, hold=True)
    assert led.tracker.plan.step == 2
