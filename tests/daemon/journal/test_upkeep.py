"""A journal stays small, and loses nothing by it that must be kept."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from live_bench import HandClock

from ql_release.events import Felt, HoldStarted, SessionStarted
from ql_release.journal import (
    Batch,
    FinishedSession,
    Journal,
    Limits,
    SegmentRecord,
    SegmentStart,
    upkeep,
)
from ql_release.journal.archive import session_events
from ql_release.journal.chunks import RECORDS_IN_CHUNK, pack, unpack
from ql_release.journal.journal import UPKEEP_S
from ql_release.journal.upkeep import CHUNKS_AT_ONCE, WALK_EVERY, Upkeep
from ql_release.payloads.base import rfc3339

RecordFactory = Callable[..., SegmentRecord]

DAY_US = 24 * 3600 * 1_000_000
START_US = 1_790_000_000_000_000
FOR_EVER = Limits(keep_us=2**60, keep_bytes=2**60, frames_us=2**60, frames_bytes=2**60)
FREE_PAGES = 512
"""Pages that a test's journal need not give back."""
FRAMES = RECORDS_IN_CHUNK + 10
"""Records of a test's session: two chunks."""


def _id(day: int, n: int) -> str:
    return f"{day:08x}{n:024x}"


def _event(model: type[Any], day: int, n: int, **fields: Any) -> Any:
    """Make the n-th event of the session of a day."""
    moment = rfc3339(START_US + day * DAY_US + n)
    given = {
        "id": _id(day, n),
        "bridge": "pi",
        "tool": "mat",
        "at": moment,
        "decided_at": moment,
        "session": _id(day, 0),
        "person": None,
        "placement": None,
    }
    return model.model_validate(given | fields)


async def _session(journal: Journal, day: int, *, sent: bool = True, close: bool = True) -> None:
    """Journal a day's session: two events, its frames and its summary."""
    opened_us = START_US + day * DAY_US
    records = [
        SegmentRecord("frame", opened_us + n, 7, n * 10, f"frame {n} of {day}".encode())
        for n in range(FRAMES)
    ]
    stored = await journal.write(
        Batch(
            "mat",
            open_segment=SegmentStart(b"\1\2\3\4\5\6\7\x08", '{"source": "tool"}', opened_us),
            records=records,
            events=[_event(SessionStarted, day, 0), _event(HoldStarted, day, 1)],
            summary=FinishedSession(_id(day, 0), None, opened_us, b"{}") if close else None,
            close_segment=close,
        )
    )
    if sent:
        await journal.sent([one.seq for one in stored])


async def _felt(journal: Journal, day: int) -> None:
    answer = _event(Felt, day, 9, release=_id(day, 5), felt=False)
    [stored] = await journal.write(Batch("mat", events=[answer]))
    await journal.sent([stored.seq])


async def _tidy(journal: Journal, limits: Limits, *, today: int = 10_000) -> int:
    """Do all there is to do; return in how many steps."""
    tidying, steps = Upkeep(limits), 0
    now_us = START_US + today * DAY_US
    while await journal._tidy(tidying, now_us):
        steps += 1
    return steps


async def _days_with(journal: Journal, table: str, column: str) -> list[int]:
    """Return the days of which a table has something."""
    names = await journal._writer.read(
        lambda db: db.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()  # noqa: S608
    )
    return sorted({int(name[:8], 16) for (name,) in names})


async def _days_with_frames(journal: Journal) -> list[int]:
    opened = await journal._writer.read(
        lambda db: db.execute("SELECT opened_us FROM segments ORDER BY id").fetchall()
    )
    return [(opened_us - START_US) // DAY_US for (opened_us,) in opened]


async def _count(journal: Journal, table: str) -> int:
    count: int = await journal._writer.read(
        lambda db: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    )
    return count


def test_a_chunk_holds_records_of_every_kind_whole(record: RecordFactory) -> None:
    records = [record(0), record(1, "mark", 0), record(2, uid=2**63), replace(record(3), data=b"")]
    assert unpack(pack(records)) == records


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-5], lambda c: c[:9] + b"x" + c[10:], lambda _: b""]
)
def test_a_damaged_chunk_is_told(record: RecordFactory, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ValueError, match="chunk of frames is damaged"):
        unpack(damage(pack([record(n) for n in range(20)])))


# Compressing


async def test_a_closed_segments_frames_are_compressed_and_read_as_before(
    journal: Journal,
) -> None:
    await _session(journal, 1)
    before = [one async for one in journal.segment_records(1)]
    assert await _tidy(journal, FOR_EVER) == 3  # two chunks, and that they are all
    assert (await _count(journal, "records"), await _count(journal, "chunks")) == (0, 2)
    assert [one async for one in journal.segment_records(1)] == before
    assert await _tidy(journal, FOR_EVER) == 0


