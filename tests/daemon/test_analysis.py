"""The events of a file: captures with and without marks, recordings, and damaged ones."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_cases import (
    BLOCK,
    IDENTITY,
    OTHER_UID,
    SOON,
    UID,
    Arrival,
    Decision,
    Tape,
    calibration,
    live,
    played,
    pressed,
    story,
)
from playable import shorten
from scripted_tool import make_info

from ql_release import simulate
from ql_release.analysis import AnalyzedEvent, analyze
from ql_release.context import ClockLine, Context, Limits
from ql_release.events import Released
from ql_release.links.capture import CaptureReader, CaptureRecord, CaptureWriter, RecordKind
from ql_release.links.damage import DamagedRecording
from ql_release.marks import Mark, MarkKind
from ql_release.pipeline import Record

INFO = replace(make_info(), serial=IDENTITY.serial, uid=UID, name="lounge").encode()
HELD = pressed((2.0, 0.0), (20.0, 60.0), (2.0, 0.0))
HELD_TYPES = ["started", "hold_started", "hold_ended", "ended"]

Steps = Iterable[Arrival | Decision | Mark]


def head() -> list[CaptureRecord]:
    """Return how a capture begins."""
    kinds = ((RecordKind.INFO, INFO), (RecordKind.CALIBRATION, BLOCK))
    return [CaptureRecord(kind, HELD.host_us, data) for kind, data in kinds]


def captured(step: Arrival | Decision | Mark) -> CaptureRecord:
    """Return what a capture has of a step."""
    match step:
        case Arrival():
            return CaptureRecord(RecordKind.FRAME, step.host_us, step.frame.encode())
        case Decision():
            mark = Mark(step.kind, UID, step.index or 0, step.host_us, step.data)
            return CaptureRecord(RecordKind.MARK, step.host_us, mark.to_json())
        case Mark():
            return CaptureRecord(RecordKind.MARK, step.host_us, step.to_json())


@pytest.fixture
def capture(tmp_path: Path) -> Callable[..., Path]:
    """Writes captures."""

    def write(steps: Steps, first: list[CaptureRecord] | None = None) -> Path:
        path = tmp_path / "body.qlcap"
        with CaptureWriter(path, overwrite=True) as writer:
            for record in [*(head() if first is None else first), *map(captured, steps)]:
                writer.write(record)
        return path

    return write


def read(path: Path, **options: Any) -> tuple[list[AnalyzedEvent], DamagedRecording | None]:
    """Return a file's events, and the damage."""
    events: list[AnalyzedEvent] = []
    try:
        events.extend(analyze(path, **options))
    except DamagedRecording as damage:
        return events, damage
    return events, None


def types(found: list[AnalyzedEvent]) -> list[str]:
    """Return the types of a file's events."""
    return [one.event.type for one in found]


def context_mark(tape: Tape = HELD, limits: Limits = SOON, **others: Any) -> Mark:
    """Return the mark with which a capture of the daemon's own begins."""
    context = Context(tape.uid, ClockLine(0, tape.host_us), BLOCK, limits, **others)
    return Mark(MarkKind.CONTEXT, tape.uid, 0, tape.host_us, context.to_data())


# Captures


def test_a_capture_without_marks_gives_the_events_of_its_frames(capture: Any) -> None:
    found, damage = read(capture(story().arrivals()))
    assert damage is None
    live_events = played(story(), limits=Limits())
    assert [one.event.id for one in found[:-1]] == [event.id for event in live_events]
    assert (types(found)[-1], found[-1].event.tool) == ("ended", "lounge")
    assert {one.event.bridge for one in found} == {"analysis"}
    assert found[-1].event.source == "import"
    assert found[-1].event.reason == "recording_end"


