"""A tool that restarts begins another stream; the session goes on."""

from dataclasses import replace

import pytest
from pipeline_cases import (
    BLOCK,
    HOST_US,
    OTHER_UID,
    PERIOD_US,
    SOON,
    UID,
    Arrival,
    Decision,
    Live,
    Step,
    Tape,
    calibration,
    crashed,
    live,
    names,
    pressed,
    told,
)

from ql_release.events import SessionEnded, rfc3339
from ql_release.follower import Announced
from ql_release.marks import MarkKind

MINUTE_US = 60_000_000
WRAP_US = 1 << 32
"""After so many µs, 71.6 minutes, the 32 bits of a frame's time begin again."""

BEFORE = pressed((2.0, 0.0), (20.0, 60.0), (3.0, 0.0))


def after(pause_s: float = 2.0, *, set_by_us: int = 0, uid: int = OTHER_UID) -> Tape:
    """Return what the tool measures after a restart; its clock begins at zero again."""
    tape = pressed((1.0, 0.0), (10.0, 50.0), (20.0, 0.0), uid=uid)
    began_us = BEFORE.at(len(BEFORE)) + round(pause_s * 1e6) + set_by_us
    return replace(tape, host_us=began_us)


def restart(first: Tape, second: Tape, until: int | None = None) -> Live:
    """Play a tape, cut short by a restart of the tool, and what comes after it."""
    tool = live(first).play(first.arrivals((10,), 0, until))
    return tool.play([second.status(0), *second.arrivals((10,))])


def ended_of(tool: Live) -> SessionEnded:
    """Return the one end of a session."""
    (ended,) = [event for event in tool.events if isinstance(event, SessionEnded)]
    return ended


def test_a_session_goes_on_in_another_stream() -> None:
    tool = restart(BEFORE, after())
    assert names(tool.events) == [
        *("started", "hold_started", "hold_ended", "hold_started", "hold_ended", "ended")
    ]
    assert {event.session for event in tool.events} == {tool.events[0].id}
    ended = ended_of(tool)
    assert (ended.holds, ended.duration_s) == (2, 36.0)
    assert ended.at == "2026-11-20T17:00:38.000Z"


def test_a_restart_in_a_hold_ends_the_hold_at_its_last_sample() -> None:
    tool = restart(BEFORE, after(), until=1200)
    assert names(tool.events)[:3] == ["started", "hold_started", "hold_ended"]
    assert tool.events[2].at == "2026-11-20T17:00:11.990Z"
    assert tool.events[2].session == tool.events[0].id


@pytest.mark.parametrize("hours", [-5, -1, 0])
def test_a_host_clock_that_was_set_back_never_makes_a_duration_negative(hours: int) -> None:
    tool = restart(BEFORE, after(set_by_us=hours * 60 * MINUTE_US))
    assert names(tool.events).count("ended") == 1
    measured_s = 20.0 + 11.0  # to the first stream's last contact, and in the second
    assert ended_of(tool).duration_s == pytest.approx(measured_s + (5.0 if hours == 0 else 0.0))


def test_a_restart_longer_than_the_pause_that_ends_a_session_ends_it_with_the_first_sample() -> (
    None
):
    tool = restart(BEFORE, after(pause_s=60.0))
    assert names(tool.events).count("started") == names(tool.events).count("ended") == 2
    first = next(event for event in tool.events if event.type == "ended")
    assert first.at == "2026-11-20T17:00:22.000Z"
    assert first.decided_at == "2026-11-20T17:01:25.000Z"


@pytest.mark.parametrize("size", [1, 9, 100])
def test_events_after_a_restart_do_not_depend_on_frames_either(size: int) -> None:
    second = after(pause_s=60.0)
    tool = live(BEFORE).play([*BEFORE.arrivals((10,)), second.status(0)])
    tool.play(second.arrivals((size,)))
    assert told(tool.events) == told(restart(BEFORE, second).events)


def test_the_new_stream_begins_with_its_first_sample_not_with_its_status() -> None:
    """Until then the old one's last frames are still taken."""
    second = after()
    tool = live(BEFORE).play([*BEFORE.arrivals((10,), 0, 2000), second.status(0)])
    assert tool.follower.announced
    tool.play(BEFORE.arrivals((10,), 2000))
    assert tool.pipeline.next_index == len(BEFORE)
    tool.play([second.status(0, calibration(cal_id=3).encode()), *second.arrivals((10,), 0, 10)])
    assert not tool.follower.announced
    assert tool.pipeline.context.uid == OTHER_UID
    assert tool.pipeline.calibration == calibration(cal_id=3).encode()
    assert len(tool.marks(MarkKind.CONTEXT)) == 1


