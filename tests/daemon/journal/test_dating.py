"""What was journaled before the time was known: held back, then dated."""

import json
import sqlite3
from collections.abc import Callable

from ql_release.events import HoldStarted, rfc3339, unix_us
from ql_release.journal import (
    Batch,
    FinishedSession,
    Journal,
    Limits,
    SegmentRecord,
    SegmentStart,
)
from ql_release.journal.frames import whole_segment
from ql_release.journal.upkeep import Upkeep
from ql_release.marks import Mark, MarkKind

EventFactory = Callable[..., HoldStarted]

SHIFT_US = 1_800_000_000_000_000
COUNTED = rfc3339(60_000_000)
DATED = rfc3339(60_000_000 + SHIFT_US)
UID = 7


def line(host_us: int) -> dict[str, object]:
    return {"device_us": 1, "host_us": host_us, "ppm": 0.0}


async def test_what_has_no_date_holds_up_all_that_comes_after(
    journal: Journal, event: EventFactory
) -> None:
    before, counted, after = (event(number) for number in range(3))
    counted = counted.model_copy(update={"at": COUNTED, "decided_at": COUNTED})
    await journal.write(Batch("mat", events=[before, counted, after]))
    assert [one.id for one in await journal.unsent(10)] == [before.id]
    page = await journal.history()
    assert ([json.loads(one)["id"] for one in page.events], page.more) == ([before.id], False)
    assert page.next_seq == 1
    assert await journal.newest_count() == 60_000_000
    await journal.give_dates(SHIFT_US, 0)
    events = await journal.unsent(10)
    assert [one.seq for one in events] == [1, 2, 3]
    told = json.loads(events[1].body)
    assert (told["at"], told["decided_at"]) == (DATED, DATED)
    assert events[1].decided_us == unix_us(DATED)
    assert [events[0].id, events[2].id] == [before.id, after.id]
    assert await journal.newest_count() is None


async def test_dates_are_given_once(journal: Journal, event: EventFactory) -> None:
    counted = event(0).model_copy(update={"at": COUNTED, "decided_at": COUNTED})
    await journal.write(Batch("mat", events=[counted]))
    for _ in range(2):
        await journal.give_dates(SHIFT_US, 120_000_000)
    (stored,) = await journal.unsent(10)
    assert json.loads(stored.body)["at"] == DATED
    assert json.loads(stored.body)["time"] == "estimated"


async def test_a_segment_and_its_summary_are_dated_too(journal: Journal) -> None:
    context = Mark(MarkKind.CONTEXT, UID, 0, 5, {"clock": line(4), "person": None})
    clock = Mark(MarkKind.CLOCK, UID, 9, 7, line(6))
    other = Mark(MarkKind.PERSON, UID, 9, 8, {"person": "p1"})
    frame = SegmentRecord("frame", 8, UID, 9, b"\x11")
    records = [_stored(context), _stored(clock), frame, _stored(other)]
    start = SegmentStart(b"\0" * 8, json.dumps({"source": "tool"}), 5)
    summary = FinishedSession("s", None, 9, json.dumps({"ended_at": COUNTED, "holds": 2}).encode())
    await journal.write(Batch("mat", open_segment=start, records=records, summary=summary))
    await journal.give_dates(SHIFT_US, 0)
    (segment,) = await journal.open_segments()
    assert segment.opened_us == SHIFT_US + 5
    dated = [record async for record in journal.segment_records(segment.id)]
    assert [record.host_us - SHIFT_US for record in dated] == [5, 7, 8, 8]
    marks = [Mark.from_json(record.data) for record in dated if record.kind == "mark"]
    assert [mark.host_us - SHIFT_US for mark in marks] == [5, 7, 8]
    assert marks[0].data["clock"]["host_us"] == SHIFT_US + 4
    assert marks[1].data["host_us"] == SHIFT_US + 6
    assert marks[2].data == {"person": "p1"}
    assert json.loads(await journal.last_session("mat") or b"") == {"ended_at": DATED, "holds": 2}


def _stored(mark: Mark) -> SegmentRecord:
    return SegmentRecord("mark", mark.host_us, UID, mark.index, mark.to_json())


async def test_a_segment_is_compressed_only_once_it_is_dated(journal: Journal) -> None:
    """In a chunk its marks and frames would keep the times that were counted."""
    limits = Limits(keep_us=2**60, keep_bytes=2**60, frames_us=2**60, frames_bytes=2**60)
    frame = SegmentRecord("frame", 9, UID, 0, b"\x11")
    start = SegmentStart(b"\0" * 8, json.dumps({"source": "tool"}), 5)
    await journal.write(Batch("mat", open_segment=start, records=[frame], close_segment=True))
    upkeep = Upkeep(limits)
    assert not await journal._tidy(upkeep, 60_000_000)
    await journal.give_dates(SHIFT_US, 0)
    while await journal._tidy(upkeep, SHIFT_US + 60_000_000):
        pass
    assert await journal._writer.read(_count_of_chunks) == 1
    (record,) = await journal._writer.read(lambda db: list(whole_segment(db, 1)))
    assert record.host_us == 9 + SHIFT_US


def _count_of_chunks(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM chunks").fetchone()[0])
