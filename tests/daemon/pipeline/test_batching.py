"""The same samples give the same events, however they come: cut, twice, late or out of order."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_cases import (
    HOST_US,
    Decision,
    Step,
    live,
    names,
    played,
    pressed,
    story,
    told,
)

from ql_release.context import Limits
from ql_release.events import Event, SessionEnded
from ql_release.marks import MarkKind
from ql_release.wire.stream import Gap

SIZES = st.lists(st.integers(1, 56), min_size=1, max_size=5)
STORY = [
    *("started", "hold_started", "released", "hold_ended", "hold_started", "slip", "hold_ended"),
    *("ended", "started", "hold_started", "hold_ended", "ended"),
]
OUTAGE = ((2.0, 0.0), (10.0, 60.0), (30.0, 0.0))
"""Somebody is on the tool for ten seconds; the session is over ten seconds later."""


def closed(index: int, host_us: int = HOST_US) -> Decision:
    """Give up what is missing before a sample."""
    return Decision(MarkKind.GAP_CLOSED, host_us, index=index)


def test_the_story_has_all_that_can_depend_on_how_frames_are_cut() -> None:
    events = played(story())
    assert names(events) == STORY
    assert len({event.id for event in events}) == len(events)


@given(SIZES)
@settings(max_examples=12)
def test_events_do_not_depend_on_how_samples_are_cut_into_frames(sizes: list[int]) -> None:
    assert told(played(story(), sizes)) == told(played(story()))


@given(SIZES, SIZES, st.data())
@settings(max_examples=8)
def test_frames_that_are_sent_again_otherwise_cut_change_nothing(
    sizes: list[int], others: list[int], data: Any
) -> None:
    tape = story()
    steps = list(tape.arrivals(sizes))
    for again in data.draw(st.lists(st.integers(0, len(tape) - 200), max_size=5)):
        place = data.draw(st.integers(again // 56, len(steps)))
        steps[place:place] = tape.arrivals(others, again, again + 200)
    tool = live(tape).play(steps)
    assert tool.pipeline.gap is None
    assert told(tool.events) == told(played(tape))


@given(st.data(), st.integers(2, 40))
@settings(max_examples=8)
def test_frames_out_of_order_change_nothing_once_the_gap_is_filled(data: Any, width: int) -> None:
    tape = story()
    steps = tape.arrivals((10,))
    shuffled: list[Step] = steps[:1]
    for start in range(1, len(steps), width):
        shuffled += data.draw(st.permutations(steps[start : start + width]))
    tool = live(tape).play(shuffled)
    assert tool.pipeline.gap is None
    assert told(tool.events) == told(played(tape))


def test_a_gap_holds_up_what_is_behind_it_until_replayed_frames_fill_it() -> None:
    tape = story()
    tool = live(tape).play(tape.arrivals((10,), 0, 1000))
    tool.play(tape.arrivals((10,), 1500, 4000))
    before = list(tool.events)
    assert (tool.pipeline.gap, tool.pipeline.next_index) == (Gap(1000, 500), 1000)
    assert names(before) == ["started", "hold_started"]
    missing = [tape.arrival(tape.frame(at, at + 25, replayed=True)) for at in range(1000, 1500, 25)]
    tool.play(reversed(missing[1:]))
    assert (tool.pipeline.gap, tool.events) == (Gap(1000, 25), before)
    tool.play([missing[0], *tape.arrivals((10,), 4000)])
    assert told(tool.events) == told(played(tape))


@given(SIZES)
@settings(max_examples=8)
def test_after_a_hole_the_end_is_decided_by_the_same_sample_however_frames_are_cut(
    sizes: list[int],
) -> None:
    """The first sample after a hole longer than the pause that ends a session decides the end."""
    tape = pressed(*OUTAGE)
    steps = [*tape.arrivals(sizes, 0, 1300), *tape.arrivals(sizes, 3000)]
    events = live(tape).play([*steps, closed(3000)]).events
    assert names(events) == ["started", "hold_started", "hold_ended", "ended"]
    ended = events[-1]
    assert isinstance(ended, SessionEnded)
    reference = live(tape).play([*tape.arrivals((1,), 0, 1300), closed(3000)])
    assert told(events) == told(reference.play(tape.arrivals((1,), 3000)).events)
    assert ended.duration_s == 10.0


@pytest.mark.parametrize("size", [1, 7, 100, 250])
def test_a_contact_cut_off_by_a_hole_ends_with_its_session_at_one_sample(size: int) -> None:
    """The hole hides the contact's end and the session's, and a new contact is behind it."""
    tape = pressed((2.0, 0.0), (40.0, 60.0), (12.0, 0.0))
    steps = [*tape.arrivals((size,), 0, 1000), closed(3000), *tape.arrivals((size,), 3000)]
    events = live(tape).play(steps).events
    assert names(events) == ["started", "hold_started", "hold_ended", "ended"] * 2
    one = [*tape.arrivals((1,), 0, 1000), closed(3000), *tape.arrivals((1,), 3000)]
    assert told(events) == told(live(tape).play(one).events)


def test_what_comes_for_a_closed_gap_is_not_analysed() -> None:
    tape = story()
    steps = [*tape.arrivals((10,), 0, 1000), *tape.arrivals((10,), 1150, 1500), closed(1150)]
    steps += tape.arrivals((10,), 1500)
    without = live(tape).play(steps)
    late = live(tape).play([*steps, *tape.arrivals((10,), 900, 1200)])
    assert told(late.events) == told(without.events)
    assert without.pipeline.next_index == len(tape)


def test_closing_a_gap_gives_up_only_what_has_not_come() -> None:
    """Islands between the lost samples are analysed; a contact survives holes of two seconds."""
    tape = pressed((2.0, 0.0), (20.0, 60.0), (12.0, 0.0))
    steps = [
        *tape.arrivals((10,), 0, 600),
        *tape.arrivals((10,), 700, 750),
        *tape.arrivals((10,), 900),
    ]
    tool = live(tape).play([*steps, closed(700)])
    assert tool.pipeline.gap == Gap(750, 150)
    tool.play([closed(900)])
    assert told(map(_judged, tool.events)) == told(map(_judged, played(tape)))


def _judged(event: Event) -> Event:
    """Return an event without what it says of the time that could not be judged."""
    return event.model_copy(update={"unjudged_s": 0.0, "insights": []})


def test_a_gap_closed_twice_or_behind_the_line_changes_nothing() -> None:
    tape = story()
    steps = tape.arrivals((10,))
    marked = [*steps[:300], closed(2000), closed(0), *steps[300:], closed(len(tape))]
    assert told(live(tape).play(marked).events) == told(played(tape))


def test_frames_of_another_stream_and_marks_of_another_are_not_this_ones() -> None:
    tape = story()
    strange = pressed((80.0, 90.0), (0.01, (0.0, 0.0)), uid=tape.uid ^ 1)
    steps: list[Step] = []
    for step, stranger in zip(tape.arrivals(), strange.arrivals((9,)), strict=False):
        steps += [step, stranger]
    tool = live(tape).play(steps)
    assert told(tool.events) == told(live(tape).play(steps[::2]).events)
    assert len(tool.taken) == len(steps) // 2


@given(st.integers(3, 30), st.lists(st.integers(1, 250), min_size=1, max_size=3))
@settings(max_examples=10)
def test_long_frames_do_not_hide_a_pause_as_short_as_can_be_set(
    pause_s: int, sizes: list[int]
) -> None:
    tape = pressed((1.0, 0.0), (4.0, 50.0), (float(pause_s), 0.0), (4.0, 50.0), (20.0, 0.0))
    events = played(tape, sizes, Limits(end_after_s=10.0))
    assert names(events).count("ended") == (2 if pause_s >= 10 else 1)
    assert told(events) == told(played(tape, (1,)))


def test_ids_do_not_depend_on_when_frames_arrive() -> None:
    """A later arrival moves the clock's first line, and with it what times are told, no id."""
    tape = story()
    late = replace(tape, host_us=tape.host_us + 3_600_000_000)
    assert [event.id for event in played(late)] == [event.id for event in played(tape)]
    assert played(late)[0].at == "2026-11-20T18:00:02.480Z"