def test_a_capture_with_marks_gives_the_very_events_of_the_live_tool(capture: Any) -> None:
    tape = story()
    tool = live(tape).play(tape.arrivals((10,), 0, 600))
    tool.play([tape.decision(6, MarkKind.PERSON, {"person": "p1"})])
    tool.play([tape.status(1003, calibration(cal_id=2, scale=0.9).encode())])
    tool.play([*tape.arrivals((10,), 600, 2000), *tape.arrivals((10,), 2030, 2200)])
    tool.play([Decision(MarkKind.GAP_CLOSED, tape.at(2200), index=2030)])
    tool.play(tape.arrivals((10,), 2200))
    start = tool.taken[0].before.to_data()
    records: list[Record] = [Mark(MarkKind.CONTEXT, UID, 0, tape.host_us, start)]
    records += [taken.record for taken in tool.taken]
    writes = [
        captured(record)
        if isinstance(record, Mark)
        else CaptureRecord(RecordKind.FRAME, record.host_us, record.message)
        for record in records
    ]
    found, damage = read(capture((), [*head(), *writes]))
    assert damage is None
    assert [one.event.id for one in found] == [event.id for event in tool.events]
    assert [one.event.at for one in found] == [event.at for event in tool.events]
    assert "p1" in {one.event.person for one in found}


def test_a_captures_own_context_holds_rather_than_the_usual(capture: Any) -> None:
    tape = pressed((2.0, 0.0), (5.0, 60.0), (12.0, 0.0))
    found, _ = read(capture([context_mark(tape, person="p1"), *tape.arrivals()]))
    assert [one.event.person for one in found] == ["p1"] * 4
    assert found[-1].event.reason == "idle"


def test_status_frames_in_a_capture_bring_calibrations_and_streams(capture: Any) -> None:
    second = replace(HELD, uid=OTHER_UID, host_us=HELD.at(len(HELD)))
    steps = [*HELD.arrivals(), second.status(0), *second.arrivals()]
    found, damage = read(capture(steps))
    assert damage is None
    assert types(found) == ["started", "hold_started", "hold_ended"] * 1 + [
        *("hold_started", "hold_ended", "ended")
    ]
    assert found[-1].event.duration_s == 44.0


def test_a_gap_that_no_mark_closes_is_given_up_after_two_seconds(capture: Any) -> None:
    lossy = [*HELD.arrivals((10,), 0, 1000), *HELD.arrivals((10,), 1050)]
    found, damage = read(capture(lossy))
    assert (types(found), damage) == (HELD_TYPES, None)
    assert found[-1].event.duration_s == 20.0
    late = HELD.frame(1000, 1050, replayed=True)
    at = next(place for place, step in enumerate(lossy) if step.host_us > HELD.at(1240))
    mended = [*lossy[:at], Arrival(late, lossy[at].host_us), *lossy[at:]]
    whole, _ = read(capture(HELD.arrivals()))
    assert [one.event for one in read(capture(mended))[0]] == [one.event for one in whole]


def test_a_gap_at_the_end_is_given_up_there(capture: Any) -> None:
    found, damage = read(
        capture([*HELD.arrivals((10,), 0, 1900), *HELD.arrivals((10,), 1950, 2000)])
    )
    assert (types(found), damage) == (HELD_TYPES, None)
    assert found[-1].event.duration_s == 17.99


def test_times_are_relative_to_the_first_sample(capture: Any) -> None:
    tape = replace(story(), zero_us=77_000_000)
    found, _ = read(capture([tape.status(0), *tape.arrivals()]))
    first = found[0]
    assert (first.event.type, first.t_s, first.decided_s) == ("started", 2.48, 3.48)
    (release,) = [one for one in found if isinstance(one.event, Released)]
    assert release.onset_s == release.t_s == pytest.approx(20.0, abs=1.5)
    assert release.decided_s > release.t_s
    assert {one.onset_s for one in found if one is not release} == {None}


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_capture_that_is_cut_short_gives_all_before(capture: Any, cut: int) -> None:
    path = capture(HELD.arrivals((10,), 0, 2000))
    path.write_bytes(path.read_bytes()[:-cut])
    found, damage = read(path)
    assert types(found) == HELD_TYPES
    assert found[-1].decided_s == 19.89
    assert damage is not None
    assert damage.has_samples
    assert read(path, strict=True)[0] == []


