"""Past sessions out of a journal: listed, found, and as captures that tell the same again."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from live_bench import BenchTool, SmallDaemon
from pipeline_cases import (
    IDENTITY,
    OTHER_UID,
    Arrival,
    Decision,
    Live,
    Step,
    Tape,
    calibration,
    live,
    names,
    pressed,
    story,
    told,
)

from ql_release.analysis import analyze
from ql_release.events import Event, Released, SessionEnded
from ql_release.journal import Batch, Journal, JournalError, Limits, SegmentRecord
from ql_release.journal.archive import (
    UnknownSessionError,
    find_session,
    session_events,
    sessions,
    write_session_capture,
)
from ql_release.journal.upkeep import Upkeep
from ql_release.links.capture import CaptureReader, CaptureRecord, RecordKind
from ql_release.links.capture_frames import CaptureFrames, captured_frame
from ql_release.marks import Mark, MarkKind
from ql_release.wire.frames import SampleFrame

FRAME, MARK = RecordKind.FRAME, RecordKind.MARK
PLACEMENT = {"muscle": "piriformis", "side": "left", "zone": "upper"}


def journaled(path: Path, *tools: Live) -> Path:
    """Write what some live sides have to write to a journal, and close it."""

    async def write() -> None:
        async with await Journal.open(path, window_s=0) as journal:
            for tool in tools:
                for one in tool.written:
                    await journal.write(one.batch)

    asyncio.run(write())
    return path


def played(steps: Sequence[Step], tape: Tape) -> Live:
    """Return the live side after all steps, with everything written."""
    tool = live(tape).play(steps)
    tool.write()
    return tool


def of(session: str, events: Sequence[Event]) -> list[Event]:
    """Return the events of one session."""
    return [event for event in events if event.session == session]


def analyzed(journal: Path, session: str) -> list[Event]:
    """Return what the capture of a session tells."""
    output = journal.with_name(f"{session[:8]}.qlcap")
    write_session_capture(journal, session, output)
    return [one.event for one in analyze(output, strict=True)]


def records_of(capture: Path) -> list[CaptureRecord]:
    with CaptureReader(capture) as reader:
        return list(reader)


def started(tool: Live) -> list[str]:
    """Return the ids of the sessions."""
    return [event.id for event in tool.events if event.type == "started"]


def evening() -> tuple[Tape, list[Step]]:
    """Return a story with marks of many kinds, lost and reordered frames, and a restart."""
    tape = story()
    steps: list[Step] = [tape.status(0), *tape.arrivals((7,), 0, 600)]
    steps += [tape.decision(6, MarkKind.PERSON, {"person": "p1"}), *tape.arrivals((10,), 600, 900)]
    steps += [tape.decision(9, MarkKind.PLACE, {"placement": PLACEMENT})]
    steps += reversed(tape.arrivals((10,), 900, 1200))
    steps += [tape.status(1305, calibration(cal_id=2, scale=1.01).encode())]
    steps += [*tape.arrivals((10,), 1200, 3000), *tape.arrivals((10,), 3060, 3200)]
    steps += [Decision(MarkKind.GAP_CLOSED, tape.at(3200), index=3060)]
    line = {"device_us": 32_000_000, "host_us": tape.at(3200) + 2_500, "ppm": 12.5}
    steps += [tape.decision(32, MarkKind.CLOCK, line), *tape.arrivals((23,), 3200)]
    tail = pressed((3.0, (0.0, 0.0)), (20.0, (40.0, 30.0)), (15.0, (0.0, 0.0)), uid=OTHER_UID)
    again = Tape(tail.samples, 2, uid=OTHER_UID, host_us=tape.at(len(tape)))
    return tape, [*steps, again.status(0), *again.arrivals((10,))]


# Captures


def test_a_sessions_capture_gives_the_very_events_that_were_journaled(path: Path) -> None:
    tape, steps = evening()
    tool = played(steps, tape)
    journal = journaled(path, tool)
    assert len(started(tool)) == 3
    assert "released" in names(tool.events)
    for session in started(tool):
        assert told(analyzed(journal, session)) == told(of(session, tool.events))
        assert told(session_events(journal, session)) == told(of(session, tool.events))


@pytest.mark.parametrize("steps", [1, 10_000], ids=["partly", "wholly"])
def test_of_compressed_frames_the_capture_is_the_same(path: Path, steps: int) -> None:
    tape, story_steps = evening()
    tool = played(story_steps, tape)
    journal = journaled(path, tool)
    before = {session: analyzed(journal, session) for session in started(tool)}
    for capture in path.parent.glob("*.qlcap"):
        capture.unlink()
    asyncio.run(tidied(path, steps))
    for session, events in before.items():
        assert told(analyzed(journal, session)) == told(events)


async def tidied(path: Path, steps: int) -> None:
    """Let a journal take some steps of compressing at least."""
    async with await Journal.open(path, window_s=0) as journal:
        upkeep = Upkeep(Limits.of(keep_days=30, keep_mb=10, frames_days=30, frames_mb=10))
        taken = 0
        while taken < steps and await journal._tidy(upkeep, 0):
            taken += 1
        assert taken >= 1


def test_frames_that_are_being_dropped_are_gone(path: Path) -> None:
    tape = story()
    tool = played(tape.arrivals(), tape)
    journal = journaled(path, tool)
    connection = sqlite3.connect(journal, isolation_level=None)
    connection.execute("UPDATE segments SET stage = 2")
    connection.close()
    with pytest.raises(UnknownSessionError, match=r"frames of the session .* are gone"):
        analyzed(journal, started(tool)[0])
    first = started(tool)[0]
    assert told(session_events(journal, first)) == told(of(first, tool.events))


def test_it_names_bridge_tool_and_source_and_can_be_played_as_a_tool(path: Path) -> None:
    tape, steps = evening()
    tool = played(steps, tape)
    journal = journaled(path, tool)
    for session in started(tool):
        told_again = analyzed(journal, session)
        assert {(one.bridge, one.tool) for one in told_again} == {(IDENTITY.bridge, IDENTITY.tool)}
        assert [one.source for one in told_again if isinstance(one, SessionEnded)] == ["tool"]
    with CaptureReader(path.with_name(f"{started(tool)[2][:8]}.qlcap")) as reader:
        hello = CaptureFrames(reader).hello()
    assert (hello.info.name, hello.info.serial) == (IDENTITY.tool, IDENTITY.serial)
    assert (hello.uid, hello.info.n_force, hello.info.imu) == (OTHER_UID, 2, 0)


def test_a_gap_that_a_late_replay_filled_is_not_closed_in_the_capture(path: Path) -> None:
    """The tool's link was gone meanwhile: no patience of a player's own may come in between."""
    tape = pressed((2.0, 0.0), (20.0, 60.0), (15.0, 0.0))
    steps: list[Step] = [*tape.arrivals((10,), 0, 500), *tape.arrivals((10,), 600, 700)]
    late = 10_000_000
    for step in [*tape.arrivals((10,), 700), *tape.arrivals((10,), 500, 600)]:
        assert isinstance(step, Arrival)
        steps.append(Arrival(step.frame, step.host_us + late))
    tool = played(steps, tape)
    assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"]
    journal = journaled(path, tool)
    assert told(analyzed(journal, tool.events[0].id)) == told(tool.events)


def test_two_sessions_of_one_segment_have_captures_of_their_own(path: Path) -> None:
    """Somebody knocks on the tool as the first one ends, and lies down on it again."""
    rest = ((9.8, 0.0), (0.4, 60.0), (0.8, 0.0))
    tape = pressed((2.0, 0.0), (5.0, 60.0), *rest, (6.0, 50.0), (20.0, 0.0))
    tool = played(tape.arrivals(), tape)
    assert [one.batch.open_segment is not None for one in tool.written].count(True) == 1
    journal = journaled(path, tool)
    first, second = started(tool)
    assert told(analyzed(journal, first)) == told(of(first, tool.events))
    assert told(analyzed(journal, second)) == told(of(second, tool.events))
    assert _frames(path, first)[-1] == 1900  # the frame whose sample decided both
    assert _frames(path, second)[0] == 1800  # the second contact's first sample


def _frames(journal: Path, session: str) -> list[int]:
    """Return the first samples of the frames in a session's capture."""
    capture = journal.with_name(f"{session[:8]}.qlcap")
    found = [captured_frame(one.data) for one in records_of(capture) if one.kind is FRAME]
    return [frame.index for frame in found if isinstance(frame, SampleFrame)]


