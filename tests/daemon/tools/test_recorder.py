"""What is journaled of a tool: nothing while it is idle, everything of a session."""

from collections.abc import Sequence

import pytest
from pipeline_cases import (
    BLOCK,
    IDENTITY,
    OTHER_UID,
    UID,
    Decision,
    Disk,
    Live,
    Step,
    calibration,
    crashed,
    live,
    names,
    pressed,
    restarted,
    told,
)

from ql_release.context import Limits
from ql_release.follower import Announced
from ql_release.journal import Batch
from ql_release.marks import Mark, MarkKind
from ql_release.tools import recorder
from ql_release.tools.recorder import (
    FLUSH_AFTER_US,
    finished_session,
    stored_source,
)

HELD = pressed((2.0, 0.0), (20.0, 60.0), (20.0, 0.0))


def batches(tool: Live) -> list[Batch]:
    """Return everything that was written."""
    return [one.batch for one in tool.written]


def records(tool: Live) -> list[str]:
    """Return what was written of marks, and "frame"s, in order."""
    return [
        Mark.from_json(record.data).kind.value if record.kind == "mark" else "frame"
        for batch in batches(tool)
        for record in batch.records
    ]


# Idle


def test_an_idle_tool_gives_no_batch() -> None:
    tape = pressed((1.0, 0.0), (0.3, 60.0), (60.0, 0.0), (0.5, 60.0), (60.0, 0.0))
    tool = live(tape).play([tape.status(0), *tape.arrivals()])
    tool.play([tape.decision(121, MarkKind.SHUTDOWN)])
    assert tool.recorder.take() is None
    assert (tool.written, tool.events) == ([], [])


def test_an_idle_tools_records_are_let_go() -> None:
    tape = pressed((600.0, 0.0))
    tool = live(tape, eager=True)
    most = 0
    for step in tape.arrivals():
        tool.play([step])
        most = max(most, len(tool.recorder._idle))
    assert most <= 1