def test_damage_in_the_middle_ends_what_is_open_there(capture: Any) -> None:
    path = capture(HELD.arrivals())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    found, damage = read(path)
    assert types(found) == HELD_TYPES
    assert 8 < found[-1].decided_s < 14
    assert damage is not None
    assert damage.offset is not None
    assert damage.offset <= len(data) // 2


@pytest.mark.parametrize("missing", [RecordKind.INFO, RecordKind.CALIBRATION])
def test_a_capture_that_does_not_tell_its_tool_is_damaged(
    capture: Any, missing: RecordKind
) -> None:
    first = [record for record in head() if record.kind is not missing]
    found, damage = read(capture(HELD.arrivals(), first))
    assert (found, damage is not None) == ([], True)


def test_with_its_own_marks_a_capture_needs_no_calibration_record(capture: Any) -> None:
    found, damage = read(capture([context_mark(), *HELD.arrivals()], head()[:1]))
    assert (types(found), damage) == (HELD_TYPES, None)


WRONG_MARKS = [
    (MarkKind.PERSON, {"person": 5}),
    (MarkKind.PERSON, {}),
    (MarkKind.PLACE, {"placement": "here"}),
    (MarkKind.PLACE, {"placement": {"muscle": "psoas"}}),
    (MarkKind.CALIBRATION, {"block": "00"}),
    (MarkKind.CALIBRATION, {"block": 5}),
    (MarkKind.CALIBRATION, {}),
    (MarkKind.SETTINGS, {"threshold_n": "x"}),
    (MarkKind.SETTINGS, {"end_after_s": "x"}),
    (MarkKind.CLOCK, {"device_us": 0, "host_us": 0, "ppm": float("inf")}),
    (MarkKind.CLOCK, {"device_us": 0, "host_us": 10**30, "ppm": 0}),
    (MarkKind.CLOCK, {}),
    (MarkKind.FELT, {}),
    (MarkKind.REASSIGNED, {"who": 5}),
    (MarkKind.CONTEXT, {}),
]


@pytest.mark.parametrize(("kind", "data"), WRONG_MARKS)
@pytest.mark.parametrize("index", [1000, 1500, 5000], ids=["now", "soon", "never"])
def test_a_mark_that_makes_no_sense_is_damage_and_all_before_is_told(
    capture: Any, kind: MarkKind, data: dict[str, Any], index: int
) -> None:
    """Whether it shows at the mark, at its sample, or only where the capture ends."""
    mark = Mark(kind, UID, index, HELD.at(1000), data)
    steps = [*HELD.arrivals((10,), 0, 1000), mark, *HELD.arrivals((10,), 1000)]
    found, damage = read(capture(steps))
    assert types(found)[:2] == ["started", "hold_started"]
    if kind is MarkKind.CALIBRATION and index == 5000:
        assert damage is None  # nothing ever makes use of it
    else:
        assert damage is not None
        assert damage.has_samples
        assert read(capture(steps), strict=True)[0] == []


def test_a_wrong_mark_that_only_the_end_of_the_capture_uses_is_damage_too(capture: Any) -> None:
    """The person is needed by the session's end alone."""
    mark = Mark(MarkKind.PERSON, UID, 1000, HELD.at(1000), {"person": 5})
    found, damage = read(capture([*HELD.arrivals((10,), 0, 1000), mark]))
    assert types(found) == ["started", "hold_started"]
    assert damage is not None
    assert damage.offset is not None
    assert "person" in str(damage)


def test_the_first_damage_is_told_not_what_follows_from_it(capture: Any) -> None:
    mark = Mark(MarkKind.PERSON, UID, 1000, HELD.at(1000), {"person": 5})
    path = capture([*HELD.arrivals((10,), 0, 1000), mark, *HELD.arrivals((10,), 1000, 1500)])
    shorten(path)
    _, damage = read(path)
    assert damage is not None
    assert "cut short" in str(damage)


JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
CLOCK_NAMES = ["clock", "device_us", "host_us", "ppm"]
NAMES = st.sampled_from(
    ["person", "placement", "block", "mask", "end_after_s", "threshold_n", *CLOCK_NAMES]
)


