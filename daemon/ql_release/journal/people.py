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


def erase(connection: sqlite3.Connection, person: str) -> Erased:
    """Remove a person's events, summaries, raw frames and profile; unsent ones too.

    Raises:
        JournalError: while a session with that person is open: its frames are still needed.
    """
    if _has_open_segment(connection, person):
        raise JournalError(f"{person!r} has an open session: end it, then erase")
    segments = connection.execute(
        "DELETE FROM segments WHERE id IN (SELECT segment FROM segment_people WHERE person = ?)",
        (person,),
    ).rowcount
    sessions = connection.execute("DELETE FROM sessions WHERE person = ?", (person,)).rowcount
    events = connection.execute("DELETE FROM events WHERE person = ?", (person,)).rowcount
    connection.execute("DELETE FROM profiles WHERE person = ?", (person,))
    return Erased(events=events, sessions=sessions, segments=segments)


def _has_open_segment(connection: sqlite3.Connection, person: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM segment_people JOIN segments ON segments.id = segment "
        "WHERE person = ? AND closed = 0 LIMIT 1",
        (person,),
    ).fetchone()
    return row is not None
