"""What SQLite is told, one function a purpose; each runs in the writer's thread.

Functions that write expect to be inside a transaction (`writer.Writer.write`).
"""

import sqlite3
from collections.abc import Iterable

from ql_release.events import Event, SessionStarted, body
from ql_release.journal import dating, memory, people
from ql_release.journal.answers import ANSWER_TYPES
from ql_release.journal.frames import signed
from ql_release.journal.records import (
    Batch,
    FinishedSession,
    OpenSegment,
    SegmentRecord,
    SegmentStart,
    StoredEvent,
)
from ql_release.payloads.base import unix_us

_INSERT_EVENT = """
INSERT INTO events (id, tool, family, type, session, person, decided_us, body)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = ?1)
"""
# Not INSERT OR IGNORE: an ignored row would still use up a number, and a jump means a gap.

_INSERT_RECORD = """
INSERT INTO records (segment, mark, host_us, uid, sample, data) VALUES (?, ?, ?, ?, ?, ?)
"""

_STORED = "events.seq, events.id, events.tool, events.family, events.decided_us, events.body"


def write_batch(connection: sqlite3.Connection, batch: Batch) -> list[StoredEvent]:
    """Write a batch; return the events of it that are new, with their numbers.

    Raises:
        ValueError: for records or a closing without an open segment.
    """
    if batch.open_segment is not None:
        close_segment(connection, batch.tool)
        _open_segment(connection, batch.tool, batch.open_segment)
    segment = _segment_of(connection, batch.tool)
    if batch.records or batch.close_segment:
        if segment is None:
            raise ValueError(f"tool {batch.tool!r} has no open segment: open one first")
        _append(connection, segment, batch.records)
    stored = [new for event in batch.events if (new := insert_event(connection, event)) is not None]
    for new in stored:
        if (profile := batch.profiles.get(new.id)) is not None:
            people.put_profile(connection, profile.person, profile.document)
    if segment is not None:
        _note_people(connection, segment, batch)
        _note_sessions(connection, segment, batch.events)
    if batch.summary is not None:
        _put_session(connection, batch.tool, batch.summary)
    if batch.close_segment:
        close_segment(connection, batch.tool)
    for key, document in batch.documents.items():
        memory.put_document(connection, key, document)
    return stored


def insert_event(connection: sqlite3.Connection, event: Event) -> StoredEvent | None:
    """Journal an event and put it into the outbox; None when its id is journaled already."""
    document = body(event)
    seq = put_event(connection, event, document, send=True)
    if seq is None:
        return None
    decided_us = unix_us(event.decided_at)
    return StoredEvent(seq, event.id, event.tool, event.family, decided_us, document)


def put_event(
    connection: sqlite3.Connection, event: Event, document: bytes, *, send: bool
) -> int | None:
    """Journal an event that has its document already; return its number, None as above.

    Args:
        connection: to the journal.
        event: it.
        document: its body, as it is sent.
        send: whether to put it into the outbox.
    """
    cursor = connection.execute(
        _INSERT_EVENT,
        (
            event.id,
            event.tool,
            event.family,
            event.type,
            event.session,
            event.person,
            unix_us(event.decided_at),
            document,
        ),
    )
    if cursor.rowcount == 0 or cursor.lastrowid is None:
        return None
    if send:
        connection.execute("INSERT INTO outbox (seq) VALUES (?)", (cursor.lastrowid,))
    return cursor.lastrowid


def close_segment(connection: sqlite3.Connection, tool: str) -> None:
    """Close the tool's open segment, if it has one."""
    connection.execute("UPDATE segments SET closed = 1 WHERE tool = ? AND closed = 0", (tool,))


def open_segments(connection: sqlite3.Connection) -> list[OpenSegment]:
    """Return what was not closed, oldest first."""
    rows = connection.execute(
        "SELECT id, tool, serial, identity, opened_us FROM segments WHERE closed = 0 ORDER BY id"
    )
    return [OpenSegment(*row) for row in rows]


