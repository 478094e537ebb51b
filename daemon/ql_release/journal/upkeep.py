"""What keeps a journal small.

Frames are compressed, what is old or too much goes, and room is given back to the disk.

All of it in steps that are short (`chunks.RECORDS_IN_CHUNK`), one when nothing else is asked of
the writer: a commit of live data waits for one step at most. What a step does is found out
without writing, so that a journal that has nothing to tidy is not written to.

Ages are counted back from the newest of what is journaled or from now, whichever is earlier: a
clock that is set wrong for a while makes nothing old. They are looked at in the order of
journaling, and the first that is young enough ends it: what was dated before the clock was set
goes with its neighbours.
"""

import sqlite3
from collections.abc import Callable

from ql_release.journal.chunks import RECORDS_IN_CHUNK, pack
from ql_release.journal.frames import rows_after
from ql_release.journal.limits import Limits
from ql_release.journal.schema import Stage
from ql_release.provisional import FIRST_DATE_US, is_date

EVENTS_AT_ONCE = 256
"""Events looked at in a step: about 130 kB of the file."""
CHUNKS_AT_ONCE = 16
"""Chunks dropped in a step: about 0.7 MB of the file."""
PAGES_AT_ONCE = 64
"""Pages given back in a step: at most as many are moved there."""
FREE_PAGES = 4096
"""Free pages that are not given back, 16 MB: they are used again by what comes."""
WALK_EVERY = 60
"""One round in so many also looks through the events: of what is kept long, few grow old."""
OVERFLOW_BYTES = 4092
"""What a page of 4096 bytes holds of a blob."""
PAGE_BYTES = 4096

_INCREMENTAL = 2

_LABELLED = """EXISTS (
    SELECT 1 FROM segment_sessions AS whose JOIN events AS label ON label.session = whose.session
    WHERE whose.segment = segments.id AND label.type = 'felt')"""

_DROP_EVENTS = """
DELETE FROM events WHERE seq > ? AND seq <= ?
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.seq = events.seq)
    AND NOT EXISTS (
        SELECT 1 FROM events AS label WHERE label.session = events.session AND label.type = 'felt')
    AND NOT EXISTS (
        SELECT 1 FROM segment_sessions AS whose JOIN segments ON segments.id = whose.segment
        WHERE whose.session = events.session AND segments.closed = 0)
"""
_DROP_SESSION = """
DELETE FROM sessions WHERE id = ?
    AND NOT EXISTS (SELECT 1 FROM events WHERE events.session = sessions.id)
    AND EXISTS (
        SELECT 1 FROM sessions AS later
        WHERE later.tool = sessions.tool AND later.ended_us > sessions.ended_us)
"""
# A tool's last session is told of after a restart, however long ago it was.

Step = Callable[[sqlite3.Connection], None]


class Upkeep:
    """Finds the next step there is to do.

    Args:
        limits: what is kept.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rounds = 0
        self._walked = 0
        """How far the present walk through the events has come, a number of theirs."""
        self._walking = True

    def next_round(self) -> None:
        """Begin anew, some time after there was nothing more to do."""
        self._rounds += 1
        if self._rounds % WALK_EVERY == 0:
            self._walked, self._walking = 0, True

    def next_step(self, connection: sqlite3.Connection, now_us: int) -> Step | None:
        """Return what is to be done next inside a transaction; None when all is in order.

        Args:
            connection: to the journal; it is only read.
            now_us: the time, Unix µs.
        """
        now_us = min(now_us, _newest_us(connection))
        return (
            self._packing(connection)
            or self._dropping(connection, now_us)
            or self._walk(connection, now_us)
            or _giving_back(connection)
        )

    def _packing(self, connection: sqlite3.Connection) -> Step | None:
        row = connection.execute(
            # One without a date is packed once it has got it: in a chunk no date is mended.
            "SELECT id FROM segments WHERE closed = 1 AND stage = ? AND opened_us >= ? "
            "ORDER BY id LIMIT 1",
            (Stage.RECORDS, FIRST_DATE_US),
        ).fetchone()
        return None if row is None else lambda db: _pack_some(db, row[0])

    def _dropping(self, connection: sqlite3.Connection, now_us: int) -> Step | None:
        """Go on with a segment that is leaving, or choose the next one."""
        row = connection.execute(
            "SELECT id FROM segments WHERE stage = ? LIMIT 1", (Stage.LEAVING,)
        ).fetchone()
        if row is not None:
            return lambda db: _drop_some(db, row[0])
        kept = connection.execute(
            # The statement's only variable part is a constant of this module.
            "SELECT id, opened_us, bytes FROM segments "  # noqa: S608
            f"WHERE stage = ? AND NOT {_LABELLED} ORDER BY id",
            (Stage.CHUNKS,),
        ).fetchall()
        if not kept:
            return None
        number, opened_us, _ = kept[0]
        too_old = is_date(opened_us) and opened_us < now_us - self._limits.frames_us
        too_much = sum(size for _, _, size in kept) > self._limits.frames_bytes
        return (lambda db: _let_leave(db, number)) if too_old or too_much else None

    def _walk(self, connection: sqlite3.Connection, now_us: int) -> Step | None:
        """Go through the events, the oldest first, as far as they are too old or too many."""
        if not self._walking:
            return None
        rows = connection.execute(
            "SELECT seq, decided_us, session FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
            (self._walked, EVENTS_AT_ONCE),
        ).fetchall()
        if used_bytes(connection) <= self._limits.keep_bytes:
            rows = _old_ones(rows, now_us - self._limits.keep_us)
        if not rows:
            self._walking = False
            return None
        first, self._walked = self._walked, rows[-1][0]
        last, sessions = self._walked, {session for _, _, session in rows if session is not None}
        return lambda db: _drop_events(db, first, last, sessions)


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return the disk that is in use for all but raw frames."""
    pages = _pragma(connection, "page_count") - _pragma(connection, "freelist_count")
    chunks = connection.execute("SELECT coalesce(sum(bytes), 0) FROM segments").fetchone()[0]
    rows = connection.execute("SELECT coalesce(sum(length(data)), 0) FROM records").fetchone()[0]
    return int(pages * PAGE_BYTES - chunks - rows)


