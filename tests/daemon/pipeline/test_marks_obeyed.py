"""Marks take effect at their sample: calibrations, ends, whose and where."""

from collections.abc import Callable

import pytest
from pipeline_cases import (
    BLOCK,
    SOON,
    UID,
    Decision,
    Live,
    Step,
    Tape,
    calibration,
    live,
    names,
    pressed,
    told,
)

from ql_release.context import Limits, clock_data, clock_line
from ql_release.events import Felt, HoldEnded, SessionEnded, SessionReassigned, event_id
from ql_release.follower import Announced
from ql_release.marks import Mark, MarkKind
from ql_release.pipeline import MAX_COMING
from ql_release.wire.stream import Gap

HALF = calibration(cal_id=2, scale=0.5).encode()
PLACEMENT = {"muscle": "piriformis", "side": "right", "zone": "lower"}
RELEASE, COMMAND, SESSION = "ab" * 16, "c-1", "cd" * 16


def held(seconds: float = 30.0) -> Tape:
    """Return a tape with one contact from 2 s on."""
    return pressed((2.0, 0.0), (seconds, 60.0), (20.0, 0.0))


def with_step(second: float, decision: Callable[[Tape], Step], tape: Tape | None = None) -> Live:
    """Play a tape, with a step at a time."""
    tape = held() if tape is None else tape
    place = round(second * 100)
    steps = [*tape.arrivals((10,), 0, place), decision(tape), *tape.arrivals((10,), place)]
    return live(tape).play(steps)


def hold_of(tool: Live) -> HoldEnded:
    """Return the one hold."""
    (hold,) = [event for event in tool.events if isinstance(event, HoldEnded)]
    return hold


def ended_of(tool: Live) -> SessionEnded:
    """Return the one end of a session."""
    (ended,) = [event for event in tool.events if isinstance(event, SessionEnded)]
    return ended


# Calibration


@pytest.mark.parametrize("sizes", [(1,), (7,), (10,), (56,)])
def test_a_calibration_takes_effect_in_the_middle_of_a_frame(sizes: tuple[int, ...]) -> None:
    """60 N for 13.03 s and 30 N for 16.97 s."""
    tape = held()
    tool = live(tape).play([*tape.arrivals(sizes, 0, 1000), tape.status(1503, HALF)])
    assert tool.pipeline.calibration == HALF
    assert tool.pipeline.context.calibration == BLOCK
    tool.play(tape.arrivals(sizes, 1000))
    assert tool.pipeline.context.calibration == HALF
    hold = hold_of(tool)
    assert (hold.mean_force_n, hold.peak_force_n) == (pytest.approx(43.0, abs=0.05), 60.0)
    exact = live(tape).play([*tape.arrivals((1,), 0, 1000), tape.status(1503, HALF)])
    assert told(tool.events) == told(exact.play(tape.arrivals((1,), 1000)).events)


def test_a_calibration_behind_a_gap_waits_for_its_sample() -> None:
    tape = held()
    tool = live(tape).play([*tape.arrivals((10,), 0, 1000), *tape.arrivals((10,), 1100, 1500)])
    tool.play([tape.status(1503, HALF), *tape.arrivals((10,), 1500, 1600)])
    assert (tool.pipeline.gap, tool.pipeline.context.calibration) == (Gap(1000, 100), BLOCK)
    tool.play([*tape.arrivals((10,), 1000, 1100), *tape.arrivals((10,), 1600)])
    undisturbed = live(tape).play([*tape.arrivals((10,), 0, 1500), tape.status(1503, HALF)])
    undisturbed.play(tape.arrivals((10,), 1500))
    assert told(tool.events) == told(undisturbed.events)


def test_a_calibration_inside_a_closed_gap_is_in_force_after_it() -> None:
    tape = held()
    tool = live(tape).play([*tape.arrivals((10,), 0, 1000), tape.status(1050, HALF)])
    tool.play([*tape.arrivals((10,), 1100), Decision(MarkKind.GAP_CLOSED, 0, index=1100)])
    assert tool.pipeline.context.calibration == HALF
    assert hold_of(tool).mean_force_n < 45


def test_two_calibrations_in_one_frame_take_effect_one_after_the_other() -> None:
    tape = held()
    tool = live(tape).play(tape.arrivals((50,), 0, 1000))
    tool.play([tape.status(1005, HALF), tape.status(1045, BLOCK), *tape.arrivals((50,), 1000)])
    assert hold_of(tool).mean_force_n == pytest.approx(60 - 30 * 40 / 3000, abs=0.05)
    assert tool.pipeline.context.calibration == BLOCK