async def test_a_half_compressed_segment_is_read_whole(journal: Journal) -> None:
    await _session(journal, 1)
    before = [one async for one in journal.segment_records(1)]
    assert await journal._tidy(Upkeep(FOR_EVER), START_US)
    assert await _count(journal, "chunks") == 1
    assert [one async for one in journal.segment_records(1)] == before


async def test_an_open_segment_is_left_alone(journal: Journal) -> None:
    await _session(journal, 1, close=False)
    assert await _tidy(journal, FOR_EVER) == 0
    assert await _count(journal, "records") == FRAMES


async def test_segments_of_tools_at_the_same_time_are_not_mixed_up(
    journal: Journal, segment: SegmentStart, record: RecordFactory
) -> None:
    """Their rows lie among each other's, and numbers of rows are given again."""
    for tool in ("mat", "ball"):
        await journal.write(Batch(tool, open_segment=segment))
    for n in range(0, 3 * RECORDS_IN_CHUNK, 16):
        for first, tool in enumerate(("ball", "mat")):
            of_tool = [record(n + step) for step in range(first, 16, 2)]
            await journal.write(Batch(tool, records=of_tool))
    for tool in ("mat", "ball"):
        await journal.write(Batch(tool, close_segment=True))
    await _tidy(journal, FOR_EVER)
    await journal.write(Batch("mat", open_segment=segment, records=[record(n) for n in range(300)]))
    await journal.write(Batch("mat", close_segment=True))
    await _tidy(journal, FOR_EVER)
    indices = [[one.index async for one in journal.segment_records(n)] for n in (1, 2, 3)]
    assert indices[0] == [n * 10 for n in range(1, 3 * RECORDS_IN_CHUNK, 2)]
    assert indices[1] == [n * 10 for n in range(0, 3 * RECORDS_IN_CHUNK, 2)]
    assert indices[2] == [n * 10 for n in range(300)]


async def test_nothing_is_tidied_while_something_waits_to_be_written(path: Path) -> None:
    async with await Journal.open(path, window_s=0.2) as journal:
        await _session(journal, 1)
        writing = asyncio.ensure_future(journal.put_document("x", b"1"))
        await asyncio.sleep(0)
        assert await journal._tidy(Upkeep(FOR_EVER), START_US)
        assert await _count(journal, "chunks") == 0
        await writing


# Limits


async def test_old_frames_go_and_their_events_stay(journal: Journal) -> None:
    for day in (1, 50, 100):
        await _session(journal, day)
    await _tidy(journal, replace(FOR_EVER, frames_us=60 * DAY_US))
    assert await _days_with_frames(journal) == [50, 100]
    assert await _days_with(journal, "events", "id") == [1, 50, 100]
    assert await _count(journal, "chunks") == 4


async def test_too_many_frames_go_oldest_first(journal: Journal) -> None:
    for day in range(1, 6):
        await _session(journal, day)
    await _tidy(journal, FOR_EVER)
    [(size,)] = await journal._writer.read(
        lambda db: db.execute("SELECT DISTINCT bytes FROM segments").fetchall()
    )
    await _tidy(journal, replace(FOR_EVER, frames_bytes=2 * size))
    assert await _days_with_frames(journal) == [4, 5]


async def test_frames_of_a_labelled_session_are_kept_beside_the_limit(journal: Journal) -> None:
    for day in range(1, 6):
        await _session(journal, day)
    await _felt(journal, 2)
    await _tidy(journal, replace(FOR_EVER, frames_bytes=0))
    assert await _days_with_frames(journal) == [2]
    await _tidy(journal, replace(FOR_EVER, frames_us=0))
    assert await _days_with_frames(journal) == [2]


async def test_a_long_segment_leaves_in_small_steps(
    journal: Journal, path: Path, segment: SegmentStart, record: RecordFactory
) -> None:
    chunks = 2 * CHUNKS_AT_ONCE + 1
    records = [record(n) for n in range(chunks * RECORDS_IN_CHUNK)]
    await journal.write(
        Batch("mat", open_segment=segment, records=records, events=[_event(SessionStarted, 0, 0)])
    )
    await journal.write(Batch("mat", close_segment=True))
    await _tidy(journal, FOR_EVER)
    tidying = Upkeep(replace(FOR_EVER, frames_bytes=0))
    left = []
    while await journal._tidy(tidying, 0):
        left.append(await _count(journal, "chunks"))
    assert left == [chunks, chunks - CHUNKS_AT_ONCE, 1, 0]
    assert await _days_with_frames(journal) == []
    assert len(session_events(path, _id(0, 0))) == 1


async def test_old_events_and_sessions_go(journal: Journal) -> None:
    for day in (1, 50, 100):
        await _session(journal, day)
    await _tidy(journal, replace(FOR_EVER, keep_us=60 * DAY_US))
    assert await _days_with(journal, "events", "id") == [50, 100]
    assert await _days_with(journal, "sessions", "id") == [50, 100]
    page = await journal.history()
    assert (page.oldest_seq, len(page.events)) == (3, 4)


