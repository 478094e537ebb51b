"""A plan leads the same way however the samples are cut, and after a crash anywhere."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_cases import (
    OTHER_UID,
    Disk,
    Live,
    Step,
    Tape,
    crashed,
    heard_again,
    live,
    names,
    pressed,
    restarted,
    told,
)

from ql_release.context import Limits
from ql_release.events import HoldEnded, SessionEnded
from ql_release.marks import MarkKind
from ql_release.plan import PlannedSpot

QL = "quadratus_lumborum"
UPPER = PlannedSpot(QL, "left", "upper", 1, 8.0)
LOWER = PlannedSpot(QL, "left", "lower", 2, 6.0)
RIGHT = PlannedSpot(QL, "right", "upper", 1, 6.0)
GUIDED = Limits(end_after_s=10.0, plan=(UPPER, LOWER, RIGHT))
TWO_SESSIONS = (
    (2.0, 0.0),
    *[(9.0, 60.0), (3.0, 0.0)] * 3,
    *[(9.0, 60.0), (20.0, 0.0)],
    *[(9.0, 60.0), (3.0, 0.0)] * 2,
    (12.0, 0.0),
)
"""Seconds and newtons: four holds, and in a second session two."""


def place(spot: PlannedSpot | None) -> dict[str, object]:
    """Return what a PLACE mark says."""
    if spot is None:
        return {"placement": None}
    return {"placement": {"muscle": spot.muscle, "side": spot.side, "zone": spot.zone}}


@cache
def led() -> tuple[Step, ...]:
    """Return two sessions with a jump, a way out of the plan and back, and a tool's restart."""
    tape = pressed(*TWO_SESSIONS)
    steps = [*tape.arrivals((10,), 0, 1700), tape.decision(17, MarkKind.PLACE, place(RIGHT))]
    steps += tape.arrivals((10,), 1700, 2700)
    steps += [
        tape.decision(27, MarkKind.PLACE, place(PlannedSpot("psoas", "left", "middle", 1, 9)))
    ]
    steps += tape.arrivals((10,), 2700, 3600)
    steps += [tape.decision(36, MarkKind.PLACE, place(None)), *tape.arrivals((10,), 3600)]
    tail = pressed((3.0, 0.0), (9.0, 60.0), (15.0, 0.0), uid=OTHER_UID)
    again = Tape(tail.samples, 1, uid=OTHER_UID, host_us=tape.at(len(tape)))
    return (*steps, again.status(0), *again.arrivals((10,)))


@cache
def undisturbed() -> Live:
    """Return the sessions without a crash, every record written as it comes."""
    tool = live(pressed(*TWO_SESSIONS), limits=GUIDED, eager=True).play(led())
    tool.write()
    return tool


def where(tool: Live) -> list[str | None]:
    """Return where each hold ended."""
    holds = [event.placement for event in tool.events if isinstance(event, HoldEnded)]
    return [None if spot is None else f"{spot.muscle} {spot.side} {spot.zone}" for spot in holds]


def test_holds_are_where_the_plan_and_the_person_say() -> None:
    tool = undisturbed()
    assert where(tool) == [
        f"{QL} left upper",
        f"{QL} right upper",  # named in mid-hold
        "psoas left middle",  # named in mid-hold, out of the plan
        f"{QL} left lower",
        *(f"{QL} left upper", f"{QL} left lower"),
        f"{QL} left upper",
    ]
    ended = [event for event in tool.events if isinstance(event, SessionEnded)]
    assert [[entry.holds for entry in event.dose] for event in ended] == [
        [1, 1, 1],
        [1, 1, 0],
        [1, 0, 0],
    ]


@given(st.lists(st.integers(1, 56), min_size=1, max_size=4))
@settings(max_examples=12)
def test_the_guide_does_not_depend_on_how_samples_are_cut_into_frames(sizes: list[int]) -> None:
    tape = pressed(*TWO_SESSIONS)
    whole = live(tape, limits=GUIDED).play(tape.arrivals((10,)))
    assert names(whole.events).count("ended") == 2
    cut = live(tape, limits=GUIDED).play(tape.arrivals(sizes))
    assert told(cut.events) == told(whole.events)


@given(st.data())
@settings(max_examples=25)
def test_after_a_crash_anywhere_the_guide_goes_on_as_if_nothing_had_happened(
    data: st.DataObject,
) -> None:
    tool = undisturbed()
    cut = data.draw(st.integers(1, len(tool.written)), label="batches that were written")
    disk = crashed(led(), tool.written[:cut], limits=GUIDED)
    assert list(disk.events.values()) == told(tool.events)


@pytest.mark.parametrize("until", [8.0, 12.5, 20.0, 25.5])
def test_a_restart_in_mid_session_continues_the_plan(until: float) -> None:
    tape = pressed((2.0, 0.0), *[(9.0, 60.0), (3.0, 0.0)] * 2, (12.0, 0.0))
    split = round(until * 100)
    before = live(tape, limits=GUIDED).play(tape.arrivals((10,), 0, split))
    before.write()
    disk = Disk()
    for one in before.written:
        disk.write(one.batch)
    rest = tape.arrivals((10,), split)
    again = restarted(disk, heard_again(tape.arrivals((10,)), rest), GUIDED)
    assert again.pipeline.tracker.plan == before.pipeline.tracker.plan
    again.play(rest)
    whole = live(tape, limits=GUIDED).play(tape.arrivals((10,)))
    assert told([*before.events, *again.events]) == told(whole.events)


def test_another_plan_takes_effect_at_its_mark() -> None:
    tape = pressed((2.0, 0.0), *[(9.0, 60.0), (3.0, 0.0)] * 2, (12.0, 0.0))
    data = Limits(end_after_s=10.0, plan=(RIGHT,)).to_data()
    steps = [*tape.arrivals((10,), 0, 1300), tape.decision(13, MarkKind.SETTINGS, data)]
    tool = live(tape, limits=GUIDED).play([*steps, *tape.arrivals((10,), 1300)])
    assert where(tool) == [f"{QL} left upper", f"{QL} right upper"]


def test_a_spot_of_the_plan_is_in_force_until_the_plan_has_gone_on_from_it() -> None:
    tape = pressed(*TWO_SESSIONS)
    tool = live(tape, limits=GUIDED).play(tape.arrivals((10,), 0, 100))
    tool.play([tape.decision(1, MarkKind.PLACE, place(RIGHT)), *tape.arrivals((10,), 100, 1000)])
    assert tool.pipeline.context.placement == place(RIGHT)["placement"]
    tool.play(tape.arrivals((10,), 1000, 1300))
    assert tool.pipeline.context.placement is None
    assert where(tool) == [f"{QL} right upper"]
