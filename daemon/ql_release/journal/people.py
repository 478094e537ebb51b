"""Profiles, and erasing all that belongs to a person."""

import json
import sqlite3
from collections.abc import Iterable

from ql_release.journal.answers import erase_answers
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


_THEIRS = """SELECT session FROM events AS last
    WHERE type = 'reassigned' AND person = :person AND NOT EXISTS (
        SELECT 1 FROM events WHERE type = 'reassigned' AND session = last.session
        AND seq > last.seq)
    UNION SELECT * FROM (
        SELECT value FROM json_each(:sessions)
        EXCEPT SELECT session FROM events WHERE person IS NOT NULL)"""
"""Sessions that were last said to be the person's, and those named that are nobody's."""


def erase(connection: sqlite3.Connection, person: str, sessions: Iterable[str] = ()) -> Erased:
    """Remove a person's events, summaries, raw frames and profile; unsent ones too.

    Theirs is what was measured while they used the tool, finished or not, and what was assigned
    to them later.

    Args:
        connection: The journal.
        person: Whose data go.
        sessions: Theirs as well, though measured while nobody was said to use the tool.

    Raises:
        JournalError: while they use a tool that is measuring: its frames are still needed.
    """
    whose = {"person": person, "sessions": json.dumps(list(sessions))}
    if _has_open_segment(connection, whose):
        raise JournalError(f"{person!r} has an open session: end it, then erase")
    # The statements' only variable part is a constant of this module.
    segments = connection.execute(
        f"DELETE FROM segments WHERE id IN ({_SEGMENTS})",  # noqa: S608
        whose,
    ).rowcount
    erase_answers(connection, person)
    finished = connection.execute(
        f"DELETE FROM sessions WHERE person = :person OR id IN ({_THEIRS})",  # noqa: S608
        whose,
    ).rowcount
    events = connection.execute(
        f"DELETE FROM events WHERE person = :person OR session IN ({_THEIRS})",  # noqa: S608
        whose,
    ).rowcount
    connection.execute("DELETE FROM profiles WHERE person = :person", whose)
    return Erased(events=events, sessions=finished, segments=segments)


_SEGMENTS = f"""SELECT segment FROM segment_people WHERE person = :person
    UNION SELECT segment FROM segment_sessions WHERE session IN ({_THEIRS})"""  # noqa: S608
"""What holds their samples."""


def _has_open_segment(connection: sqlite3.Connection, whose: dict[str, str]) -> bool:
    row = connection.execute(
        f"SELECT 1 FROM segments WHERE closed = 0 AND id IN ({_SEGMENTS}) LIMIT 1",  # noqa: S608
        whose,
    ).fetchone()
    return row is not None