def test_answers_about_other_sessions_stay_out_of_it(path: Path) -> None:
    """They name another person, who has nothing to do with these frames."""
    tape = story()
    tool = live(tape).play(tape.arrivals((10,), 0, 3000))
    (release,) = [event for event in tool.events if event.type == "released"]
    for session, person in ((release.session, "ann"), ("cd" * 16, "bob")):
        answer = {"release": release.id, "felt": True, "session": session, "person": person}
        data = {"command": f"of-{person}", "placement": None, **answer}
        tool.play([tape.decision(30, MarkKind.FELT, data)])
    moved = {"command": "moved", "session": "ef" * 16, "person": "bob", "was": None}
    tool.play([tape.decision(30, MarkKind.REASSIGNED, moved), *tape.arrivals((10,), 3000)])
    tool.write()
    journal = journaled(path, tool)
    session = started(tool)[0]
    assert told(analyzed(journal, session)) == told(of(session, tool.events))
    marks = [one for one in records_of(path.with_name(f"{session[:8]}.qlcap")) if one.kind is MARK]
    kinds = [Mark.from_json(one.data).kind for one in marks]
    assert kinds == [MarkKind.CONTEXT, MarkKind.FELT]
    assert b"bob" not in path.with_name(f"{session[:8]}.qlcap").read_bytes()


