"""What a journal holds of past sessions, read beside the daemon or without one.

For people's commands: a list of the sessions, one session's events, and its raw frames as a
capture, which gives the same events with the same ids again (`ql-release analyze`). Unlike the
rest of this package it opens the file itself, for each call anew, and never writes to it.
"""

import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from ql_release.events import (
    TOLD_CONFIDENCE,
    Event,
    EventError,
    Felt,
    Released,
    SessionEnded,
    SessionReassigned,
    parse,
)
from ql_release.journal import session_capture
from ql_release.journal.errors import JournalError
from ql_release.journal.frames import whole_segment
from ql_release.journal.readonly import reading
from ql_release.journal.schema import Stage
from ql_release.journal.session_capture import KeptSegment
from ql_release.links.capture import CaptureWriter
from ql_release.links.captured_session import CapturedSession
from ql_release.payloads.base import unix_us

SHORTEST_PREFIX = 6
"""Hex digits of a session's id that may stand for it: 1 in 16 million to meet its like."""
_SESSION = re.compile(rf"[0-9a-f]{{{SHORTEST_PREFIX},32}}", re.ASCII)

_STARTED = """
SELECT body FROM events WHERE type = 'started' AND id >= ?1 AND id < ?1 || 'g' ORDER BY id LIMIT 2
"""
# Ids are hexadecimal digits: 'g' comes after all that begin so.


class UnknownSessionError(LookupError):
    """There is no such session, or its frames are gone; the message says which."""


@dataclass(slots=True)
class ArchivedSession:
    """A session that is journaled, finished or not.

    Attributes:
        id: its id.
        bridge: the bridge that journaled it.
        tool: the tool it was measured with.
        person: whose it is, as was said last.
        started_at: when its first contact began, RFC 3339.
        ended_at: when its last contact ended, RFC 3339; None while it is open.
        releases: how many possible releases people were told of.
        felt: the person's answer by the release's id, of several the last.
    """

    id: str
    bridge: str
    tool: str
    person: str | None
    started_at: str
    ended_at: str | None = None
    releases: int = 0
    felt: dict[str, bool] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Take in the next of its events; they come in the order of journaling."""
        match event:
            case Released():
                self.releases += event.confidence >= TOLD_CONFIDENCE
            case Felt():
                self.felt[event.release] = event.felt
            case SessionEnded():
                self.ended_at, self.person = event.at, event.person
            case SessionReassigned():
                self.person = event.person


def sessions(journal: Path) -> list[ArchivedSession]:
    """Return the sessions of a journal, the oldest first.

    Raises:
        JournalError: when the journal cannot be read.
    """
    with reading(journal) as connection:
        rows = connection.execute(
            "SELECT body FROM events WHERE session IS NOT NULL "
            "AND family IN ('session', 'release') ORDER BY seq"
        )
        found: dict[str, ArchivedSession] = {}
        for (stored,) in rows:
            _add(found, _event(stored))
    return sorted(found.values(), key=lambda session: session.started_at)


def find_session(journal: Path, session: str) -> ArchivedSession:
    """Return a session by its id, or by the first six or more digits of it.

    Raises:
        UnknownSessionError: when none or several begin so.
        JournalError: when the journal cannot be read.
    """
    with reading(journal) as connection:
        return _find(connection, session)


def session_events(journal: Path, session: str) -> list[Event]:
    """Return a session's events in the order of journaling, answers that came later included.

    Args:
        journal: the journal's file.
        session: as `find_session` takes it.

    Raises:
        UnknownSessionError: when none or several begin so.
        JournalError: when the journal cannot be read.
    """
    with reading(journal) as connection:
        return _events(connection, _find(connection, session).id)


def write_session_capture(journal: Path, session: str, output: Path) -> None:
    """Write a session's journaled frames and marks as a capture.

    Analysed it gives the session's events again: same ids, same contents. What was answered
    after the session had ended is no part of its frames; `session_events` has it. Of a session
    that is still open it holds what is journaled so far. Frames that never reached the journal,
    for the disk was full, are missing.

    Args:
        journal: the journal's file.
        session: as `find_session` takes it.
        output: the file to make; one that exists is left alone.

    Raises:
        UnknownSessionError: when there is no such session, or its frames are gone.
        JournalError: when the journal cannot be read.
        FileExistsError: when the output exists.
        OSError: when it cannot be written.
    """
    with reading(journal) as connection:
        known = _find(connection, session)
        segment = _segment_of(connection, known)
    try:
        named = CapturedSession(known.id, known.bridge, known.tool, segment.source)
        records = session_capture.records(segment, named)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise JournalError(
            f"the session {known.id} cannot be read: its records are not what they should be "
            f"({error}): use the version that journaled it"
        ) from error
    with CaptureWriter(output) as writer:
        try:
            for record in records:
                writer.write(record)
            writer.flush()
        except BaseException:
            output.unlink()
            raise


def _event(stored: bytes) -> Event:
    try:
        return parse(stored)
    except EventError as error:
        raise JournalError(f"the journal cannot be read: {error}") from error


def _add(found: dict[str, ArchivedSession], event: Event) -> None:
    """Take in the next event of all sessions."""
    if event.id == event.session:
        found[event.id] = _of(event)
    elif event.session in found:
        found[event.session].add(event)


def _of(started: Event) -> ArchivedSession:
    return ArchivedSession(
        started.id, started.bridge, started.tool, started.person, started_at=started.at
    )


def _find(connection: sqlite3.Connection, session: str) -> ArchivedSession:
    digits = session.lower()
    if not _SESSION.fullmatch(digits):
        raise UnknownSessionError(
            f"{session!r} names no session: give its id, or at least {SHORTEST_PREFIX} of its "
            "first digits"
        )
    rows = connection.execute(_STARTED, (digits,)).fetchall()
    if not rows:
        raise UnknownSessionError(f"the journal has no session {session}: list those it has")
    if len(rows) > 1:
        raise UnknownSessionError(f"several sessions begin with {session}: give more digits")
    found = _of(_event(rows[0][0]))
    for event in _events(connection, found.id):
        found.add(event)
    return found


def _events(connection: sqlite3.Connection, session: str) -> list[Event]:
    rows = connection.execute("SELECT body FROM events WHERE session = ? ORDER BY seq", (session,))
    return [_event(stored) for (stored,) in rows]


def _segment_of(connection: sqlite3.Connection, session: ArchivedSession) -> KeptSegment:
    """Return the segment that holds the session's frames.

    The journal does not say which: it is the one with the sample that the session's id was
    made of, most likely the one that was opened next to the session's start.
    """
    candidates = connection.execute(
        "SELECT id, serial, identity FROM segments WHERE tool = ? AND stage < ? "
        "ORDER BY abs(opened_us - ?)",
        (session.tool, Stage.LEAVING, unix_us(session.started_at)),
    ).fetchall()
    damage: ValueError | None = None
    for number, serial, identity in candidates:
        try:
            segment = KeptSegment(serial, identity, list(whole_segment(connection, number)))
        except ValueError as error:
            damage = error
            continue
        if segment.decided(session.id):
            return segment
    if damage is not None:
        raise JournalError(
            f"the frames of the session {session.id} cannot be read ({damage}): check the disk; "
            "its events are left"
        )
    raise UnknownSessionError(
        f"the frames of the session {session.id} are gone from the journal; its events are left"
    )