def test_old_frames_that_come_after_the_new_stream_began_are_not_taken() -> None:
    tool = restart(BEFORE, after())
    taken = len(tool.taken)
    tool.play(BEFORE.arrivals((10,)))
    assert len(tool.taken) == taken


def test_person_and_place_and_limits_hold_in_the_new_stream() -> None:
    tool = live(BEFORE).play(BEFORE.arrivals((10,), 0, 1000))
    tool.play([BEFORE.decision(10, MarkKind.PERSON, {"person": "p1"})])
    tool.play(BEFORE.arrivals((10,), 1000))
    second = after()
    tool.play([second.status(0), *second.arrivals((10,))])
    assert (tool.pipeline.context.person, tool.pipeline.context.limits) == ("p1", SOON)
    assert tool.events[-1].person == "p1"


def test_samples_before_the_first_that_came_are_waited_for() -> None:
    """START named the index; the first frame was lost on the way."""
    tape = pressed((2.0, 0.0), (20.0, 60.0), (15.0, 0.0))
    tool = live(tape).play(tape.arrivals((10,), 10))
    assert tool.events == []
    tool.play(tape.arrivals((10,), 0, 10))
    assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"]


def test_nothing_is_taken_before_a_stream_is_known() -> None:
    tape = pressed((2.0, 60.0))
    tool = Live(Announced(UID ^ 1, BLOCK, 0)).play(tape.arrivals((10,)))
    assert tool.follower.pipeline is None
    assert tool.follower.mark(MarkKind.STOP, HOST_US, {}) == []
    assert tool.taken == []


# 32-bit device times


@pytest.mark.parametrize("zero_us", [WRAP_US - 5_000_000, 3 * WRAP_US - 8_000_000])
def test_a_wrap_of_the_frames_32_bit_time_is_not_seen(zero_us: int) -> None:
    plain = pressed((2.0, 0.0), (20.0, 60.0), (15.0, 0.0))
    wrapping = replace(plain, zero_us=zero_us)
    assert told(live(wrapping).play([wrapping.status(0), *wrapping.arrivals()]).events) == told(
        live(plain).play([plain.status(0), *plain.arrivals()]).events
    )


@pytest.mark.parametrize("minutes", [30, 71, 72, 100, 1440])
def test_times_are_right_after_a_long_absence_within_one_stream(minutes: int) -> None:
    """The index tells how long it was; the 32 bits alone would be 71 minutes off."""
    tape = pressed((2.0, 0.0), (20.0, 60.0), (1.0, 0.0))
    away = minutes * 6000
    tool = live(tape).play(tape.arrivals((10,)))
    first = tape.frames((10,))
    for frame in first:
        index = frame.index + away
        later = replace(frame, index=index, t0_us=(index * PERIOD_US) % WRAP_US)
        tool.play([Arrival(later, tape.at(later.end - 1))])
    tool.play([Decision(MarkKind.GAP_CLOSED, tape.at(away), index=away)])
    assert tool.pipeline.device_us == (away + len(tape) - 1) * 10_000
    assert names(tool.events) == [
        *("started", "hold_started", "hold_ended", "ended", "started", "hold_started", "hold_ended")
    ]
    assert ended_of(tool).duration_s == 20.0


@pytest.mark.parametrize("minutes", [10, 71, 200])
def test_times_are_right_after_a_rebuild_long_after_the_clock_line(minutes: int) -> None:
    """A segment begins with a device time near its samples; the line's may be hours before."""
    tape = pressed((2.0, 0.0), (20.0, 60.0), (15.0, 0.0))
    away = minutes * 6000
    steps: list[Step] = [*tape.arrivals((10,), 0, 100)]
    for frame in tape.frames((10,)):
        index = frame.index + away
        later = replace(frame, index=index, t0_us=(index * PERIOD_US) % WRAP_US)
        steps.append(Arrival(later, tape.at(later.end - 1)))
    steps.insert(11, Decision(MarkKind.GAP_CLOSED, tape.at(away), index=away))
    tool = live(tape).play(steps)
    tool.write()
    assert len(tool.written) > 20
    for batches in range(1, len(tool.written), 4):
        disk = crashed(steps, tool.written[:batches])
        assert list(disk.events.values()) == told(tool.events)
    assert tool.events[0].at == rfc3339(tape.at(away + 200))