def test_a_file_that_is_there_is_left_alone(path: Path, tmp_path: Path) -> None:
    tape, steps = evening()
    tool = played(steps, tape)
    output = tmp_path / "mine.qlcap"
    output.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_session_capture(journaled(path, tool), started(tool)[0], output)
    assert output.read_bytes() == b"mine"


def test_records_that_make_no_sense_are_one_sentence(path: Path) -> None:
    tape = story()
    tool = played(tape.arrivals(), tape)
    (batch,) = [one.batch for one in tool.written if one.batch.open_segment is not None][:1]
    bad = Mark(MarkKind.PERSON, tape.uid, 0, tape.host_us, {})
    record = SegmentRecord("mark", tape.host_us, tape.uid, 0, bad.to_json())
    broken = replace(batch, records=[batch.records[0], record, *batch.records[1:]])
    written = [replace(one, batch=broken) if one.batch is batch else one for one in tool.written]
    tool.written[:] = written
    with pytest.raises(JournalError, match=f"the session {started(tool)[0]} cannot be read"):
        write_session_capture(journaled(path, tool), started(tool)[0], path.with_name("x.qlcap"))
    assert not path.with_name("x.qlcap").exists()


# Lists


def test_sessions_are_listed_with_what_was_felt(path: Path) -> None:
    tape, steps = evening()
    tool = live(tape).play(steps)
    (release,) = [event for event in tool.events if isinstance(event, Released)]
    answers = [("first", True), ("second", False)]
    for command, felt in answers:
        data = {"command": command, "release": release.id, "felt": felt}
        tool.follower.mark(MarkKind.FELT, tape.at(0), data | {"session": release.session})
    tool.write()
    listed = sessions(journaled(path, tool))
    assert [one.id for one in listed] == started(tool)
    ended = [event for event in tool.events if isinstance(event, SessionEnded)]
    assert [(one.started_at, one.ended_at) for one in listed] == [
        (event.started_at, event.at) for event in ended
    ]
    assert [one.releases for one in listed] == [event.releases for event in ended] == [1, 0, 0]
    assert [one.felt for one in listed] == [{release.id: False}, {}, {}]
    assert [one.person for one in listed] == ["p1"] * 3
    assert {(one.tool, one.bridge) for one in listed} == {(IDENTITY.tool, IDENTITY.bridge)}


def test_a_session_is_whose_it_was_last_said_to_be(path: Path) -> None:
    tape = story()
    tool = live(tape).play(tape.arrivals())
    first = started(tool)[0]
    moved = {"command": "moved", "session": first, "person": "ann", "was": None}
    tool.follower.mark(MarkKind.REASSIGNED, tape.at(0), moved)
    tool.write()
    journal = journaled(path, tool)
    assert find_session(journal, first).person == "ann"
    assert [one.person for one in sessions(journal)][:2] == ["ann", None]


def test_a_session_is_found_by_its_first_digits(path: Path) -> None:
    tape = story()
    tool = played(tape.arrivals(), tape)
    journal = journaled(path, tool)
    first = started(tool)[0]
    for name in (first, first[:6], first[:9].upper()):
        assert find_session(journal, name).id == first
        assert session_events(journal, name)[0].id == first


@pytest.mark.parametrize("name", ["", "12345", "no-digits", "%%%%%%", "0" * 33])
def test_what_names_no_session_is_refused(path: Path, name: str) -> None:
    tape = story()
    journal = journaled(path, played(tape.arrivals(), tape))
    with pytest.raises(UnknownSessionError, match="names no session: give its id, or at least 6"):
        find_session(journal, name)


