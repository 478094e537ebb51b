"""The journal's tables, as the steps that lead from an empty file to the present form.

A released step is never edited: a change is a new step at the end, so that a journal of any
age reaches the same form. `PRAGMA user_version` counts the steps that a file has had.
"""

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from enum import IntEnum

from ql_release.journal.errors import DamagedError, JournalUnusableError

APPLICATION_ID = 0x514C524A
"""`QLRJ`: marks an SQLite file as a journal, so that no other program's file is taken for one."""
EPOCH_BYTES = 8
"""64 random bits name a journal: two journals of one bridge never share an epoch by chance."""

FUTURE = 1000
"""A form that is so much newer was not written by any version: it is garbage."""
OWN_TABLES = 3
"""So many tables by the names of ours are no other program's."""

Migration = Callable[[sqlite3.Connection], None]

_FIRST_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # AUTOINCREMENT: a number is never given twice, whatever is erased (docs/mqtt.md, `seq`).
    """CREATE TABLE events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        tool TEXT NOT NULL,
        family TEXT NOT NULL,
        type TEXT NOT NULL,
        session TEXT,
        person TEXT,
        decided_us INTEGER NOT NULL,
        body BLOB NOT NULL)""",
    "CREATE INDEX events_by_person ON events (person) WHERE person IS NOT NULL",
    "CREATE INDEX events_by_session ON events (session) WHERE session IS NOT NULL",
    "CREATE TABLE outbox (seq INTEGER PRIMARY KEY REFERENCES events (seq) ON DELETE CASCADE)",
    """CREATE TABLE segments (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        tool TEXT NOT NULL,
        serial BLOB NOT NULL,
        identity TEXT NOT NULL,
        opened_us INTEGER NOT NULL,
        closed INTEGER NOT NULL DEFAULT 0)""",
    "CREATE UNIQUE INDEX one_open_segment ON segments (tool) WHERE closed = 0",
    # uid is the stream's u64 as SQLite's signed 64 bits.
    """CREATE TABLE records (
        id INTEGER PRIMARY KEY,
        segment INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
        mark INTEGER NOT NULL,
        host_us INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        sample INTEGER NOT NULL,
        data BLOB NOT NULL)""",
    "CREATE INDEX records_by_segment ON records (segment)",
    """CREATE TABLE segment_people (
        segment INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
        person TEXT NOT NULL,
        PRIMARY KEY (segment, person)) WITHOUT ROWID""",
    """CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        tool TEXT NOT NULL,
        person TEXT,
        ended_us INTEGER NOT NULL,
        body BLOB NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX sessions_by_tool ON sessions (tool, ended_us)",
    """CREATE TABLE replies (
        command TEXT PRIMARY KEY,
        at_us INTEGER NOT NULL,
        body BLOB NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX replies_by_age ON replies (at_us)",
    "CREATE TABLE profiles (person TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE documents (key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
)


_TABLES = frozenset({"events", "outbox", "segments", "records", "segment_people", "replies"})
"""Some of the tables of every form."""


def _first(connection: sqlite3.Connection) -> None:
    """Make the first form and give the journal its epoch."""
    for statement in _FIRST_TABLES:
        connection.execute(statement)
    epoch = secrets.token_hex(EPOCH_BYTES)
    connection.execute("INSERT INTO meta (key, value) VALUES ('epoch', ?)", (epoch,))


_KEPT_FRAMES = (
    # See `Stage`.
    "ALTER TABLE segments ADD COLUMN stage INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE segments ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0",
    # What stood in `records` up to the row `last` (`chunks`).
    """CREATE TABLE chunks (
        segment INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
        last INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (segment, last))""",
    """CREATE TABLE segment_sessions (
        session TEXT NOT NULL,
        segment INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
        PRIMARY KEY (session, segment)) WITHOUT ROWID""",
    "CREATE INDEX sessions_by_segment ON segment_sessions (segment)",
    "CREATE INDEX labelled_sessions ON events (session) WHERE type = 'felt'",
    # Of older sessions it was not noted: theirs is the segment that was opened last before.
    """INSERT OR IGNORE INTO segment_sessions (session, segment)
        SELECT started.id, segments.id FROM events AS started JOIN segments ON segments.id = (
            SELECT id FROM segments WHERE tool = started.tool AND opened_us <= started.decided_us
            ORDER BY opened_us DESC LIMIT 1)
        WHERE started.type = 'started'""",
)


class Stage(IntEnum):
    """How far a segment has come on its way out of the journal; `segments.stage`."""

    RECORDS = 0
    """It is in `records`, or partly in `chunks` already."""
    CHUNKS = 1
    """It is closed and all in `chunks`, where it takes `segments.bytes` of the disk."""
    LEAVING = 2
    """It is on its way out: what is left of it is not whole."""


def _keep_frames(connection: sqlite3.Connection) -> None:
    """Make room for compressed frames, and note whose they are."""
    for statement in _KEPT_FRAMES:
        connection.execute(statement)


MIGRATIONS: Sequence[Migration] = (_first, _keep_frames)
"""Every step, oldest first."""


def migrate(connection: sqlite3.Connection, steps: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the file to the present form, all in one transaction.

    Args:
        connection: in autocommit mode.
        steps: every step there is, oldest first.

    Raises:
        JournalUnusableError: when a newer version of the program made the file, or another
            program did. It is left as it was.
    """
    version = check_form(connection, len(steps))
    if version == len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[version:]:
            step(connection)
        # Pragmas take no parameters; both values are integers of this module.
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def check_form(connection: sqlite3.Connection, known: int = len(MIGRATIONS)) -> int:
    """Return how many steps a file has had, without changing it.

    Args:
        connection: to the file.
        known: how many steps there are.

    Raises:
        JournalUnusableError: as `migrate` does.
        DamagedError: when it is a journal, but not of any form.
    """
    owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if owner != APPLICATION_ID and (owner or version or tables):
        if len(tables & _TABLES) >= OWN_TABLES:
            raise DamagedError("it does not say any more that it is a journal")
        raise JournalUnusableError(
            "it is an SQLite file of another program: name another journal.path"
        )
    if owner == APPLICATION_ID and not 0 <= version < known + FUTURE:
        raise DamagedError("its form is not readable any more")
    if version > known:
        raise JournalUnusableError(
            f"it was written by a newer version (form {version}, this one knows {known}): "
            "install that version again, or name another journal.path"
        )
    return version
