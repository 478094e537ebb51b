"""Opening the database file: who may read it, how safe it is, and what it must be."""

import os
import sqlite3
from pathlib import Path

from ql_release.journal.errors import JournalUnusableError
from ql_release.journal.schema import check_form, migrate

BUSY_TIMEOUT_S = 2.0
"""How long to wait for a daemon that is just stopping to let go of the file."""
CACHE_KIB = 128
"""Page cache: the daemon appends and reads its own end. More, up to SQLite's default of 2 MB,
buys not one row a second (tests/bench/journal.py) and would be full after a few minutes."""
WAL_PAGES = 256
"""Pages (of 4 KiB) after which the log is folded into the file: 1 MB, small on an SD card."""
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

LOCK = "PRAGMA locking_mode = EXCLUSIVE"
"""A second daemon on the same file is refused, and no shared memory is needed."""

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is erased is overwritten where that costs no extra write.
    "PRAGMA secure_delete = FAST",
    f"PRAGMA cache_size = -{CACHE_KIB}",
    f"PRAGMA wal_autocheckpoint = {WAL_PAGES}",
)


def open_database(path: Path) -> sqlite3.Connection:
    """Open or make a journal's file; it holds health data, so only its owner may read it.

    Raises:
        JournalUnusableError: when the file is no journal, from a newer version, in use,
            damaged or out of reach. It is left as it was.
    """
    try:
        _make_private(path)
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise JournalUnusableError(
            f"{_cannot_use(path)}: {reason}: let this user write there, or name another "
            "journal.path"
        ) from error
    except sqlite3.Error as error:
        raise JournalUnusableError(f"{_cannot_use(path)}: {_reason(error)}") from error
    try:
        _prepare(connection)
    except JournalUnusableError as error:
        connection.close()
        raise JournalUnusableError(f"{_cannot_use(path)}: {error}") from error
    except sqlite3.Error as error:
        connection.close()
        raise JournalUnusableError(f"{_cannot_use(path)}: {_reason(error)}") from error
    return connection


def _make_private(path: Path) -> None:
    """Make the file, if there is none, before SQLite would with everyone's permissions."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))


def _prepare(connection: sqlite3.Connection) -> None:
    """Set the connection up and bring the file to the present form."""
    # Locking comes before anything is read: later, SQLite would keep using shared memory.
    connection.execute(LOCK)
    # What is no journal must be found out before anything is written.
    check_form(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    migrate(connection)


def _cannot_use(path: Path) -> str:
    return f"the journal {path} cannot be used"


def _reason(error: sqlite3.Error) -> str:
    """Return SQLite's trouble with what to do about it."""
    reason = str(error)
    if "not a database" in reason or "malformed" in reason:
        return (
            f"{reason}: it is left as it is; move it away to begin a new one, "
            "or name another journal.path"
        )
    if "locked" in reason:
        return "another ql-release has it open: stop that one, or name another journal.path"
    return f"{reason}: check the disk it is on and who may write there"
