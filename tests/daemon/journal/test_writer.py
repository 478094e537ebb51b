"""One thread, one transaction for many requests, and no request harms another."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ql_release.journal import JournalError
from ql_release.journal import writer as writer_module
from ql_release.journal.writer import Writer

LONG_S = 0.5
"""A window that requests made in one breath share on any machine."""


@pytest.fixture
def connection(path: Path) -> sqlite3.Connection:
    """A database with one table, as `database.open_database` would hand it over."""
    opened = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    opened.execute("CREATE TABLE numbers (n INTEGER)")
    return opened


def _insert(n: int) -> Callable[[sqlite3.Connection], None]:
    return lambda db: db.execute("INSERT INTO numbers (n) VALUES (?)", (n,)) and None


def _numbers(db: sqlite3.Connection) -> list[int]:
    return [row[0] for row in db.execute("SELECT n FROM numbers ORDER BY rowid")]


async def test_requests_made_together_share_one_commit(connection: sqlite3.Connection) -> None:
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    writer = Writer(connection, LONG_S)
    await asyncio.gather(*(writer.write(_insert(n)) for n in range(100)))
    assert await writer.read(_numbers) == list(range(100))
    await writer.close()
    assert statements.count("COMMIT") == 1


async def test_a_request_that_fails_takes_no_other_with_it(connection: sqlite3.Connection) -> None:
    writer = Writer(connection, LONG_S)

    def half_done(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO numbers (n) VALUES (-1)")
        raise LookupError("no such thing")

    outcome = await asyncio.gather(
        writer.write(_insert(1)),
        writer.write(half_done),
        writer.write(lambda db: db.execute("INSERT INTO nowhere (n) VALUES (1)")),
        writer.write(_insert(2)),
        return_exceptions=True,
    )
    assert [type(result) for result in outcome] == [
        type(None),
        LookupError,
        JournalError,
        type(None),
    ]
    assert await writer.read(_numbers) == [1, 2]
    await writer.close()


async def test_a_commit_that_fails_is_told_to_everyone_in_it(
    connection: sqlite3.Connection,
) -> None:
    """A deferred foreign key is found broken only by COMMIT, as a full disk may be."""
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("CREATE TABLE parents (n INTEGER PRIMARY KEY)")
    connection.execute(
        "CREATE TABLE children (n INTEGER REFERENCES parents (n) DEFERRABLE INITIALLY DEFERRED)"
    )
    writer = Writer(connection, LONG_S)
    outcome = await asyncio.gather(
        writer.write(_insert(1)),
        writer.write(lambda db: db.execute("INSERT INTO children (n) VALUES (1)")),
        return_exceptions=True,
    )
    assert [type(result) for result in outcome] == [JournalError, JournalError]
    assert await writer.read(_numbers) == []
    await writer.write(_insert(2))
    assert await writer.read(_numbers) == [2]
    await writer.close()


async def test_reading_never_sees_what_is_not_committed(connection: sqlite3.Connection) -> None:
    writer = Writer(connection, LONG_S)
    writing = asyncio.ensure_future(writer.write(_insert(1)))
    await asyncio.sleep(0)
    assert await writer.read(_numbers) == []
    await writing
    assert await writer.read(_numbers) == [1]
    await writer.close()


async def test_giving_up_waiting_does_not_take_a_request_back(
    connection: sqlite3.Connection,
) -> None:
    writer = Writer(connection, LONG_S)
    writing = asyncio.ensure_future(writer.write(_insert(1)))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await writer.write(_insert(2))
    assert await writer.read(_numbers) == [1, 2]
    await writer.close()


async def test_closing_finishes_what_was_asked_for(
    connection: sqlite3.Connection, path: Path
) -> None:
    writer = Writer(connection, LONG_S)
    writing = asyncio.ensure_future(writer.write(_insert(1)))
    await asyncio.sleep(0)
    await writer.close()
    await writing
    again = sqlite3.connect(path)
    assert _numbers(again) == [1]
    again.close()


async def test_closing_does_not_wait_for_a_disk_that_hangs(
    connection: sqlite3.Connection,
) -> None:
    """A stop goes on while the disk still works on a write."""
    hangs = threading.Event()
    writer = Writer(connection)
    stuck = asyncio.create_task(writer.write(lambda _: hangs.wait(60)))
    await asyncio.sleep(0)
    await writer.close(patience_s=0.01)
    assert not stuck.done()
    hangs.set()
    assert await stuck


async def test_whatever_fails_everyone_gets_an_answer(connection: sqlite3.Connection) -> None:
    """And the next request is served."""
    failing = [True]

    def reopen() -> tuple[sqlite3.Connection, JournalError | None]:
        if failing:
            raise RuntimeError("nobody thought of this")
        return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False), None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer_module, "REOPEN_S", 0.0)
        writer = Writer(connection, 0, trouble=JournalError("the disk is full"), reopen=reopen)
        with pytest.raises(JournalError, match="nobody thought of this"):
            await writer.write(_insert(1))
        failing.clear()
        await writer.write(lambda db: db.execute("CREATE TABLE numbers (n INTEGER)") and None)
        await writer.write(_insert(2))
    assert await writer.read(_numbers) == [2]
    await writer.close()