def test_a_repeated_status_makes_no_second_mark() -> None:
    """A tool repeats its status every ten seconds, also while a calibration waits."""
    tape = held()
    steps = [tape.status(0), *tape.arrivals((10,), 0, 1000), tape.status(1000)]
    tool = live(tape).play([*steps, *[tape.status(1500, HALF)] * 3])
    tool.play([*tape.arrivals((10,), 1000), tape.status(len(tape), HALF)])
    (mark,) = tool.marks(MarkKind.CALIBRATION)
    assert mark.index == 1500


def test_a_link_that_comes_back_with_another_calibration_makes_a_mark() -> None:
    tape = held()
    tool = live(tape).play(tape.arrivals((10,), 0, 1000))
    stream = Announced(UID, HALF, 1000)
    assert tool.follower.announce(stream, tape.at(1000)) is False
    assert tool.follower.announce(stream, tape.at(1000)) is False
    (mark,) = tool.marks(MarkKind.CALIBRATION)
    assert (mark.index, tool.pipeline.context.calibration) == (1000, HALF)


def test_calibrations_of_a_hostile_tool_do_not_fill_the_memory() -> None:
    tape = held()
    tool = live(tape).play(tape.arrivals((10,), 0, 100))
    tool.play(
        tape.status(1000 + number, calibration(cal_id=number).encode()) for number in range(500)
    )
    assert len(tool.pipeline._pending) == MAX_COMING
    assert len(tool.pipeline.calibration) == len(BLOCK)
    tool.play(tape.arrivals((10,), 100))
    assert tool.pipeline._pending == []
    assert tool.pipeline.context.calibration == calibration(cal_id=499).encode()


# Ends


def test_a_stop_ends_hold_and_session_and_the_contact_that_lasts_opens_none() -> None:
    tool = with_step(20.0, lambda tape: tape.decision(20.0, MarkKind.STOP))
    assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"]
    ended = ended_of(tool)
    assert (ended.reason, ended.duration_s) == ("stopped", 17.99)
    assert ended.decided_at == "2026-11-20T17:00:20.000Z"
    assert tool.pipeline.idle


def test_after_a_stop_the_next_contact_opens_a_session() -> None:
    tape = pressed((2.0, 0.0), (10.0, 60.0), (3.0, 0.0), (10.0, 60.0), (15.0, 0.0))
    tool = with_step(8.0, lambda tape: tape.decision(8.0, MarkKind.STOP), tape)
    assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"] * 2


def test_samples_that_wait_at_a_stop_belong_to_the_session_that_it_ends() -> None:
    """They were measured before it; the contact that lasts beyond it opens no other session."""
    tape = held(60.0)
    steps = [*tape.arrivals((10,), 0, 3000), *tape.arrivals((10,), 3100, 3500)]
    tool = live(tape).play([*steps, tape.decision(35.0, MarkKind.STOP)])
    assert tool.pipeline.gap is None
    tool.play(tape.arrivals((10,), 3000))
    assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"]
    assert ended_of(tool).duration_s == 32.99
    assert ended_of(tool).id == event_id(
        bytes.fromhex("24587ccdb0a1f00d"), UID, "session", "ended", 3499
    )


def test_silence_ends_the_session_at_its_last_sample_and_says_when() -> None:
    tape = held()
    tool = live(tape).play([*tape.arrivals((10,), 0, 2000), tape.decision(140, MarkKind.SILENCE)])
    ended = ended_of(tool)
    assert (ended.reason, ended.duration_s) == ("silence", 17.99)
    assert ended.at == "2026-11-20T17:00:19.990Z"
    assert ended.decided_at == "2026-11-20T17:02:20.000Z"
    assert tool.pipeline.idle


def test_the_end_of_a_recording_ends_everything_with_its_last_sample_and_what_waits() -> None:
    tape = held()
    tool = live(tape).play([*tape.arrivals((10,), 0, 1000), *tape.arrivals((10,), 1010, 2000)])
    tool.play([tape.decision(9999, MarkKind.RECORDING_END)])
    ended = ended_of(tool)
    assert (ended.reason, ended.at, ended.duration_s) == ("recording_end", ended.decided_at, 17.99)


