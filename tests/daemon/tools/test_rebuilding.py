"""An open session is rebuilt from the journal; what cannot be read is told and let go."""

import logging
from pathlib import Path
from typing import Any

import pytest
from live_bench import SmallDaemon
from pipeline_cases import IDENTITY, SOON, UID, Live, calibration, live, names, pressed, told

from ql_release.context import ClockLine, Context
from ql_release.journal import Batch, Journal, OpenSegment, SegmentRecord, SegmentStart
from ql_release.marks import Mark, MarkKind
from ql_release.tools.rebuilding import rebuilt

TAPE = pressed((2.0, 0.0), (20.0, 60.0), (20.0, 0.0))
START = SegmentStart(IDENTITY.serial, '{"source": "tool"}', TAPE.host_us)
CONTEXT = Context(UID, ClockLine(0, TAPE.host_us), calibration(1).encode(), SOON)


def mark(kind: MarkKind, data: dict[str, Any], index: int = 0) -> SegmentRecord:
    """Return a mark as a segment's record."""
    made = Mark(kind, UID, index, TAPE.host_us, data)
    return SegmentRecord("mark", TAPE.host_us, UID, index, made.to_json())


BEGINNING = mark(MarkKind.CONTEXT, CONTEXT.to_data())
FRAME = SegmentRecord("frame", TAPE.host_us, UID, 0, TAPE.frame(0, 10).encode())
BAD = {
    "no JSON": SegmentRecord("mark", 0, UID, 0, b"{"),
    "no mark": SegmentRecord("mark", 0, UID, 0, b"{}"),
    "unknown kind": SegmentRecord(
        "mark", 0, UID, 0, b'{"kind":"dance","uid":1,"index":0,"host_us":0,"data":{}}'
    ),
    "spoilt number": SegmentRecord(
        "mark", 0, UID, 0, b'{"kind":"stop","uid":11e5159,"index":1e999,"host_us":0,"data":{}}'
    ),
    "person without a person": mark(MarkKind.PERSON, {}),
    "place of the wrong form": mark(MarkKind.PLACE, {"placement": "here"}),
    "calibration without a block": mark(MarkKind.CALIBRATION, {}),
    "broken calibration": mark(MarkKind.CALIBRATION, {"block": "00"}),
    "settings of the wrong kind": mark(MarkKind.SETTINGS, {"threshold_n": "x"}),
    "felt without anything": mark(MarkKind.FELT, {}),
    "reassigned to nothing": mark(MarkKind.REASSIGNED, {}),
    "clock without a line": mark(MarkKind.CLOCK, {}),
    "context without anything": mark(MarkKind.CONTEXT, {}),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the journal of `daemon` is."""
    return tmp_path / "journal.db"


async def open_segment(journal: Journal) -> OpenSegment:
    """Return the one open segment."""
    (segment,) = await journal.open_segments()
    return segment


async def written(path: Path, *batches: Batch) -> None:
    """Write batches to a journal and close it."""
    async with await Journal.open(path, window_s=0) as journal:
        for batch in batches:
            await journal.write(batch)


def playing(until: int) -> Live:
    """Return the live side in the middle of a session."""
    tool = live(TAPE).play(TAPE.arrivals((10,), 0, until))
    tool.write()
    return tool


@pytest.mark.parametrize("until", [400, 1000, 2190, 3000])
async def test_the_journal_leads_back_to_where_the_session_stood(path: Path, until: int) -> None:
    tool = playing(until)
    await written(path, *[one.batch for one in tool.written])
    async with await Journal.open(path, window_s=0) as journal:
        pipeline, events = await rebuilt(journal, await open_segment(journal), "home")
    assert pipeline is not None
    assert told(events) == told(tool.events)
    assert pipeline.view == tool.pipeline.view
    for name in ("next_index", "device_us", "calibration", "mask", "now", "idle"):
        assert getattr(pipeline, name) == getattr(tool.pipeline, name), name
    rest = live(TAPE, pipeline=pipeline).play(TAPE.arrivals((10,), until))
    assert told([*events, *rest.events]) == told(live(TAPE).play(TAPE.arrivals()).events)


async def test_what_is_decided_again_is_not_journaled_again(path: Path) -> None:
    tool = playing(1000)
    await written(path, *[one.batch for one in tool.written])
    async with await Journal.open(path, window_s=0) as journal:
        _, events = await rebuilt(journal, await open_segment(journal), "home")
        assert names(events) == ["started", "hold_started"]
        assert await journal.write(Batch(IDENTITY.tool, events=events)) == []


async def test_the_source_of_an_import_is_kept(path: Path) -> None:
    start = SegmentStart(IDENTITY.serial, '{"source": "import"}', 0)
    await written(path, Batch(IDENTITY.tool, start, [BEGINNING, FRAME]))
    async with await Journal.open(path, window_s=0) as journal:
        pipeline, _ = await rebuilt(journal, await open_segment(journal), "home")
    assert pipeline is not None
    assert (pipeline.source, pipeline.identity) == ("import", IDENTITY)


@pytest.mark.parametrize("records", [[], [FRAME], [mark(MarkKind.STOP, {}), FRAME]])
async def test_without_its_beginning_a_segment_leads_nowhere(
    path: Path, records: list[SegmentRecord]
) -> None:
    await written(path, Batch(IDENTITY.tool, START, records))
    async with await Journal.open(path, window_s=0) as journal:
        assert await rebuilt(journal, await open_segment(journal), "home") == (None, [])


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_a_record_that_cannot_be_read_is_a_valueerror(path: Path, bad: SegmentRecord) -> None:
    await written(path, Batch(IDENTITY.tool, START, [BEGINNING, bad, FRAME]))
    async with await Journal.open(path, window_s=0) as journal:
        with pytest.raises(ValueError, match=r"\w"):
            await rebuilt(journal, await open_segment(journal), "home")


@pytest.mark.parametrize("identity", ["{}", "[]", "nothing"])
async def test_a_segment_that_does_not_tell_its_source_is_a_valueerror(
    path: Path, identity: str
) -> None:
    start = SegmentStart(IDENTITY.serial, identity, 0)
    await written(path, Batch(IDENTITY.tool, start, [BEGINNING]))
    async with await Journal.open(path, window_s=0) as journal:
        with pytest.raises(ValueError, match=r"\w"):
            await rebuilt(journal, await open_segment(journal), "home")


async def test_a_frame_that_is_none_is_passed_over(path: Path) -> None:
    junk = SegmentRecord("frame", 0, UID, 0, b"\xff\xff")
    await written(path, Batch(IDENTITY.tool, START, [BEGINNING, junk, FRAME]))
    async with await Journal.open(path, window_s=0) as journal:
        pipeline, _ = await rebuilt(journal, await open_segment(journal), "home")
    assert pipeline is not None
    assert pipeline.next_index == 10


async def test_the_daemon_tells_of_a_bad_record_closes_its_segment_and_starts(
    path: Path, daemon: SmallDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    bad = BAD["person without a person"]
    await written(path, Batch("mat", START, [BEGINNING, bad, FRAME]))
    with caplog.at_level(logging.ERROR):
        await daemon.start(connected=False)
    (told_once,) = [record.getMessage() for record in caplog.records]
    assert told_once == "The open session of mat cannot go on: a mark lacks 'person'."
    await daemon.stop()
    async with await Journal.open(path, window_s=0) as journal:
        assert await journal.open_segments() == []
