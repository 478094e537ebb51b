"""Whether a file is a sound journal, a damaged one, or somebody else's.

Only what is a journal's may be set aside: a file of another program, to which journal.path points
by mistake, is left where it is.
"""

import json
import os
import sqlite3
from pathlib import Path

from ql_release.journal.errors import DamagedError, JournalUnusableError
from ql_release.journal.schema import APPLICATION_ID

CHECK_AT_ONCE_BYTES = 64_000_000
"""A file up to this size is checked before anything else is done: 0.1 s on a computer of today,
2 to 3 s where a memory card gives 25 MB/s. A larger one, of 200 MB and more, would keep the first
publish waiting for up to half a minute: it is checked while the daemon runs
(`checker`)."""
MAGIC = b"SQLite format 3\0"
SMALLEST_BYTES = 512
"""No database is smaller than its smallest possible page."""
TEXT_BYTES = 4096
"""So much of a file's beginning shows whether it is a text."""
VERSIONS = frozenset({1, 2})
"""SQLite's file format: with a rollback journal, with a write-ahead log."""
_VERSIONS_AT = slice(18, 20)
_UNDECODABLE = "\ufffd"
"""What Python puts in place of bytes that are no character."""
_OWNER_AT = slice(68, 72)
_TRACES = (b"one_open_segment", b'"decided_at":"', b'"threshold_n":')
"""What only a journal has in it: its tables, events, profiles."""
_UNSENDABLE = """
SELECT 1 FROM outbox JOIN events USING (seq)
WHERE substr(body, 1, 1) <> CAST('{' AS BLOB) OR substr(body, -1) <> CAST('}' AS BLOB) LIMIT 1
"""
"""One of these would stop all sending (`events.complete`)."""
_FIRST_TABLES = ("meta", "documents", "profiles", "outbox", "segments")
_SCAN_BYTES = 1_000_000

NO_DATABASE = (
    "file is not a database: it is left as it is; move it away to begin a new one, "
    "or name another journal.path"
)


def check_outside(path: Path) -> None:
    """Look at a file before SQLite does.

    Raises:
        DamagedError: when it is a damaged journal.
        JournalUnusableError: when it is no journal.
    """
    size = path.stat().st_size
    log = log_of(path)
    logged = log.stat().st_size if log.exists() else 0
    if size == 0 and logged:
        raise DamagedError("it is empty, its log is not")
    if size and not _has_magic(path):
        raise _no_database(path)
    if size and not _has_versions(path):
        raise judged(path, "its file format is none of SQLite's")
    if logged:
        from ql_release.journal.writeahead import lost_commits  # noqa: PLC0415 - after a crash

        if lost_commits(log):
            raise DamagedError("its log is damaged")


def check_first(connection: sqlite3.Connection) -> None:
    """Look at the tables that the daemon needs at its start; all of them are small.

    Raises:
        DamagedError: when one is damaged.
        sqlite3.Error: also, as far as it cannot even be read.
    """
    for table in _FIRST_TABLES:
        _need_sound(connection.execute(f"PRAGMA quick_check({table})"))


def check_inside(connection: sqlite3.Connection, *, whole: bool = False) -> None:
    """Look at every page of the file.

    Args:
        connection: to the file.
        whole: compare the indexes with their tables, too, which takes seven times as long.

    Raises:
        DamagedError: when it is damaged.
        sqlite3.Error: also, as far as it cannot even be read.
    """
    check = "integrity_check" if whole else "quick_check"
    _need_sound(connection.execute(f"PRAGMA {check}(1)"))


def _need_sound(verdicts: sqlite3.Cursor) -> None:
    [(verdict,), *_] = verdicts
    if verdict != "ok":
        # The line before says only which database it is.
        raise DamagedError(str(verdict).splitlines()[-1])


def check_contents(connection: sqlite3.Connection) -> None:
    """Look at what the daemon reads at its start: garbage there would not let it start.

    Raises:
        DamagedError: when it is damaged.
        sqlite3.Error: also, as far as it cannot even be read.
    """
    row = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    if row is None or not is_epoch(row[0]):
        raise DamagedError("its epoch is not there")
    for key, document in connection.execute("SELECT key, body FROM documents"):
        if not is_document(key, document):
            raise DamagedError("a document in it is not what was written")
    for person, profile in connection.execute("SELECT person, body FROM profiles"):
        if not is_document(person, profile):
            raise DamagedError("a profile in it is not what was written")
    if connection.execute(_UNSENDABLE).fetchone() is not None:
        raise DamagedError("an event in it is not what was written")


def is_epoch(value: object) -> bool:
    """Return whether a value can be a journal's epoch."""
    try:
        return isinstance(value, str) and len(bytes.fromhex(value)) == len(value) // 2 > 0
    except ValueError:
        return False


def is_document(key: object, document: object) -> bool:
    """Return whether a document can be what was once put: JSON, or one plain word."""
    if not isinstance(key, str) or not isinstance(document, bytes):
        return False
    try:
        text = document.decode()
        if text[:1] in {"{", "["}:
            json.loads(text)
    except ValueError:
        return False
    return key.isprintable() and text.isprintable()


def is_journal(path: Path) -> bool:
    """Return whether a file that SQLite cannot read was a journal once."""
    with path.open("rb") as file:
        head = file.read(len(MAGIC))
        if MAGIC.startswith(head) and path.stat().st_size < SMALLEST_BYTES:
            return True
        file.seek(0)
        if int.from_bytes(file.read(TEXT_BYTES)[_OWNER_AT]) == APPLICATION_ID:
            return True
    return _has_traces(path)


def judged(path: Path, reason: str) -> JournalUnusableError:
    """Return what is said of a file that SQLite cannot read."""
    return DamagedError(reason) if is_journal(path) else JournalUnusableError(NO_DATABASE)


def log_of(path: Path) -> Path:
    """Return where SQLite keeps the log of a file."""
    return path.with_name(f"{path.name}-wal")


def _has_magic(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _has_versions(path: Path) -> bool:
    """Return whether a file is of a format version that can be written; SQLite only reads others.

    One that is cut off before that says nothing of it.
    """
    with path.open("rb") as file:
        return set(file.read(_VERSIONS_AT.stop)[_VERSIONS_AT]) <= VERSIONS


def _no_database(path: Path) -> JournalUnusableError:
    """Return what is said of a file that does not begin as a database does."""
    if _is_text(path) and not is_journal(path):
        return JournalUnusableError(NO_DATABASE)
    return DamagedError("its beginning is not that of a database")


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(TEXT_BYTES)
    # A character may be cut at the end.
    text = head.decode(errors="replace").rstrip(_UNDECODABLE)
    return "\0" not in text and _UNDECODABLE not in text


def _has_traces(path: Path) -> bool:
    """Return whether there is anywhere in a file what only a journal has in it."""
    longest = max(map(len, _TRACES))
    before = b""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        while block := file.read(_SCAN_BYTES):
            if any(trace in before + block for trace in _TRACES):
                return True
            before = block[-longest:]
    return False
