"""A new journal with what can still be read of a damaged one.

Taken over are profiles, documents, replies, events (those that were not sent, or of which that
cannot be read any more, are unsent), sessions, and the raw frames of open and of labelled
sessions. The new journal has an epoch and numbers of its own. What a page held that cannot be
read is lost, and so is what cannot be what was written: an event that does not parse.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ql_release.events import Event, EventError, parse
from ql_release.journal.checking import is_document
from ql_release.journal.chunks import unpack
from ql_release.journal.rows import NumberedTable, Row, keyed_rows
from ql_release.journal.schema import Stage, migrate
from ql_release.journal.statements import put_event

CACHE_KIB = 2048
"""Page cache of both files meanwhile: a rescue goes to and fro between a table's pages."""
LONGEST_VALUE = 2**24
"""Bytes of the longest value that was ever written, a chunk of 256 records of 64 KiB: a damaged
length can claim a gigabyte, which a small machine does not have."""
PRIVATE_FILE = 0o600

_SETTINGS = (
    "PRAGMA auto_vacuum = INCREMENTAL",
    # Nobody sees the new file before it is whole.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    f"PRAGMA cache_size = -{CACHE_KIB}",
)


_LABELLED = "SELECT DISTINCT session FROM events WHERE type = 'felt'"
_SESSION = ("id", "tool", "person", "ended_us", "body")
_SEGMENT = ("id", "tool", "serial", "identity", "opened_us", "closed", "stage", "bytes")
_RECORD = ("id", "segment", "mark", "host_us", "uid", "sample", "data")
_CHUNK = ("segment", "last", "data")


@dataclass(slots=True)
class Rescued:
    """How much was taken over.

    Attributes:
        events: events.
        unsent: those of them that are still to be sent.
        sessions: summaries of sessions.
        segments: stretches of raw frames.
    """

    events: int = 0
    unsent: int = 0
    sessions: int = 0
    segments: int = 0


def rescue(damaged: Path, new: Path) -> Rescued:
    """Make a new journal of what a damaged one still holds.

    Args:
        damaged: it is only read.
        new: the file to make; what stands there is replaced.

    Raises:
        sqlite3.Error: when the new one cannot be written.
        OSError: the same.
    """
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, PRIVATE_FILE))
    with closing(_open_new(new)) as target, closing(_open_damaged(damaged)) as source:
        migrate(target)
        target.execute("BEGIN")
        rescued = _Rescue(source, target).run()
        target.execute("COMMIT")
    with new.open("rb") as file:
        os.fsync(file.fileno())
    return rescued


def _open_new(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in _SETTINGS:
        connection.execute(setting).fetchall()
    return connection


def _open_damaged(path: Path) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    with suppress(sqlite3.Error):  # it may not even be possible to read what tables there are
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}").fetchall()
    return connection


class _Rescue:
    """Takes over one table after another."""

    def __init__(self, source: sqlite3.Connection, target: sqlite3.Connection) -> None:
        self._source = source
        self._target = target
        self._rescued = Rescued()

    def run(self) -> Rescued:
        """Take over all that can be read; return how much it is."""
        self._documents()
        self._events()
        self._sessions()
        self._frames()
        return self._rescued

    def _documents(self) -> None:
        for table, key in (("profiles", "person"), ("documents", "key")):
            rows = keyed_rows(self._source, table, [key], ["body"])
            self._put(table, (key, "body"), (row for row in rows if is_document(*row)))
        rows = keyed_rows(self._source, "replies", ["command"], ["at_us", "body"])
        self._put(
            "replies",
            ("command", "at_us", "body"),
            (row for row in rows if is_document(row[0], row[2]) and _are(int, row[1])),
        )

    def _events(self) -> None:
        events = NumberedTable(self._source, "events", "seq", ("seq", "id", "body"))
        outbox = NumberedTable(self._source, "outbox", "seq", ("seq",), events.last)
        unsent = {seq for (seq,) in outbox.rows()}
        for seq, name, document in events.rows():
            event = _event(name, document)
            send = seq in unsent or outbox.is_lost(seq)
            if event is None or put_event(self._target, event, document, send=send) is None:
                continue
            self._rescued.events += 1
            self._rescued.unsent += send

    def _sessions(self) -> None:
        rows = keyed_rows(self._source, "sessions", ["id"], _SESSION[1:])
        self._rescued.sessions = self._put(
            "sessions",
            _SESSION,
            (
                row
                for row in rows
                if is_document(row[0], row[4]) and _are(str, row[1], row[2] or "")
                if _are(int, row[3])
            ),
        )

    def _frames(self) -> None:
        """Take over the segments that are needed yet: the open and the labelled ones."""
        links = list(keyed_rows(self._source, "segment_sessions", ["session", "segment"]))
        labelled = {row[0] for row in self._target.execute(_LABELLED)}
        taken = self._take_segments({one for session, one in links if session in labelled})
        self._put(
            "segment_sessions",
            ("session", "segment"),
            (row for row in links if row[1] in taken and _are(str, row[0])),
        )
        people = keyed_rows(self._source, "segment_people", ["segment", "person"])
        self._put(
            "segment_people",
            ("segment", "person"),
            (row for row in people if row[0] in taken and _are(str, row[1])),
        )
        self._put("records", _RECORD, self._records(taken))
        self._put("chunks", _CHUNK, self._chunks(taken))
        self._rescued.segments = len(taken)

    def _take_segments(self, wanted: set[int]) -> set[int]:
        """Take over segments; return their numbers."""
        rows = [
            *NumberedTable(self._source, "segments", "id", _SEGMENT).rows(),
            # A file of the first form.
            *NumberedTable(self._source, "segments", "id", (*_SEGMENT[:-2], "0", "0")).rows(),
        ]
        sound = {row[0]: row for row in reversed(rows) if _is_segment(row)}
        # Of a tool's open segments the last one is: that two are open is damage.
        open_ = {row[1]: number for number, row in sorted(sound.items()) if not row[5]}
        taken = {
            number: row
            for number, row in sound.items()
            if number in open_.values() or (number in wanted and row[5])
        }
        self._put("segments", _SEGMENT, taken.values())
        return set(taken)

    def _records(self, taken: set[int]) -> Iterator[Row]:
        for row in NumberedTable(self._source, "records", "id", _RECORD).rows():
            if row[1] in taken and _are(int, *row[2:6]) and _are(bytes, row[6]):
                yield row

    def _chunks(self, taken: set[int]) -> Iterator[Row]:
        for row in NumberedTable(self._source, "chunks", "rowid", _CHUNK).rows():
            if row[0] in taken and _are(int, row[1]) and _is_chunk(row[2]):
                yield row

    def _put(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Write rows; return how many there are now."""
        marks = ", ".join("?" * len(columns))
        self._target.executemany(
            # Tables and columns are named by this module alone.
            f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            rows,
        )
        count: int = self._target.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        return count


def _event(name: object, document: object) -> Event | None:
    """Return the event of a row; None when the row is not what was written."""
    if not isinstance(document, bytes):
        return None
    try:
        event = parse(document)
    except (EventError, RecursionError):
        return None
    return event if event.id == name else None


def _is_segment(row: Row) -> bool:
    return (
        _are(int, row[0], *row[4:])
        and _are(str, row[1], row[3])
        and _are(bytes, row[2])
        and row[6] != Stage.LEAVING
    )


def _is_chunk(data: object) -> bool:
    try:
        return isinstance(data, bytes) and bool(unpack(data))
    except ValueError:
        return False


def _are(kind: type, *values: object) -> bool:
    return all(isinstance(value, kind) for value in values)