@pytest.fixture
def small_memory(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a recorder keep so few records that a test can send more."""
    monkeypatch.setattr(recorder, "MAX_WAITING", 300)
    return 300


@pytest.mark.parametrize("repeated", [1, 3])
def test_hostile_status_frames_do_not_fill_the_idle_buffer(
    small_memory: int, repeated: int
) -> None:
    """Each tells of another calibration, for a sample that never comes."""
    tape = pressed((1.0, 0.0))
    tool = live(tape).play(tape.arrivals())
    for number in range(2 * small_memory):
        hostile = tape.status(1 << 29, calibration(cal_id=number).encode())
        tool.play([hostile] * repeated)
        assert len(tool.recorder._idle) <= small_memory
    assert len(tool.marks(MarkKind.CALIBRATION)) == 2 * small_memory
    assert len(tool.recorder._idle) == small_memory
    assert tool.written == []


def test_samples_far_ahead_do_not_fill_the_idle_buffer(small_memory: int) -> None:
    """They wait behind a gap that nobody closes."""
    tape = pressed((10.0, 0.0))
    tool = live(tape).play(tape.arrivals((1,), 100))
    assert len(tool.recorder._idle) == small_memory


def test_a_stream_that_ends_before_a_session_is_forgotten() -> None:
    """Somebody had just touched the tool when it restarted."""
    second = pressed((0.5, 0.0), (5.0, 60.0), (15.0, 0.0), uid=OTHER_UID)
    steps = [*HELD.arrivals((10,), 0, 250), second.status(0), *second.arrivals()]
    tool = live(HELD, eager=True).play(steps[:25])
    assert len(tool.recorder._idle) > 1
    tool.play(steps[25:40])
    assert {taken.before.uid for taken in tool.recorder._idle} == {OTHER_UID}
    tool.play(steps[40:])
    assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"]
    for cut in range(1, len(tool.written), 9):
        assert list(crashed(steps, tool.written[:cut]).events.values()) == told(tool.events)


# Sessions


def test_a_segment_begins_with_what_is_in_force_where_its_first_record_lies() -> None:
    tool = live(HELD).play(HELD.arrivals())
    first, *others = batches(tool)
    start, second = first.records[:2]
    mark = Mark.from_json(start.data)
    assert mark.kind is MarkKind.CONTEXT
    assert (mark.uid, mark.index, mark.data["calibration"]) == (UID, second.index, BLOCK.hex())
    assert second.index <= 200 < second.index + 20  # the contact's first sample
    assert first.open_segment is not None
    assert first.open_segment.serial == IDENTITY.serial
    assert stored_source(first.open_segment.identity) == "tool"
    assert [one.open_segment for one in others] == [None] * len(others)


def test_a_segment_holds_every_frame_from_its_beginning_to_the_end_of_the_session() -> None:
    tool = live(HELD).play(HELD.arrivals())
    frames = [
        record for batch in batches(tool) for record in batch.records if record.kind == "frame"
    ]
    assert [record.index for record in frames] == list(range(frames[0].index, 3201, 10))
    assert [batch.close_segment for batch in batches(tool)].count(True) == 1
    assert batches(tool)[-1].close_segment
    assert {record.uid for record in frames} == {UID}


def test_events_are_written_at_once_and_records_once_a_second() -> None:
    tool = live(HELD).play(HELD.arrivals())
    assert [names(batch.events) for batch in batches(tool) if batch.events] == [
        *(["started"], ["hold_started"], ["hold_ended"], ["ended"])
    ]
    assert 28 <= len(tool.written) <= 36
    assert FLUSH_AFTER_US == 1_000_000


def test_the_batch_that_ends_a_session_has_its_summary() -> None:
    tool = live(HELD).play(HELD.arrivals())
    *others, last = batches(tool)
    assert [one.summary for one in others] == [None] * len(others)
    assert last.summary is not None
    assert last.summary.session == tool.events[0].id
    assert last.summary == finished_session(tool.events)
    assert finished_session(tool.events[:-1]) is None


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (MarkKind.PERSON, {"person": "p1"}),
        (MarkKind.PLACE, {"placement": None}),
        (MarkKind.SETTINGS, Limits(threshold_n=90.0).to_data()),
    ],
)
def test_what_people_decide_in_a_session_is_written_at_once(
    kind: MarkKind, data: dict[str, object]
) -> None:
    tool = live(HELD).play(HELD.arrivals((10,), 0, 1000))
    tool.write()
    decision = HELD.decision(10, kind, data)
    tool.play([decision])
    assert [record.kind for record in tool.written[-1].batch.records] == ["mark"]
    quiet = live(HELD).play([*HELD.arrivals((10,), 0, 100), decision])
    assert quiet.written == []


def test_marks_are_written_in_their_place_among_the_frames() -> None:
    line = {"device_us": 0, "host_us": HELD.host_us, "ppm": 0.0}
    tool = live(HELD).play(
        [*HELD.arrivals((10,), 0, 1000), HELD.decision(10, MarkKind.CLOCK, line)]
    )
    tool.play(HELD.arrivals((10,), 1000))
    kinds = records(tool)
    assert kinds[0] == "context"
    place = kinds.index("clock")
    frames = [
        record.index
        for batch in batches(tool)
        for record in batch.records
        if record.kind == "frame"
    ]
    assert frames[place - 1] == 1000  # the context, then the frames before it, then it


def test_what_waits_behind_a_gap_when_a_session_opens_is_written_with_it() -> None:
    """A contact begins in frames that came before those that it waited for."""
    steps: list[Step] = [*HELD.arrivals((10,), 0, 190), *HELD.arrivals((10,), 200, 420)]
    steps += [*HELD.arrivals((10,), 190, 200), *HELD.arrivals((10,), 420)]
    tool = live(HELD, eager=True).play(steps)
    assert told(tool.events) == told(live(HELD).play(HELD.arrivals()).events)
    for cut in range(1, len(tool.written), 9):
        disk = crashed(steps, tool.written[:cut])
        assert list(disk.events.values()) == told(tool.events)


def test_a_calibration_that_waits_when_a_session_opens_is_written_with_it() -> None:
    """It was told of long before the contact, for a sample in its middle."""
    half = calibration(cal_id=2, scale=0.5).encode()
    steps: list[Step] = [*HELD.arrivals((10,), 0, 20), HELD.status(1005, half)]
    steps += HELD.arrivals((10,), 20)
    tool = live(HELD, eager=True).play(steps)
    assert "calibration" in records(tool)
    for cut in range(1, len(tool.written), 9):
        disk = crashed(steps, tool.written[:cut])
        assert list(disk.events.values()) == told(tool.events)


def test_after_a_session_the_next_has_a_segment_of_its_own() -> None:
    tape = pressed((2.0, 0.0), (5.0, 60.0), (15.0, 0.0), (5.0, 60.0), (15.0, 0.0))
    tool = live(tape).play(tape.arrivals())
    opened = [batch for batch in batches(tool) if batch.open_segment is not None]
    assert len(opened) == [batch.close_segment for batch in batches(tool)].count(True) == 2
    assert opened[1].records[1].index > 2000


def test_after_a_stop_the_segment_stays_open_until_the_contact_has_ended() -> None:
    tool = live(HELD).play([*HELD.arrivals((10,), 0, 1000), HELD.decision(10, MarkKind.STOP)])
    assert not tool.written[-1].batch.close_segment
    tool.play(HELD.arrivals((10,), 1000, 2200))
    tool.write()
    assert not any(batch.close_segment for batch in batches(tool))
    tool.play(HELD.arrivals((10,), 2200))
    assert [batch.close_segment for batch in batches(tool)].count(True) == 1
    assert tool.recorder.take() is None


def test_after_a_stop_of_an_empty_tool_the_segment_closes_within_seconds() -> None:
    tool = live(HELD).play([*HELD.arrivals((10,), 0, 2500), HELD.decision(25, MarkKind.STOP)])
    assert not any(batch.close_segment for batch in batches(tool))
    tool.play(HELD.arrivals((10,), 2500, 3500))
    assert tool.written[-1].batch.close_segment


# A journal that cannot be written


def unwritten(steps: Sequence[Step]) -> Live:
    """Play a session of which only the beginning can be written."""
    tool = live(HELD).play(HELD.arrivals((10,), 0, 400))
    tool.recorder.due = lambda _now_us: False  # type: ignore[method-assign]
    return tool.play(steps)


def test_while_the_journal_cannot_be_written_the_oldest_frames_go_and_marks_stay(
    small_memory: int,
) -> None:
    tape = pressed((2.0, 0.0), (10.0, 60.0))
    tool = live(tape).play(tape.arrivals((1,), 0, 400))
    tool.write()
    tool.recorder.due = lambda _now_us: False  # type: ignore[method-assign]
    tool.play([tape.decision(4, MarkKind.PERSON, {"person": "p1"})])
    tool.play(tape.arrivals((1,), 400))
    batch = tool.recorder.take()
    assert batch is not None
    assert len(batch.records) == small_memory
    assert batch.records[0].kind == "mark"
    assert batch.records[-1].index == len(tape) - 1


def test_events_wait_as_long_as_it_takes() -> None:
    tool = unwritten(HELD.arrivals((10,), 400))
    batch = tool.recorder.take()
    assert batch is not None
    assert names(batch.events)[-2:] == ["hold_ended", "ended"]
    assert (batch.close_segment, batch.summary is not None) == (True, True)


def test_a_recorder_of_a_rebuilt_pipeline_goes_on_with_the_segment() -> None:
    tool = live(HELD).play(HELD.arrivals((10,), 0, 1000))
    tool.write()
    disk = Disk()
    for batch in batches(tool):
        disk.write(batch)
    again = restarted(disk, Announced(UID, BLOCK, 1000)).play(HELD.arrivals((10,), 1000))
    assert [batch.open_segment for batch in batches(again)] == [None] * len(batches(again))
    assert batches(again)[-1].close_segment


def test_a_gap_that_is_closed_is_written_before_what_it_lets_through() -> None:
    steps: list[Step] = [*HELD.arrivals((10,), 0, 1000), *HELD.arrivals((10,), 1050, 1200)]
    steps += [Decision(MarkKind.GAP_CLOSED, HELD.at(1200), index=1050)]
    steps += HELD.arrivals((10,), 1200)
    tool = live(HELD, eager=True).play(steps)
    assert records(tool).count("gap_closed") == 1
    for cut in range(1, len(tool.written), 9):
        assert list(crashed(steps, tool.written[:cut]).events.values()) == told(tool.events)


TWO = pressed((2.0, 0.0), (5.0, 60.0), (15.0, 0.0), (5.0, 60.0), (15.0, 0.0))


def written_late(tool: Live) -> list[Batch]:
    """Return all that waits, as the journal takes it when it can be written again."""
    behind = True
    while behind:
        behind = tool.recorder.behind
        tool.write()
    return batches(tool)


def test_sessions_that_end_while_the_journal_cannot_be_written_stay_apart() -> None:
    tool = live(TWO)
    tool.recorder.due = lambda _now_us: False  # type: ignore[method-assign]
    late = written_late(tool.play(TWO.arrivals()))
    assert [batch.open_segment is not None for batch in late] == [True, True]
    assert [batch.close_segment for batch in late] == [True, True]
    assert [batch.summary is not None for batch in late] == [True, True]
    disk = Disk()
    for batch in late:
        disk.write(batch)
    assert list(disk.events.values()) == told(live(TWO).play(TWO.arrivals()).events)


def test_frames_of_sessions_that_have_ended_do_not_fill_the_memory(
    small_memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MAX_SESSIONS", 2)
    one = ((5.0, 60.0), (15.0, 0.0))
    tape = pressed((2.0, 0.0), *one * 4)
    tool = live(tape)
    tool.recorder.due = lambda _now_us: False  # type: ignore[method-assign]
    late = written_late(tool.play(tape.arrivals()))
    assert [len(batch.records) > 0 for batch in late] == [False, True, True, True]
    assert all(len(batch.records) <= small_memory for batch in late)
    assert [event.type for batch in late for event in batch.events].count("ended") == 4