async def test_what_is_unsent_open_or_labelled_is_never_dropped(journal: Journal) -> None:
    await _session(journal, 1, sent=False)
    await _session(journal, 2)
    await _session(journal, 3)
    await _felt(journal, 3)
    await _session(journal, 4, close=False)
    nothing = Limits(keep_us=0, keep_bytes=0, frames_us=0, frames_bytes=0)
    await _tidy(journal, nothing)
    assert await _days_with(journal, "events", "id") == [1, 3, 4]
    assert await journal.outbox_depth() == 2
    assert await _days_with(journal, "sessions", "id") == [1, 3]
    assert await _days_with_frames(journal) == [3, 4]


async def test_too_many_events_go_oldest_first_until_the_rest_fits(journal: Journal) -> None:
    many = [_event(HoldStarted, 1, n, session=None) for n in range(5000)]
    stored = await journal.write(Batch("mat", events=many))
    await journal.sent([one.seq for one in stored])
    await _tidy(journal, replace(FOR_EVER, keep_bytes=1_000_000))
    kept = [n for (n,) in await journal._writer.read(_seqs)]
    assert kept[-1] == 5000
    assert kept == list(range(kept[0], 5001))
    assert 1000 < len(kept) < 3000


def _seqs(db: sqlite3.Connection) -> list[tuple[int]]:
    return db.execute("SELECT seq FROM events ORDER BY seq").fetchall()


async def test_a_tools_last_session_is_remembered_whatever_its_age(journal: Journal) -> None:
    await _session(journal, 1)
    await journal.write(Batch("ball", events=[_event(HoldStarted, 100, 0, session=None)]))
    await _tidy(journal, replace(FOR_EVER, keep_us=DAY_US))
    assert await _days_with(journal, "events", "id") == [100]
    assert await journal.last_session("mat") == b"{}"


async def test_numbers_of_dropped_events_are_not_given_again(journal: Journal) -> None:
    await _session(journal, 1)
    await _tidy(journal, replace(FOR_EVER, keep_bytes=0))
    assert await _count(journal, "events") == 0
    [stored] = await journal.write(Batch("mat", events=[_event(HoldStarted, 2, 0)]))
    assert stored.seq == 3


async def test_a_clock_that_is_set_wrong_makes_nothing_old(journal: Journal) -> None:
    """Neither one that is years ahead, nor dates from before the clock was set at all."""
    await _session(journal, 10_000)
    await _session(journal, 0)
    await _session(journal, 10_001)
    limits = replace(FOR_EVER, keep_us=60 * DAY_US, frames_us=60 * DAY_US)
    await _tidy(journal, limits, today=1_000_000)
    assert len(await _days_with_frames(journal)) == 3
    assert await _count(journal, "events") == 6


# The file


async def test_free_pages_are_used_again_and_many_are_given_back(
    journal: Journal, path: Path, segment: SegmentStart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "FREE_PAGES", FREE_PAGES)
    size = FREE_PAGES * 4096 * 2
    records = [SegmentRecord("frame", n, 1, n, bytes(60_000)) for n in range(size // 60_000)]
    await journal.write(Batch("mat", open_segment=segment, records=records))
    await journal.write(Batch("mat", close_segment=True))
    await _fold(journal)
    full = _size(path)
    await _tidy(journal, FOR_EVER)  # zeros: next to nothing is left of them
    await _fold(journal)
    small = _size(path)
    assert full > size
    assert small < FREE_PAGES * 4096 * 1.1
    await journal.write(Batch("mat", open_segment=segment, records=records[:10]))
    await _fold(journal)
    assert _size(path) == small


def _size(path: Path) -> int:
    return path.stat().st_size


async def _fold(journal: Journal) -> None:
    await journal._writer.read(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())


async def test_a_journal_that_is_in_order_is_not_written_to(journal: Journal, path: Path) -> None:
    await _session(journal, 1)
    await _tidy(journal, FOR_EVER)
    await _fold(journal)
    log = path.with_name(f"{path.name}-wal")
    clock = HandClock()
    keeping = asyncio.create_task(journal.keep_up(clock, FOR_EVER))
    for _ in range(2 * WALK_EVERY):
        await _a_round(journal, clock)
    keeping.cancel()
    assert log.stat().st_size == 0


async def _a_round(journal: Journal, clock: HandClock) -> None:
    for _ in range(3):
        await asyncio.sleep(0)
    await _count(journal, "events")  # after the upkeep's own look
    await asyncio.sleep(0)
    await clock.turn(UPKEEP_S)


async def test_it_goes_on_by_itself_as_time_goes_by(journal: Journal) -> None:
    clock = HandClock()
    keeping = asyncio.create_task(journal.keep_up(clock, FOR_EVER))
    await _a_round(journal, clock)
    await _session(journal, 1)
    while await _count(journal, "records"):
        await _a_round(journal, clock)
    keeping.cancel()
    assert await _count(journal, "chunks") == 2
