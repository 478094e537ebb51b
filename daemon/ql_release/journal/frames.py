"""A segment's records, read back from rows or from the chunks that they were compressed into."""

import sqlite3
from collections.abc import Iterator

from ql_release.journal.chunks import RECORDS_IN_CHUNK, unpack
from ql_release.journal.records import SegmentRecord

_U64 = 1 << 64
_I63 = 1 << 63


def segment_records(
    connection: sqlite3.Connection, segment: int, after: int, limit: int
) -> tuple[list[SegmentRecord], int]:
    """Return the next records of a segment, and where to go on after them.

    Args:
        connection: to the journal.
        segment: its id.
        after: where the records before ended; 0 for its beginning.
        limit: of rows; a chunk is returned whole.

    Raises:
        ValueError: when a chunk is damaged.
    """
    chunk = connection.execute(
        "SELECT last, data FROM chunks WHERE segment = ? AND last > ? ORDER BY last LIMIT 1",
        (segment, after),
    ).fetchone()
    if chunk is not None:
        return unpack(chunk[1]), chunk[0]
    return rows_after(connection, segment, after, limit)


def rows_after(
    connection: sqlite3.Connection, segment: int, after: int, limit: int
) -> tuple[list[SegmentRecord], int]:
    """Return the next records that are still rows, and the last row's number."""
    rows = connection.execute(
        "SELECT id, mark, host_us, uid, sample, data FROM records "
        "WHERE segment = ? AND id > ? ORDER BY id LIMIT ?",
        (segment, after, limit),
    ).fetchall()
    records = [
        SegmentRecord("mark" if mark else "frame", host_us, uid % _U64, sample, data)
        for _, mark, host_us, uid, sample, data in rows
    ]
    return records, rows[-1][0] if rows else after


def whole_segment(connection: sqlite3.Connection, segment: int) -> Iterator[SegmentRecord]:
    """Yield every record of a segment.

    Raises:
        ValueError: when a chunk is damaged.
    """
    after = 0
    while True:
        records, after = segment_records(connection, segment, after, RECORDS_IN_CHUNK)
        if not records:
            return
        yield from records


def signed(uid: int) -> int:
    """Return a u64 as the signed 64 bits that SQLite stores."""
    return uid - _U64 if uid >= _I63 else uid
