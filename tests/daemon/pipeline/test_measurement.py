"""The measurement of a threshold in a tool's story: the same wherever it is played."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_cases import (
    OTHER_UID,
    Live,
    Step,
    Tape,
    calibration,
    crashed,
    live,
    names,
    played,
    pressed,
    told,
)

from ql_release.context import Limits
from ql_release.events import Calibrated, SessionEnded, event_id
from ql_release.marks import MarkKind

SIZES = st.lists(st.integers(1, 56), min_size=1, max_size=5)
ASKED = {"command": "phone-1", "person": "p1"}
BEGIN_S = 2.0
Span = tuple[float, float]


def press(top: float, keep_s: float = 6.0, off_s: float = 4.0) -> list[Span]:
    """Return a press that is leaned on in 6 s, and the rest after it."""
    rise = [(0.1, top * (step + 1) / 60) for step in range(60)]
    return [*rise, (keep_s, top), (off_s, 0.0)]


@cache
def three() -> Tape:
    """Return three presses that agree, and a session right after them."""
    presses = [*press(80.0), *press(84.0), *press(88.0)]
    return pressed((3.0, 0.0), *presses, (20.0, 60.0), (20.0, 0.0))


def steps_of(tape: Tape, sizes: tuple[int, ...] | list[int] = (10,), **asked: Any) -> list[Step]:
    """Return a tape during which the measurement is asked for."""
    place = round(BEGIN_S * 100)
    begin = tape.decision(BEGIN_S, MarkKind.THRESHOLD, ASKED | asked)
    return [*tape.arrivals(sizes, 0, place), begin, *tape.arrivals(sizes, place)]


def tool_after(tape: Tape, **options: Any) -> Live:
    return live(tape, **options).play(steps_of(tape))


def ending_of(tool: Live) -> str | None:
    measurement = tool.pipeline.measurement
    assert measurement is not None
    return measurement.ending


def test_its_presses_are_no_training_and_its_result_is_told() -> None:
    tool = tool_after(three())
    assert names(tool.events) == ["calibrated", "started", "hold_started", "hold_ended", "ended"]
    result, ended = tool.events[0], tool.events[-1]
    assert isinstance(result, Calibrated)
    assert isinstance(ended, SessionEnded)
    assert (result.person, result.session, result.placement) == ("p1", None, None)
    assert (result.threshold_n, result.presses, result.spread_pct) == (84.0, 3, 9.5)
    assert result.approach is not None
    assert (ended.holds, ended.peak_force_n) == (1, 60.0)


def test_its_id_is_that_of_the_sample_that_decided_it_and_of_the_command() -> None:
    tape = three()
    result = tool_after(tape).events[0]
    lifted_off = 300 + 3 * 600 + 3 * 600 + 2 * 400
    identity = bytes.fromhex("24587ccdb0a1f00d")
    index = lifted_off + 50
    expected = event_id(identity, tape.uid, "session", "calibrated", index, extra="phone-1")
    assert (result.id, result.decided_at) == (expected, "2026-11-20T17:00:47.500Z")


def test_a_threshold_of_nobody_is_told_too() -> None:
    tape = three()
    result = live(tape).play(steps_of(tape, person=None)).events[0]
    assert (result.type, result.person) == ("calibrated", None)


@given(SIZES)
@settings(max_examples=10)
def test_it_does_not_matter_how_samples_are_cut_into_frames(sizes: list[int]) -> None:
    cut = live(three()).play(steps_of(three(), sizes))
    assert told(cut.events) == told(tool_after(three()).events)


@given(st.data())
@settings(max_examples=15)
@pytest.mark.parametrize("eager", [True, False], ids=["every record", "when due"])
def test_a_crash_anywhere_changes_nothing(eager: bool, data: st.DataObject) -> None:
    tool = live(three(), eager=eager).play(steps_of(three()))
    tool.write()
    # The decision itself is written at once; before that there is nothing to go on with.
    cut = data.draw(st.integers(1, len(tool.written)), label="batches that were written")
    disk = crashed(steps_of(three()), tool.written[:cut])
    assert list(disk.events.values()) == told(tool.events)
    assert disk.start is None


def test_it_is_on_disk_as_soon_as_it_has_begun() -> None:
    tape = three()
    tool = live(tape).play(steps_of(tape)[: round(BEGIN_S * 10) + 1])
    assert tool.written[-1].batch.open_segment is not None
    assert not tool.pipeline.idle


def test_over_pressure_is_told_all_the_same() -> None:
    tool = tool_after(three(), limits=Limits(threshold_n=60.0, end_after_s=10.0))
    assert names(tool.events)[:4] == [*["over_pressure"] * 3, "calibrated"]
    assert {event.session for event in tool.events[:4]} == {None}


def test_it_does_not_begin_in_a_session() -> None:
    tape = pressed((0.5, 0.0), (30.0, 60.0), (20.0, 0.0))
    tool = tool_after(tape)
    assert told(tool.events) == told(played(tape))
    assert tool.pipeline.measurement is None


def test_presses_that_disagree_end_it_without_an_event() -> None:
    presses = [span for top in (40.0, 60.0, 90.0, 130.0, 200.0) for span in press(top)]
    tool = tool_after(pressed((3.0, 0.0), *presses))
    assert (ending_of(tool), tool.events, tool.pipeline.idle) == ("disagree", [], True)


def test_nobody_coming_ends_it() -> None:
    tool = tool_after(pressed((70.0, 0.0)))
    assert (ending_of(tool), tool.events, tool.pipeline.idle) == ("nobody", [], True)


@pytest.mark.parametrize("second", [2.5, 9.0, 20.0])
def test_stop_ends_it_and_a_press_that_lasts_opens_no_session(second: float) -> None:
    tape = pressed((3.0, 0.0), (30.0, 70.0), (10.0, 0.0))
    place, begin = round(second * 100), tape.decision(BEGIN_S, MarkKind.THRESHOLD, ASKED)
    stopped: list[Step] = [*tape.arrivals((10,), 0, 200), begin, *tape.arrivals((10,), 200, place)]
    stopped += [tape.decision(second, MarkKind.STOP), *tape.arrivals((10,), place)]
    tool = live(tape).play(stopped)
    assert ending_of(tool) == "stopped"
    assert names(tool.events) == (["started", "hold_started", "hold_ended"] if second < 3 else [])


def test_a_press_that_lasts_beyond_its_end_opens_no_session() -> None:
    tool = tool_after(pressed((3.0, 0.0), (620.0, 70.0), (10.0, 0.0)))
    assert (ending_of(tool), tool.events, tool.pipeline.idle) == ("too_long", [], True)


@pytest.mark.parametrize(
    ("kind", "ending"), [(MarkKind.SILENCE, "silence"), (MarkKind.RECORDING_END, "recording_end")]
)
def test_a_tool_that_falls_silent_ends_it(kind: MarkKind, ending: str) -> None:
    tape = pressed((3.0, 0.0), (10.0, 70.0), (10.0, 0.0))
    tool = live(tape).play([*steps_of(tape), tape.decision(23.0, kind)])
    assert (ending_of(tool), tool.pipeline.idle) == (ending, True)


def test_a_restart_of_the_tool_ends_it() -> None:
    tape = pressed((3.0, 0.0), *press(80.0))
    again = pressed((3.0, 0.0), (10.0, 60.0), (15.0, 0.0), uid=OTHER_UID)
    again = Tape(again.samples, 1, uid=OTHER_UID, host_us=tape.at(len(tape)))
    tool = live(tape).play([*steps_of(tape), again.status(0), *again.arrivals()])
    assert ending_of(tool) == "restarted"
    assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"]


# A zero that has drifted

DRIFTED = ((2.0, 3.4), (12.0, 60.0), (8.0, 3.2), (12.0, 60.0), (14.0, 2.9))


def insights_of(tool: Live) -> list[str]:
    (ended,) = [event for event in tool.events if isinstance(event, SessionEnded)]
    return [insight.text for insight in ended.insights if insight.code == "zero_drift"]


@given(SIZES)
@settings(max_examples=10)
def test_a_drifted_zero_is_told_however_samples_are_cut(sizes: list[int]) -> None:
    tape = pressed(*DRIFTED)
    tool = live(tape).play(tape.arrivals(sizes))
    text = "With nobody on it the tool showed 3 N: tare it before the next session."
    assert insights_of(tool) == [text]
    assert told(tool.events) == told(played(tape))


@given(st.data())
@settings(max_examples=10)
def test_a_drifted_zero_is_told_after_a_crash_too(data: st.DataObject) -> None:
    tape = pressed(*DRIFTED)
    tool = live(tape, eager=True).play(tape.arrivals())
    tool.write()
    cut = data.draw(st.integers(1, len(tool.written)))
    assert list(crashed(tape.arrivals(), tool.written[:cut]).events.values()) == told(tool.events)


def test_a_tare_between_contacts_makes_it_good() -> None:
    tape = pressed((2.0, 0.0), (12.0, 60.0), (14.0, 3.0))
    steps = tape.arrivals((10,), 0, 2000)
    tared: list[Step] = [*steps, tape.status(2000, calibration(cal_id=2, scale=0.1).encode())]
    assert insights_of(live(tape).play([*tared, *tape.arrivals((10,), 2000)])) == []
    assert insights_of(live(tape).play(tape.arrivals())) != []