def unsent(connection: sqlite3.Connection, limit: int, after_seq: int) -> list[StoredEvent]:
    """Return what no broker has acknowledged, in order."""
    # The statement's only variable part is a constant of this module.
    rows = connection.execute(
        f"SELECT {_STORED} FROM outbox JOIN events USING (seq) "  # noqa: S608
        "WHERE outbox.seq > ? ORDER BY outbox.seq LIMIT ?",
        (after_seq, limit),
    )
    decided = StoredEvent.__match_args__.index("decided_us")
    return [StoredEvent(*row) for row in dating.until_undated(rows.fetchall(), decided)]


def event(connection: sqlite3.Connection, name: str) -> StoredEvent | None:
    """Return an event by its id."""
    row = connection.execute(
        f"SELECT {_STORED} FROM events WHERE id = ?",  # noqa: S608
        (name,),
    ).fetchone()
    return None if row is None else StoredEvent(*row)


def delete_sent(connection: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """Take out of the outbox what a broker has acknowledged."""
    connection.executemany("DELETE FROM outbox WHERE seq = ?", ((seq,) for seq in seqs))


def outbox_depth(connection: sqlite3.Connection) -> int:
    """Return how many events are unsent."""
    depth: int = connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
    return depth


def oldest_unsent_us(connection: sqlite3.Connection) -> int | None:
    """Return when the oldest unsent event was decided, Unix µs."""
    row = connection.execute(
        "SELECT decided_us FROM events WHERE seq = (SELECT min(seq) FROM outbox)"
    ).fetchone()
    return None if row is None else row[0]


def last_session(connection: sqlite3.Connection, tool: str) -> bytes | None:
    """Return the summary of the tool's session that ended last."""
    row = connection.execute(
        "SELECT body FROM sessions WHERE tool = ? ORDER BY ended_us DESC LIMIT 1", (tool,)
    ).fetchone()
    return None if row is None else row[0]


def _open_segment(connection: sqlite3.Connection, tool: str, start: SegmentStart) -> None:
    connection.execute(
        "INSERT INTO segments (tool, serial, identity, opened_us) VALUES (?, ?, ?, ?)",
        (tool, start.serial, start.identity, start.opened_us),
    )


def _segment_of(connection: sqlite3.Connection, tool: str) -> int | None:
    row = connection.execute(
        "SELECT id FROM segments WHERE tool = ? AND closed = 0", (tool,)
    ).fetchone()
    return None if row is None else row[0]


def _append(connection: sqlite3.Connection, segment: int, records: Iterable[SegmentRecord]) -> None:
    connection.executemany(
        _INSERT_RECORD,
        (
            (
                segment,
                record.kind == "mark",
                record.host_us,
                signed(record.uid),
                record.index,
                record.data,
            )
            for record in records
        ),
    )


def _note_people(connection: sqlite3.Connection, segment: int, batch: Batch) -> None:
    """Remember whose samples a segment holds, so that they can be erased with the rest.

    Who answers about an earlier session may do so while somebody else is on the tool.
    """
    people = {
        event.person
        for event in batch.events
        if event.person is not None and event.type not in ANSWER_TYPES
    }
    people.update(batch.people)
    connection.executemany(
        "INSERT OR IGNORE INTO segment_people (segment, person) VALUES (?, ?)",
        ((segment, person) for person in people),
    )


def _note_sessions(connection: sqlite3.Connection, segment: int, events: Iterable[Event]) -> None:
    """Remember whose frames a segment holds, for those of labelled sessions are kept."""
    connection.executemany(
        "INSERT OR IGNORE INTO segment_sessions (session, segment) VALUES (?, ?)",
        ((event.id, segment) for event in events if isinstance(event, SessionStarted)),
    )


def _put_session(connection: sqlite3.Connection, tool: str, summary: FinishedSession) -> None:
    connection.execute(
        "INSERT INTO sessions (id, tool, person, ended_us, body) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET person = excluded.person, ended_us = excluded.ended_us, "
        "body = excluded.body",
        (summary.session, tool, summary.person, summary.ended_us, summary.body),
    )