def test_a_session_that_is_not_there_is_told(path: Path) -> None:
    tape = story()
    tool = played(tape.arrivals(), tape)
    journal = journaled(path, tool)
    (release,) = [event for event in tool.events if event.type == "released"]
    for name in ("f" * 32, release.id):
        with pytest.raises(UnknownSessionError, match=f"the journal has no session {name}"):
            write_session_capture(journal, name, path.with_name("x.qlcap"))


def test_digits_that_begin_two_sessions_are_refused(path: Path) -> None:
    tape = story()
    tool = played(tape.arrivals(), tape)
    twin = tool.events[0].model_copy(update={"id": f"{tool.events[0].id[:20]}{'0' * 12}"})
    journal = journaled(path, tool)

    async def add() -> None:
        async with await Journal.open(path) as opened:
            await opened.write(Batch(IDENTITY.tool, events=[twin]))

    asyncio.run(add())
    with pytest.raises(UnknownSessionError, match=r"several sessions begin with .*more digits"):
        find_session(journal, twin.id[:12])
    assert find_session(journal, twin.id).id == twin.id


# Beside a daemon


async def test_of_an_open_session_there_is_what_is_journaled_so_far(
    path: Path, tmp_path: Path
) -> None:
    daemon = SmallDaemon(path)
    tool = BenchTool(daemon.clock)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 2)
    await tool.press(60, 10)
    await daemon.on_disk()
    (open_session,) = sessions(path)
    assert (open_session.ended_at, open_session.tool) == (None, "mat")
    write_session_capture(path, open_session.id, tmp_path / "early.qlcap")
    early = [one.event for one in analyze(tmp_path / "early.qlcap", strict=True)]
    assert [event.type for event in early] == ["started", "hold_started", "hold_ended", "ended"]
    await tool.press(0, 125)
    await daemon.on_disk()
    (ended,) = sessions(path)
    write_session_capture(path, ended.id, tmp_path / "whole.qlcap")
    whole = [one.event for one in analyze(tmp_path / "whole.qlcap", strict=True)]
    assert told(whole) == told(session_events(path, ended.id))
    assert told(whole[:2]) == told(early[:2])
    await daemon.stop()
    assert told(session_events(path, ended.id)) == told(whole)


async def test_of_an_erased_person_nothing_is_found(path: Path, tmp_path: Path) -> None:
    daemon = SmallDaemon(path)
    tool = BenchTool(daemon.clock)
    await daemon.start()
    await daemon.connect(tool)
    for person in ("ann", "bob"):
        await daemon.ask("mat", "person", person=person)
        await tool.press(60, 5)
        await tool.press(0, 125)
    await daemon.on_disk()
    hers, his = sessions(path)
    assert (hers.person, his.person) == ("ann", "bob")
    assert (await daemon.ask("bridge", "erase", person="ann"))["erased"]["segments"] == 1
    assert [one.id for one in sessions(path)] == [his.id]
    with pytest.raises(UnknownSessionError, match="has no session"):
        write_session_capture(path, hers.id, tmp_path / "hers.qlcap")
    write_session_capture(path, his.id, tmp_path / "his.qlcap")
    await daemon.stop()


async def test_frames_go_with_who_used_the_tool_later_in_the_session(
    path: Path, tmp_path: Path
) -> None:
    daemon = SmallDaemon(path)
    tool = BenchTool(daemon.clock)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.ask("mat", "person", person="ann")
    await tool.press(60, 5)
    await tool.press(0, 125)
    await daemon.ask("bridge", "erase", person="ann")
    (left,) = sessions(path)
    with pytest.raises(UnknownSessionError, match=r"frames of the session .* are gone"):
        write_session_capture(path, left.id, tmp_path / "left.qlcap")
    await daemon.stop()


def test_damaged_frames_of_another_session_are_passed_over(path: Path, tmp_path: Path) -> None:
    """And those of the session itself are told of."""
    tape, steps = evening()
    tool = played(steps, tape)
    (session, *_) = started(tool)
    asyncio.run(tidied(journaled(path, tool), 1000))
    with sqlite3.connect(path) as connection:
        (chunk,) = connection.execute("SELECT data FROM chunks LIMIT 1").fetchone()
        connection.execute("UPDATE chunks SET data = ?", (bytes(chunk[:-4]) + b"\0" * 4,))
    connection.close()
    with pytest.raises(JournalError, match="cannot be read"):
        write_session_capture(path, session, tmp_path / "damaged.qlcap")
