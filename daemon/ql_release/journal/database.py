"""Opening the database file: who may read it, how safe it is, and what it must be.

One daemon alone writes it: that is a lock of ours on the file, for SQLite's own exclusive lock
would keep readers out, too (`readonly`).
"""

import fcntl
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from ql_release.journal.errors import JournalUnusableError
from ql_release.journal.schema import check_form, migrate

BUSY_TIMEOUT_S = 2.0
"""How long to wait for a daemon that is just stopping to let go of the file."""
LOCK_POLL_S = 0.05
"""How often it is looked whether it has."""
CACHE_KIB = 128
"""Page cache: the daemon appends and reads its own end. More, up to SQLite's default of 2 MB,
buys not one row a second (tests/bench/journal.py) and would be full after a few minutes."""
WAL_PAGES = 256
"""Pages (of 4 KiB) after which the log is folded into the file: 1 MB, small on an SD card."""
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

IN_USE = "another ql-release has it open: stop that one, or name another journal.path"
"""Why a second daemon does not start."""

_PRAGMAS = (
    # Before the first table, or it has no effect. Pages that are free are used again first; what
    # many of them are is given back to the disk a few at a time (`upkeep`), where a VACUUM would
    # write the whole file anew and hold everything up meanwhile.
    "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is erased is overwritten where that costs no extra write.
    "PRAGMA secure_delete = FAST",
    f"PRAGMA cache_size = -{CACHE_KIB}",
    f"PRAGMA wal_autocheckpoint = {WAL_PAGES}",
)


class _Owned(sqlite3.Connection):
    """A connection to a file that is this daemon's alone until the connection is closed.

    Attributes:
        lock: descriptor of the file, which holds the lock; None before it is taken.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.lock: int | None = None

    def close(self) -> None:
        """Close the connection, then let go of the file.

        In this order: a descriptor that is closed takes SQLite's locks on that file with it.
        """
        super().close()
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


def open_database(path: Path) -> sqlite3.Connection:
    """Open or make a journal's file; it holds health data, so only its owner may read it.

    Raises:
        JournalUnusableError: when the file is no journal, from a newer version, in use,
            damaged or out of reach. It is left as it was.
    """
    try:
        lock = _make_private(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise JournalUnusableError(
            f"{_cannot_use(path)}: {reason}: let this user write there, or name another "
            "journal.path"
        ) from error
    try:
        _take(lock)
        connection = sqlite3.connect(
            path,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            factory=_Owned,
        )
    except (JournalUnusableError, sqlite3.Error) as error:
        os.close(lock)
        raise JournalUnusableError(f"{_cannot_use(path)}: {_told(error)}") from error
    connection.lock = lock
    try:
        _prepare(connection)
    except (JournalUnusableError, sqlite3.Error) as error:
        connection.close()
        raise JournalUnusableError(f"{_cannot_use(path)}: {_told(error)}") from error
    return connection


def _make_private(path: Path) -> int:
    """Open the file, made before SQLite would with everyone's permissions if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)


def _take(file: int) -> None:
    """Make the file this daemon's alone, waiting a little for one that is just stopping.

    Raises:
        JournalUnusableError: when another daemon keeps it.
    """
    give_up = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= give_up:
                raise JournalUnusableError(IN_USE) from error
            time.sleep(LOCK_POLL_S)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise JournalUnusableError(f"{reason}: name a journal.path on a local disk") from error
        else:
            return


def _prepare(connection: sqlite3.Connection) -> None:
    """Set the connection up and bring the file to the present form."""
    # What is no journal must be found out before anything is written.
    check_form(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    migrate(connection)


def _cannot_use(path: Path) -> str:
    return f"the journal {path} cannot be used"


def _told(error: Exception) -> str:
    """Return what is wrong with the file, and what to do about it."""
    reason = str(error)
    if isinstance(error, JournalUnusableError):
        return reason
    if "not a database" in reason or "malformed" in reason:
        return (
            f"{reason}: it is left as it is; move it away to begin a new one, "
            "or name another journal.path"
        )
    if "locked" in reason:
        return IN_USE
    return f"{reason}: check the disk it is on and who may write there"
