"""Reading a journal: beside its daemon, after a crash, and what is said of other files."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ql_release.events import HoldStarted
from ql_release.journal import Batch, Journal, JournalError, JournalUnusableError
from ql_release.journal.readonly import reading
from ql_release.journal.schema import APPLICATION_ID

EventFactory = Callable[..., HoldStarted]

WRITER = Path(__file__).parent / "endless_writer.py"
LINES = 40
"""Reports of the writer, ten events each, while it is read."""


def counted(path: Path) -> tuple[int, int, int]:
    """Return how many events and records there are, and the last event's number."""
    with reading(path) as connection:
        events = connection.execute("SELECT count(*), max(seq) FROM events").fetchone()
        records = connection.execute("SELECT count(*) FROM records").fetchone()[0]
    return events[0], records, events[1] or 0


def made(path: Path, *events: HoldStarted) -> Path:
    """Open a journal as a daemon does, journal some events and close it."""

    async def write() -> None:
        async with await Journal.open(path, window_s=0) as journal:
            await journal.write(Batch("mat", events=events))

    asyncio.run(write())
    return path


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the files of a folder with their permissions."""
    return {file.name: (file.read_bytes(), file.stat().st_mode) for file in folder.iterdir()}


def test_a_journal_is_read_while_another_process_writes_it(path: Path) -> None:
    """What is read is one state: an event and its record are there together or not at all."""
    with subprocess.Popen(
        [sys.executable, WRITER, path, "0"], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(LINES):
            safe = int(writer.stdout.readline())
            events, records, last = counted(path)
            assert events == records == last >= safe
        assert writer.poll() is None
        writer.kill()
    # Killed, it has left its log: what it called safe is read out of that.
    before = contents(path.parent)
    assert counted(path)[0] >= safe
    assert contents(path.parent).keys() == before.keys()
    assert contents(path.parent)[path.name] == before[path.name]
    left = counted(path)
    made(path)
    assert counted(path) == left


def test_nothing_is_made_or_changed_where_no_daemon_runs(path: Path) -> None:
    made(path)
    before = contents(path.parent)
    assert list(before) == [path.name]
    assert counted(path) == (0, 0, 0)
    assert contents(path.parent) == before


async def test_it_cannot_be_written(path: Path) -> None:
    async with await Journal.open(path):
        with pytest.raises(JournalUnusableError, match="cannot be read"), reading(path) as db:
            db.execute("DELETE FROM events")
    with pytest.raises(JournalUnusableError, match="cannot be read"), reading(path) as db:
        db.execute("DELETE FROM events")


async def test_a_reader_keeps_no_daemon_from_starting_writing_and_stopping(
    path: Path, event: EventFactory
) -> None:
    async with await Journal.open(path, window_s=0) as journal:
        await journal.write(Batch("mat", events=[event(1)]))
        with reading(path) as before:
            await journal.write(Batch("mat", events=[event(2)]))
            await journal.close()
            async with await Journal.open(path, window_s=0) as again:
                await again.write(Batch("mat", events=[event(3)]))
            assert before.execute("SELECT count(*) FROM events").fetchone() == (1,)
    assert counted(path)[0] == 3


async def test_a_person_is_erased_while_somebody_reads(path: Path, event: EventFactory) -> None:
    async with await Journal.open(path, window_s=0) as journal:
        await journal.write(Batch("mat", events=[event(1, person="ann")]))
        with reading(path) as before:
            assert (await journal.erase("ann")).events == 1
            assert before.execute("SELECT count(*) FROM events").fetchone() == (1,)
        assert counted(path)[0] == 0


def test_what_a_daemon_did_meanwhile_to_a_file_it_was_not_using_is_told(
    path: Path, event: EventFactory
) -> None:
    made(path)

    def read() -> None:
        with reading(path) as connection:
            assert connection.execute("SELECT count(*) FROM events").fetchone() == (0,)
            made(path, event(1))

    with pytest.raises(JournalError, match="changed while it was read: do it again"):
        read()
    assert counted(path)[0] == 1


def refused(path: Path, words: str) -> None:
    """Check that reading fails with these words and the file's name, and changes nothing."""
    before = contents(path.parent)
    with pytest.raises(JournalUnusableError, match=words) as caught, reading(path):
        pass
    assert str(path) in str(caught.value)
    assert contents(path.parent) == before


def database(path: Path, *statements: str) -> Path:
    """Make an SQLite file."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def test_a_missing_file_is_not_made(path: Path) -> None:
    refused(path, "there is no journal .*: name another with --journal or journal.path")


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(JournalUnusableError, match="it is no file"), reading(tmp_path / "folder"):
        pass


def test_an_empty_file_is_no_journal_yet(path: Path) -> None:
    path.touch()
    refused(path, "it is empty: let the daemon write to it first")


def test_a_text_is_no_journal(path: Path) -> None:
    path.write_bytes(b"dear diary, today I lay on the mat " * 100)
    refused(path, "it is no journal: name another")


def test_another_programs_file_is_refused(path: Path) -> None:
    refused(database(path, "CREATE TABLE recipes (name TEXT)"), "another program")


def test_a_newer_form_is_refused(path: Path) -> None:
    marks = (f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = 99")
    refused(database(path, *marks, "CREATE TABLE events (x)"), r"newer version \(form 99")


def test_an_older_form_is_not_migrated(path: Path) -> None:
    marks = (f"PRAGMA application_id = {APPLICATION_ID}", "CREATE TABLE events (x)")
    refused(database(path, *marks), "older version .*: start this version's daemon on it once")


def test_a_damaged_file_is_told(path: Path, event: EventFactory) -> None:
    made(path, *(event(n) for n in range(200)))
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
    before = contents(path.parent)
    with (
        pytest.raises(JournalUnusableError, match="it is damaged: name another"),
        reading(path) as connection,
    ):
        connection.execute("SELECT body FROM events").fetchall()
    assert contents(path.parent) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_somebody_else_is_told_as_whom_to_read_it(path: Path) -> None:
    made(path)
    path.chmod(0)
    with pytest.raises(JournalUnusableError, match="as the user that runs"), reading(path):
        pass
