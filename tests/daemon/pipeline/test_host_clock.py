"""A host clock that is set while a session is open moves no duration and makes no new id."""

from dataclasses import replace

import pytest
from pipeline_cases import (
    HOST_US,
    OTHER_UID,
    Arrival,
    Decision,
    Live,
    Step,
    crashed,
    live,
    names,
    pressed,
    story,
    told,
)

from ql_release.events import Event, HoldEnded, SessionEnded
from ql_release.marks import MarkKind

HOUR_US = 3_600_000_000
STEPS = [-24 * HOUR_US, -HOUR_US, -1_000_000, 1_000_000, HOUR_US]


def stepped(by_us: int, *, told_after: int = 200) -> Live:
    """Play the story; at 10 s the host's clock is set, and two seconds later the line follows."""
    tape = story()
    steps: list[Step] = [*tape.arrivals((10,), 0, 1000)]
    later = tape.arrivals((10,), 1000)
    steps += [replace(step, host_us=step.host_us + by_us) for step in later]
    host_us = tape.at(1000 + told_after) + by_us
    line = {"device_us": (1000 + told_after) * 10_000, "host_us": host_us, "ppm": 0.0}
    steps.insert(100 + told_after // 10, Decision(MarkKind.CLOCK, host_us, line))
    return live(tape).play(steps)


def figures(events: list[Event]) -> list[tuple[object, ...]]:
    """Return what the events measure, without their times."""
    measured: list[tuple[object, ...]] = []
    for event in events:
        match event:
            case HoldEnded():
                measured.append((event.id, event.hold_s, event.mean_force_n))
            case SessionEnded():
                measured.append((event.id, event.duration_s, event.holds, event.hold_s))
            case _:
                measured.append((event.id,))
    return measured


@pytest.mark.parametrize("by_us", STEPS)
def test_within_one_stream_its_own_clock_counts(by_us: int) -> None:
    assert figures(stepped(by_us).events) == figures(stepped(0).events)
    assert {event.at[:10] for event in stepped(-24 * HOUR_US).events[2:]} == {"2026-11-19"}


@pytest.mark.parametrize("by_us", STEPS)
def test_no_duration_is_negative_when_the_tool_restarts_as_the_clock_is_set(by_us: int) -> None:
    first = pressed((2.0, 0.0), (10.0, 60.0), (1.0, 0.0))
    began_us = first.at(len(first)) + by_us
    second = replace(pressed((0.5, 0.0), (5.0, 60.0), (15.0, 0.0)), uid=OTHER_UID, host_us=began_us)
    steps = [*first.arrivals(), second.status(0), *second.arrivals()]
    tool = live(first).play(steps)
    sessions = [event for event in tool.events if isinstance(event, SessionEnded)]
    assert [event.type for event in tool.events].count("started") == len(sessions)
    assert all(session.duration_s > 0 for session in sessions)
    assert sum(session.holds for session in sessions) == 2
    if by_us < 0:
        (session,) = sessions
        assert session.duration_s == pytest.approx(10.0 + 5.5, abs=0.02)


@pytest.mark.parametrize("by_us", [-HOUR_US, HOUR_US])
def test_a_rebuild_after_the_clock_was_set_leads_to_the_same(by_us: int) -> None:
    first = pressed((2.0, 0.0), (10.0, 60.0), (1.0, 0.0))
    second = replace(
        pressed((0.5, 0.0), (5.0, 60.0), (15.0, 0.0)),
        uid=OTHER_UID,
        host_us=first.at(len(first)) + by_us,
    )
    steps = [*first.arrivals(), second.status(0), *second.arrivals()]
    tool = live(first, eager=True).play(steps)
    for batches in range(1, len(tool.written) + 1, 7):
        disk = crashed(steps, tool.written[:batches])
        assert list(disk.events.values()) == told(tool.events)


@pytest.mark.parametrize("by_us", [-HOUR_US, HOUR_US])
def test_what_waits_for_its_commit_is_not_forgotten_when_the_clock_is_set(by_us: int) -> None:
    """Records are written once a second by the host's clock, forwards or back."""
    tape = pressed((1.0, 0.0), (60.0, 60.0))
    tool = live(tape).play(tape.arrivals((10,), 0, 1000))
    assert not tool.recorder.due(tape.at(1000))
    assert tool.recorder.due(tape.at(1000) + by_us)
    (frame,) = tape.frames((10,), 1000, 1010)
    tool.play([Arrival(frame, tape.at(1010) + by_us)])
    assert tool.written[-1].batch.records[-1].index == 1000


def test_a_silence_told_by_a_clock_that_was_set_back_ends_the_session_all_the_same() -> None:
    tape = pressed((2.0, 0.0), (10.0, 60.0), (1.0, 0.0))
    tool = live(tape).play(tape.arrivals())
    tool.play([Decision(MarkKind.SILENCE, HOST_US - HOUR_US)])
    assert names(tool.events)[-1] == "ended"
    assert isinstance(tool.events[-1], SessionEnded)
    assert tool.events[-1].duration_s == 10.0
