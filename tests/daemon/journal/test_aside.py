"""A damaged journal is set aside under a telling name, once, and told of."""

import asyncio
import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ql_release.events import HoldStarted
from ql_release.journal import (
    Batch,
    Journal,
    JournalUnusableError,
    SegmentRecord,
    SegmentStart,
    aside,
    database,
    writeahead,
)
from ql_release.journal import writer as writer_module
from ql_release.journal.checking import log_of
from ql_release.journal.errors import DiskTroubleError

EventFactory = Callable[..., HoldStarted]
RecordFactory = Callable[..., SegmentRecord]
PAGE = 4096
EVENTS = 40


async def _write(path: Path, event: EventFactory, first: int = 0) -> list[str]:
    """Journal some events, of which the first half is sent; return the ids of the others."""
    async with await Journal.open(path, window_s=0) as journal:
        events = [event(first + n) for n in range(EVENTS)]
        stored = await journal.write(Batch("mat", events=events))
        await journal.sent(one.seq for one in stored[: EVENTS // 2])
        return [one.id for one in stored[EVENTS // 2 :]]


def _overwrite(path: Path, page: int, garbage: bytes = b"\xa5" * PAGE) -> None:
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(garbage)


def _root(path: Path, name: str) -> int:
    """Return at which page, counted from 0, a table or index begins."""
    connection = sqlite3.connect(path)
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
    ).fetchone()
    connection.close()
    return int(page) - 1


def _files(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()}


def _damage(path: Path) -> None:
    """Damage an index: no row is lost by it."""
    _overwrite(path, _root(path, "events_by_session"))


async def test_it_is_kept_as_it_was_and_a_new_one_goes_on(
    path: Path, event: EventFactory, caplog: pytest.LogCaptureFixture
) -> None:
    unsent = await _write(path, event)
    async with await Journal.open(path) as before:
        epoch = before.epoch
    _damage(path)
    damaged = _read(path)
    async with await Journal.open(path) as journal:
        assert journal.epoch != epoch
        assert [one.id for one in await journal.unsent(100)] == unsent
        assert [one.seq for one in await journal.unsent(1)] == [EVENTS // 2 + 1]
        assert len((await journal.history()).events) == EVENTS
        (problem,) = journal.problems
    assert problem.startswith(f"the journal {path} was damaged (")
    assert "kept as journal-damaged-1.db, and a new one was begun with the 40 events" in problem
    assert _read(path.with_name("journal-damaged-1.db")) == damaged
    assert oct(path.stat().st_mode & 0o777) == "0o600"  # noqa: ASYNC240
    told = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.getMessage() for record in told] == [f"T{problem[1:]}."]
    async with await Journal.open(path) as again:
        assert again.problems == []


def _read(path: Path) -> bytes:
    return path.read_bytes()


async def test_what_was_only_in_the_log_is_rescued(
    path: Path, tmp_path: Path, event: EventFactory
) -> None:
    there = tmp_path / "crashed" / "journal.db"
    await _write(path, event)
    _overwrite(path, _root(path, "replies_by_age"))
    shutil.copytree(path.parent, there.parent, ignore=shutil.ignore_patterns("crashed"))
    connection = sqlite3.connect(there, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("INSERT INTO documents VALUES ('tool/mat', CAST('{}' AS BLOB))")
    log = log_of(there)
    shutil.copy(log, log.with_name("kept"))
    connection.close()
    log.with_name("kept").rename(log)
    async with await Journal.open(there) as journal:
        assert await journal.documents() == {"tool/mat": b"{}"}
        assert len(journal.problems) == 1


async def test_each_gets_a_name_of_its_own_up_to_a_bound(path: Path, event: EventFactory) -> None:
    for n in range(aside.MOST_ASIDE + 2):
        await _write(path, event, n * EVENTS)
        _damage(path)
    async with await Journal.open(path) as journal:
        assert len((await journal.history()).events) == 200
        assert await journal.outbox_depth() == (aside.MOST_ASIDE + 2) * EVENTS // 2
    kept = {name for name in _files(path) if "damaged" in name}
    assert kept == {f"journal-damaged-{n + 1}.db" for n in range(aside.MOST_ASIDE)}


@pytest.mark.parametrize("renames", range(3))
async def test_a_power_cut_while_it_is_set_aside_loses_nothing(
    path: Path, event: EventFactory, renames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsent = await _write(path, event)
    _damage(path)
    log_of(path).write_bytes(b"an old log")
    done = 0
    replace = Path.replace

    def cut(self: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done > renames:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            database.open_database(path)
    async with await Journal.open(path) as journal:
        assert [one.id for one in await journal.unsent(100)] == unsent
    assert not {name for name in _files(path) if "rescue" in name}
    assert "journal-damaged-1.db" in _files(path)


async def test_events_of_which_nobody_knows_if_they_were_sent_are_sent(
    path: Path, event: EventFactory
) -> None:
    await _write(path, event)
    _overwrite(path, _root(path, "outbox"))
    async with await Journal.open(path) as journal:
        assert await journal.outbox_depth() == EVENTS


async def test_an_open_session_can_still_be_rebuilt(
    path: Path, segment: SegmentStart, record: RecordFactory
) -> None:
    records = [record(n) for n in range(50)]
    async with await Journal.open(path) as journal:
        await journal.write(Batch("mat", open_segment=segment, records=records))
    _damage(path)
    async with await Journal.open(path) as journal:
        (open_,) = await journal.open_segments()
        assert (open_.tool, open_.serial, open_.opened_us) == (
            "mat",
            segment.serial,
            segment.opened_us,
        )
        assert [one async for one in journal.segment_records(open_.id)] == records
        await journal.write(Batch("mat", records=[record(50)], close_segment=True))


@pytest.mark.parametrize("form", [1])
async def test_a_damaged_file_of_an_older_form_is_rescued(
    path: Path, event: EventFactory, form: int
) -> None:
    unsent = await _write(path, event)
    connection = sqlite3.connect(path)
    for statement in (
        "DROP TABLE chunks",
        "DROP TABLE segment_sessions",
        "DROP INDEX labelled_sessions",
        "ALTER TABLE segments DROP COLUMN stage",
        "ALTER TABLE segments DROP COLUMN bytes",
        "INSERT INTO segments (tool, serial, identity, opened_us) VALUES ('mat', x'01', '{}', 1)",
        f"PRAGMA user_version = {form}",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()
    _damage(path)
    async with await Journal.open(path) as journal:
        assert [one.id for one in await journal.unsent(100)] == unsent
        assert len(await journal.open_segments()) == 1
        assert len(journal.problems) == 1


# What is set aside, and what is not


async def test_commits_lost_in_the_middle_of_the_log_make_a_new_epoch(
    path: Path, tmp_path: Path, event: EventFactory
) -> None:
    """Otherwise their numbers would be given to others."""
    there = tmp_path / "crashed" / "journal.db"
    async with await Journal.open(path, window_s=0) as journal:
        for n in range(10):
            await journal.write(Batch("mat", events=[event(n)]))
        epoch = journal.epoch
        shutil.copytree(path.parent, there.parent, ignore=shutil.ignore_patterns("crashed", "*shm"))
    log = log_of(there)
    frames = (_size(log) - 32) // (PAGE + 24)
    _overwrite_at(log, 32 + (frames - 12) * (PAGE + 24) + 100)
    assert writeahead.lost_commits(log)
    async with await Journal.open(there) as journal:
        assert journal.epoch != epoch
        assert "its log is damaged" in journal.problems[0]
        assert 0 < await journal.outbox_depth() < 10


def _size(path: Path) -> int:
    return path.stat().st_size


def _overwrite_at(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"\xa5" * 50)


@pytest.mark.parametrize("cut", [0, 10, 32, 500, -1, -4000, -5000])
async def test_a_log_that_ends_in_a_power_cut_is_no_damage(
    path: Path, tmp_path: Path, event: EventFactory, cut: int
) -> None:
    there = tmp_path / "crashed" / "journal.db"
    async with await Journal.open(path, window_s=0) as journal:
        await journal.write(Batch("mat", events=[event(1)]))
    async with await Journal.open(path, window_s=0) as journal:
        for n in range(2, 6):
            await journal.write(Batch("mat", events=[event(n)]))
        shutil.copytree(path.parent, there.parent, ignore=shutil.ignore_patterns("crashed", "*shm"))
        epoch = journal.epoch
    os.truncate(log_of(there), cut if cut >= 0 else _size(log_of(there)) + cut)
    async with await Journal.open(there) as journal:
        assert (journal.epoch, journal.problems) == (epoch, [])
        assert await journal.outbox_depth() == (1 if cut >= 0 else 4)


@pytest.mark.parametrize(
    ("offset", "garbage"),
    [
        (0, bytes(100)),
        (0, bytes(PAGE)),
        (0, b"\xa5" * PAGE),
        (0, b"dear diary " * 372),
        (60, b"\xa5" * 4),
        (60, bytes(4)),
        (68, b"\xa5" * 4),
        (18, b"\x07"),
        (16, b"\x07\x07"),
        (100, b"\xa5" * 3996),
    ],
    ids=[
        "no header",
        "zeros",
        "noise",
        "text",
        "form",
        "no form",
        "owner",
        "write version",
        "page size",
        "tables",
    ],
)
async def test_a_damaged_first_page_is_damage(
    path: Path, event: EventFactory, offset: int, garbage: bytes
) -> None:
    await _write(path, event)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(garbage)
    async with await Journal.open(path) as journal:
        assert len(journal.problems) == 1
        assert len(await journal.write(Batch("mat", events=[event(1000)]))) == 1


@pytest.mark.parametrize("damage", [lambda p: _overwrite(p, 1), lambda p: os.truncate(p, 5000)])
async def test_another_programs_damaged_database_is_left_alone(
    path: Path, damage: Callable[[Path], None]
) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.executemany("INSERT INTO recipes VALUES (?)", [("soup" * 100,)] * 100)
    connection.commit()
    connection.close()
    damage(path)
    before = _read(path)
    with pytest.raises(JournalUnusableError, match=r"another program|not a database"):
        await Journal.open(path)
    assert (_files(path), _read(path)) == ({path.name}, before)


# While it runs


async def test_a_large_file_is_checked_beside_the_daemon(
    path: Path, event: EventFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsent = await _write(path, event)
    _damage(path)
    monkeypatch.setattr(database, "CHECK_AT_ONCE_BYTES", 0)
    async with await Journal.open(path) as journal:
        assert [one.id for one in await journal.unsent(100)] == unsent
        assert await journal.damaged()
    assert f"{path.name}-suspect" in _files(path)
    async with await Journal.open(path) as journal:
        assert [one.id for one in await journal.unsent(100)] == unsent
        assert len(journal.problems) == 1
    assert f"{path.name}-suspect" not in _files(path)


async def test_a_large_sound_file_is_found_sound(
    path: Path, event: EventFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _write(path, event)
    monkeypatch.setattr(database, "CHECK_AT_ONCE_BYTES", 0)
    async with await Journal.open(path) as journal:
        damaged = asyncio.create_task(journal.damaged())
        await journal.write(Batch("mat", events=[event(1000)]))
        assert not damaged.done()
        damaged.cancel()
    assert {name for name in _files(path) if "suspect" in name} == set()


async def test_damage_that_is_met_in_use_is_told_and_mended_by_the_next_start(
    path: Path, event: EventFactory
) -> None:
    unsent = await _write(path, event)
    async with await Journal.open(path, window_s=0) as journal:
        _overwrite(path, _root(path, "events"))
        # What it has in memory of the page is let go.
        await journal._writer.read(lambda db: db.execute("PRAGMA shrink_memory").fetchall())
        with pytest.raises(Exception, match="damaged"):
            await journal.history()
        assert "malformed" in await journal.damaged()
    async with await Journal.open(path) as journal:
        assert len(journal.problems) == 1
        assert await journal.outbox_depth() <= len(unsent)
        await journal.write(Batch("mat", events=[event(1000)]))


async def test_a_disk_that_does_not_let_it_be_finished_is_waited_for(
    path: Path, event: EventFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "REOPEN_S", 0.0)
    await _write(path, event)
    shutil.copy(path, path.with_name(f"{path.name}-rescued"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _read_only)
        journal = await Journal.open(path, window_s=0)
        assert "read-only" in journal.problems[0]
        for _ in range(2):
            with pytest.raises(DiskTroubleError, match="read-only"):
                await journal.put_document("a", b"b")
    await journal.put_document("a", b"b")
    assert journal.problems == []
    await journal.close()


def _read_only(self: Path, _target: Path) -> Path:
    raise OSError(errno.EROFS, "Read-only file system", str(self))