@pytest.mark.parametrize("kind", [MarkKind.STOP, MarkKind.SILENCE, MarkKind.RECORDING_END])
def test_an_end_without_a_session_tells_nothing(kind: MarkKind) -> None:
    tape = held()
    tool = live(tape).play([*tape.arrivals((10,), 0, 100), tape.decision(1, kind)])
    assert tool.events == []


def test_a_shutdown_changes_nothing() -> None:
    tool = with_step(20.0, lambda tape: tape.decision(20.0, MarkKind.SHUTDOWN))
    assert told(tool.events) == told(live(held()).play(held().arrivals()).events)


# Whose, where, and what is too much


def test_a_person_named_in_a_session_is_whose_it_is_from_there_on() -> None:
    data = {"person": "p1"}
    tool = with_step(20.0, lambda tape: tape.decision(20.0, MarkKind.PERSON, data))
    assert [event.person for event in tool.events] == [None, None, "p1", "p1"]
    assert tool.pipeline.context.person == "p1"


def test_a_place_is_that_of_what_is_decided_after_it() -> None:
    data = {"placement": PLACEMENT}
    tool = with_step(20.0, lambda tape: tape.decision(20.0, MarkKind.PLACE, data))
    assert [event.placement is not None for event in tool.events] == [False, False, True, True]
    (entry,) = ended_of(tool).coverage
    assert (entry.muscle, entry.side, entry.zone) == tuple(PLACEMENT.values())


def test_settings_bring_a_limit_and_another_pause_at_their_sample() -> None:
    data = Limits(threshold_n=45.0, end_after_s=15.0).to_data()
    tool = with_step(20.0, lambda tape: tape.decision(20.0, MarkKind.SETTINGS, data))
    assert names(tool.events) == [
        "started",
        "hold_started",
        "over_pressure",
        "hold_ended",
        "ended",
    ]
    assert tool.events[2].decided_at == "2026-11-20T17:00:20.500Z"
    assert tool.events[-1].decided_at == "2026-11-20T17:00:47.000Z"


def test_felt_and_reassigned_are_told_with_the_commands_id_and_time() -> None:
    felt = {"command": COMMAND, "release": RELEASE, "felt": True, "session": SESSION}
    moved = {"command": "c-2", "session": SESSION, "person": "p2", "was": "p1"}
    tape = held()
    tool = live(tape).play(tape.arrivals((10,), 0, 100))
    tool.play([tape.decision(50, MarkKind.FELT, felt)])
    tool.play([tape.decision(51, MarkKind.REASSIGNED, moved)])
    answer, reassigned = tool.events
    assert isinstance(answer, Felt)
    assert (answer.release, answer.felt, answer.session) == (RELEASE, True, SESSION)
    assert answer.at == "2026-11-20T17:00:50.000Z"
    serial = bytes.fromhex("24587ccdb0a1f00d")
    assert answer.id == event_id(serial, UID, "release", "felt", 99, extra=COMMAND)
    assert isinstance(reassigned, SessionReassigned)
    assert (reassigned.person, reassigned.was) == ("p2", "p1")


def test_the_open_session_is_the_other_persons_after_it_was_reassigned() -> None:
    tape = held()
    tool = live(tape).play(tape.arrivals((10,), 0, 1000))
    data = {"command": "c", "session": tool.events[0].id, "person": "p2", "was": None}
    tool.play([tape.decision(10, MarkKind.REASSIGNED, data), *tape.arrivals((10,), 1000)])
    assert (ended_of(tool).person, ended_of(tool).session) == ("p2", tool.events[0].id)


def test_a_clock_line_moves_times_and_no_ids() -> None:
    line = {"device_us": 0, "host_us": held().at(0) + 5_000_000, "ppm": 0.0}
    assert clock_data(clock_line(line)) == line
    tool = with_step(20.0, lambda tape: tape.decision(20.0, MarkKind.CLOCK, line))
    plain = live(held()).play(held().arrivals())
    assert [event.id for event in tool.events] == [event.id for event in plain.events]
    assert hold_of(tool).at == "2026-11-20T17:00:37.000Z"
    assert (hold_of(tool).hold_s, ended_of(tool).duration_s) == (30.0, 30.0)


def test_a_mark_of_another_stream_is_not_obeyed() -> None:
    pipeline = held().pipeline(SOON)
    assert pipeline.feed(Mark(MarkKind.PERSON, UID ^ 1, 0, 0, {"person": "p9"})) == []
    assert pipeline.context.person is None