@given(
    st.sampled_from(MarkKind),
    st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=2), max_size=4),
    st.integers(0, 2600),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_mark_whatever_it_holds_ends_the_analysis_otherwise(
    capture: Any, kind: MarkKind, data: dict[str, Any], index: int
) -> None:
    mark = Mark(kind, UID, index, HELD.at(500), data)
    steps = [*HELD.arrivals((50,), 0, 500), mark, *HELD.arrivals((50,), 500)]
    found, _ = read(capture(steps))
    assert types(found)[0] == "started"


def test_what_is_no_frame_in_a_capture_is_passed_over(capture: Any) -> None:
    junk = [CaptureRecord(RecordKind.FRAME, 0, data) for data in (b"", b"\x11", b"\xff" * 40)]
    found, damage = read(capture(HELD.arrivals(), [*head(), *junk]))
    assert (types(found), damage) == (HELD_TYPES, None)


def test_progress_is_told_from_the_beginning_to_the_end(capture: Any) -> None:
    told: list[float] = []
    read(capture(HELD.arrivals()), progress=told.append)
    assert told == sorted(told)
    assert (0 < told[0] < 0.1, told[-1]) == (True, 1.0)


def test_the_capture_is_closed_even_when_it_is_not_read_to_its_end(capture: Any) -> None:
    found = analyze(capture(HELD.arrivals()))
    assert next(iter(found)).event.type == "started"
    found.close()  # type: ignore[attr-defined]
    with CaptureReader(capture(HELD.arrivals())) as reader:
        assert next(iter(reader)).kind is RecordKind.INFO


# Text recordings


@pytest.fixture
def recording(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a recording of somebody who is there from 2 s to 22 s, with something after it."""

    def write(more: str = "", start_s: float = 0.0) -> Path:
        path = tmp_path / "body.csv"
        rows = [f"{start_s + n / 50},{60 if 100 <= n < 1100 else 0}" for n in range(1200)]
        text = f"# recording: 1\n# start: {simulate.recording.START}\n# rate_hz: 50\nt,f1\n"
        path.write_text(text + "\n".join(rows) + "\n" + more, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("start_s", [0.0, 1000.5])
def test_a_recordings_times_are_relative_to_its_first_row(recording: Any, start_s: float) -> None:
    found, damage = read(recording(start_s=start_s))
    assert (types(found), damage) == (HELD_TYPES, None)
    assert [one.t_s for one in found] == [2.0, 2.0, 22.0, 22.0]
    assert [one.decided_s for one in found] == [3.0, 5.0, 22.5, 23.98]


def test_the_same_contents_give_the_same_ids_wherever_they_lie(
    recording: Any, tmp_path: Path
) -> None:
    first = read(recording())[0]
    other = tmp_path / "copy.txt"
    other.write_bytes(recording().read_bytes())
    assert [one.event for one in read(other)[0]] == [one.event for one in first]
    another = read(recording("# a remark\n"))[0]
    assert {one.event.id for one in another}.isdisjoint(one.event.id for one in first)


@pytest.mark.parametrize("row", ["24.0,nan\n", "1.0,5\n", "24.0\n", "what\n"])
def test_a_damaged_recording_gives_all_before_and_strictly_nothing(
    recording: Any, row: str
) -> None:
    path = recording(row + "24.1,60\n")
    found, damage = read(path)
    assert types(found) == HELD_TYPES
    assert damage is not None
    assert damage.line == 4 + 1200 + 1
    strictly, same = read(path, strict=True)
    assert strictly == []
    assert str(same) == str(damage)


def test_a_recording_without_samples_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text(f"# recording: 1\n# start: {simulate.recording.START}\nt,f1\n")
    found, damage = read(path)
    assert found == []
    assert damage is not None
    assert not damage.has_samples


def test_the_persons_figures_in_a_recording_are_in_force(recording: Any) -> None:
    path = recording()
    text = path.read_text().replace("# rate_hz", "# threshold_n: 45\n# rate_hz")
    path.write_text(text)
    assert "over_pressure" in types(read(path)[0])


def test_a_file_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(analyze(tmp_path / "nowhere.csv"))