def _newest_us(connection: sqlite3.Connection) -> int:
    """Return the date of the newest event or segment, Unix µs; 0 in an empty journal."""
    row = connection.execute(
        "SELECT max(coalesce((SELECT decided_us FROM events ORDER BY seq DESC LIMIT 1), 0), "
        "coalesce((SELECT opened_us FROM segments ORDER BY id DESC LIMIT 1), 0))"
    ).fetchone()
    return int(row[0])


def _old_ones(
    rows: list[tuple[int, int, str | None]], before_us: int
) -> list[tuple[int, int, str | None]]:
    """Return those that come before the first that is young enough."""
    young = next((n for n, (_, decided_us, _) in enumerate(rows) if decided_us >= before_us), None)
    return rows[:young]


def _pack_some(connection: sqlite3.Connection, segment: int) -> None:
    """Compress the next records of a closed segment."""
    records, last = rows_after(connection, segment, 0, RECORDS_IN_CHUNK)
    if not records:
        connection.execute("UPDATE segments SET stage = ? WHERE id = ?", (Stage.CHUNKS, segment))
        return
    chunk = pack(records)
    pages = -(-len(chunk) // OVERFLOW_BYTES)
    connection.execute(
        "INSERT INTO chunks (segment, last, data) VALUES (?, ?, ?)", (segment, last, chunk)
    )
    connection.execute("DELETE FROM records WHERE segment = ? AND id <= ?", (segment, last))
    connection.execute(
        "UPDATE segments SET bytes = bytes + ? WHERE id = ?", (pages * PAGE_BYTES, segment)
    )


def _let_leave(connection: sqlite3.Connection, segment: int) -> None:
    """Let nobody read a segment any more, for it will not be whole."""
    connection.execute("UPDATE segments SET stage = ? WHERE id = ?", (Stage.LEAVING, segment))


def _drop_some(connection: sqlite3.Connection, segment: int) -> None:
    """Drop some chunks of a segment; after the last one, all that is known of it."""
    dropped = connection.execute(
        "DELETE FROM chunks WHERE segment = ?1 AND last IN "
        "(SELECT last FROM chunks WHERE segment = ?1 ORDER BY last LIMIT ?2)",
        (segment, CHUNKS_AT_ONCE),
    ).rowcount
    if dropped < CHUNKS_AT_ONCE:
        connection.execute("DELETE FROM segments WHERE id = ?", (segment,))


def _drop_events(connection: sqlite3.Connection, first: int, last: int, sessions: set[str]) -> None:
    """Drop what may go between two numbers, and the summaries that are left without events."""
    connection.execute(_DROP_EVENTS, (first, last))
    connection.executemany(_DROP_SESSION, ((session,) for session in sessions))


def _giving_back(connection: sqlite3.Connection) -> Step | None:
    if _pragma(connection, "auto_vacuum") != _INCREMENTAL:
        return None  # a file from before there was this: its free pages are only used again
    if _pragma(connection, "freelist_count") <= FREE_PAGES:
        return None
    return _give_back_some


def _give_back_some(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})").fetchall()


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
