"""Profiles, and erasing all that belongs to a person."""

import sqlite3

from ql_release.journal.errors import JournalError
from ql_release.journal.records import Erased


def put_profile(connection: sqlite3.Connection, person: str, body: bytes) -> None:
    """Keep a person's profile in place of the one before."""
    connection.execute(
        "INSERT INTO profiles (person, body) VALUES (?, ?) "
        "ON CONFLICT (person) DO UPDATE SET body = excluded.body",
        (person, body),
    )


def profiles(connection: sqlite3.Connection) -> dict[str, bytes]:
    """Return every profile by its person."""
    return dict(connection.execute("SELECT person, body FROM profiles ORDER BY person"))


_ASSIGNED = """SELECT session FROM events AS last
    WHERE type = 'reassigned' AND person = :person AND NOT EXISTS (
        SELECT 1 FROM events WHERE type = 'reassigned' AND session = last.session
        AND seq > last.seq)"""
"""Sessions that were someone else's, and were last said to be the person's."""


def erase(connection: sqlite3.Connection, person: str) -> Erased:
    """Remove a person's events, summaries, raw frames and profile; unsent ones too.

    Theirs is what was measured while they used the tool, finished or not, and what was assigned
    to them later.

    Raises:
        JournalError: while they use a tool that is measuring: its frames are still needed.
    """
    if _has_open_segment(connection, person):
        raise JournalError(f"{person!r} has an open session: end it, then erase")
    whose = {"person": person}
    # The statements' only variable part is a constant of this module.
    segments = connection.execute(
        "DELETE FROM segments WHERE id IN (SELECT segment FROM segment_people "  # noqa: S608
        "WHERE person = :person UNION SELECT segment FROM segment_sessions "
        f"WHERE session IN ({_ASSIGNED}))",
        whose,
    ).rowcount
    sessions = connection.execute(
        f"DELETE FROM sessions WHERE person = :person OR id IN ({_ASSIGNED})",  # noqa: S608
        whose,
    ).rowcount
    events = connection.execute(
        f"DELETE FROM events WHERE person = :person OR session IN ({_ASSIGNED})",  # noqa: S608
        whose,
    ).rowcount
    connection.execute("DELETE FROM profiles WHERE person = :person", whose)
    return Erased(events=events, sessions=sessions, segments=segments)


def _has_open_segment(connection: sqlite3.Connection, person: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM segment_people JOIN segments ON segments.id = segment "
        "WHERE person = ? AND closed = 0 LIMIT 1",
        (person,),
    ).fetchone()
    return row is not None
