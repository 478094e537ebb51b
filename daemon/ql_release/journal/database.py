"""Opening the database file: who may read it, how safe it is, and what it must be.

One daemon alone writes it: that is a lock of ours on the file, for SQLite's own exclusive lock
would keep readers out, too (`readonly`).
"""

import fcntl
import logging
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from ql_release.journal.aside import clear_suspect, finish, is_suspect, is_unfinished, set_aside
from ql_release.journal.checking import (
    CHECK_AT_ONCE_BYTES,
    check_contents,
    check_first,
    check_inside,
    check_outside,
    judged,
)
from ql_release.journal.errors import (
    DamagedError,
    DiskTroubleError,
    JournalError,
    JournalUnusableError,
)
from ql_release.journal.faults import (
    FULL,
    code_of,
    is_damage,
    is_disk_trouble,
    told,
    told_by_system,
)
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
INDEX_BYTES = 32768
"""What SQLite needs at least to open the file: the index of its log."""
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

IN_USE = "another ql-release has it open: stop that one, or name another journal.path"
"""Why a second daemon does not start."""

_FIRST = "PRAGMA auto_vacuum = INCREMENTAL"
"""Before the first table, or it has no effect. Pages that are free are used again first; what many
of them are is given back to the disk a few at a time (`upkeep`), where a VACUUM would write the
whole file anew and hold everything up meanwhile."""
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is erased is overwritten where that costs no extra write.
    "PRAGMA secure_delete = FAST",
    f"PRAGMA cache_size = -{CACHE_KIB}",
    f"PRAGMA wal_autocheckpoint = {WAL_PAGES}",
)


_LOGGER = logging.getLogger(__name__)


class Owned(sqlite3.Connection):
    """A connection to a file that is this daemon's alone until the connection is closed.

    Attributes:
        lock: descriptor of the file, which holds the lock; None before it is taken.
        notice: what was done to open it, for the person who runs the daemon; None if nothing.
        checked: whether the whole file was looked through.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.lock: int | None = None
        self.notice: str | None = None
        self.checked = True

    def close(self) -> None:
        """Close the connection, then let go of the file.

        In this order: a descriptor that is closed takes SQLite's locks on that file with it.
        """
        super().close()
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


def open_database(path: Path) -> Owned:
    """Open or make a journal's file; it holds health data, so only its owner may read it.

    A damaged journal is set aside, and a new one begun with what can be read of it.

    Raises:
        JournalUnusableError: when the file is no journal, from a newer version, in use, or out
            of reach. It is left as it was.
        DiskTroubleError: when the disk is full, read-only or failing.
    """
    lock = _own(path)
    if is_unfinished(path):
        try:
            finish(path)
        except OSError as error:
            raise _out_of_reach(path, error) from error
        finally:
            os.close(lock)
        lock = _own(path)
    try:
        return _connect(path, lock)
    except DamagedError as damage:
        notice = _renew(path, lock, str(damage))
    connection = _connect(path, _own(path))
    connection.notice = notice
    return connection


def _own(path: Path) -> int:
    """Open the file, made if there is none, and make it this daemon's alone.

    Raises:
        JournalUnusableError: when it is out of reach or in use.
        DiskTroubleError: when the disk is full, read-only or failing.
    """
    while True:
        try:
            lock = _make_private(path)
        except OSError as error:
            raise _out_of_reach(path, error) from error
        try:
            _take(lock)
        except JournalUnusableError as error:
            os.close(lock)
            raise JournalUnusableError(f"{_cannot_use(path)}: {error}") from error
        if _is_at(path, lock):
            return lock
        os.close(lock)  # another daemon has set it aside meanwhile


def _is_at(path: Path, file: int) -> bool:
    """Return whether an open file is still the one of that name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _connect(path: Path, lock: int) -> Owned:
    """Connect to a file that is ours; when that fails the lock is let go, unless it is damaged.

    Raises:
        DamagedError: when it is a damaged journal; the lock is kept.
        JournalUnusableError: when it is no journal, or too new.
        DiskTroubleError: when the disk is full, read-only or failing.
    """
    connection: Owned | None = None
    try:
        check_outside(path)
        connection = sqlite3.connect(
            path,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            factory=Owned,
        )
        connection.text_factory = _text
        _prepare(connection, path)
    except (JournalError, sqlite3.Error, OSError) as error:
        if connection is not None:
            connection.close()
        fault = _fault(path, error)
        if not isinstance(fault, DamagedError):
            os.close(lock)
        raise fault from error
    connection.lock = lock
    return connection


def _text(stored: bytes) -> str:
    """Return a text column; a letter that the disk has spoilt holds up no other row of a page.

    What an event says stands in its body, which is no text to SQLite.
    """
    return stored.decode(errors="replace")


def _renew(path: Path, lock: int, reason: str) -> str:
    """Set a damaged journal aside and let go of it; return what to tell of that.

    Raises:
        JournalUnusableError: when that cannot be done.
        DiskTroubleError: when there is no room for the new one.
    """
    _LOGGER.warning("The journal %s is damaged (%s): it is being rescued.", path, reason)
    try:
        aside, rescued = set_aside(path)
        clear_suspect(path)
    except (sqlite3.Error, OSError) as error:
        raise _fault(path, error) from error
    finally:
        os.close(lock)
    notice = (
        f"the journal {path} was damaged ({reason}): it is kept as {aside.name}, and a new one "
        f"was begun with the {rescued.events} events and {rescued.sessions} sessions that could "
        "be read: check the disk, then delete that file"
    )
    _LOGGER.error("%s%s.", notice[0].upper(), notice[1:])
    return notice


def _fault(path: Path, error: Exception) -> JournalError:
    """Return what stands in the way of opening the file."""
    if isinstance(error, DamagedError):
        return error
    if isinstance(error, OSError):
        return _out_of_reach(path, error)
    if isinstance(error, sqlite3.Error) and is_disk_trouble(error):
        trouble = FULL if _is_full(path) else told(error)
        return DiskTroubleError(f"{_cannot_use(path)}: {trouble}")
    return JournalUnusableError(f"{_cannot_use(path)}: {_told(error)}")


def _is_full(path: Path) -> bool:
    """Return whether there is no room; for some files SQLite calls that an I/O error."""
    disk = os.statvfs(path.parent)
    return disk.f_bavail * disk.f_frsize < INDEX_BYTES


def _out_of_reach(path: Path, error: OSError) -> JournalError:
    trouble = told_by_system(error)
    if trouble is not None:
        return DiskTroubleError(f"{_cannot_use(path)}: {trouble}")
    reason = (error.strerror or str(error)).lower()
    return JournalUnusableError(
        f"{_cannot_use(path)}: {reason}: let this user write there, or name another journal.path"
    )


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


def _prepare(connection: Owned, path: Path) -> None:
    """Check the file, set the connection up and bring the file to the present form.

    Raises:
        DamagedError: when it is a damaged journal.
        JournalUnusableError: when it is no journal, or too new.
        sqlite3.Error: when the disk fails.
    """
    try:
        # What is no journal must be found out before anything is written.
        form = check_form(connection)
        for pragma in _PRAGMAS if form else (_FIRST, *_PRAGMAS):
            connection.execute(pragma).fetchall()
        if form:
            _check(connection, path)
        migrate(connection)
        check_contents(connection)
    except sqlite3.Error as error:
        if is_damage(error) or _is_of_no_form(error):
            raise judged(path, str(error)) from error
        raise


def _check(connection: Owned, path: Path) -> None:
    """Look through the whole file, unless that would take too long now."""
    suspect = is_suspect(path)
    connection.checked = suspect or path.stat().st_size <= CHECK_AT_ONCE_BYTES
    if connection.checked:
        check_inside(connection, whole=suspect)
        clear_suspect(path)
    else:
        check_first(connection)


def _is_of_no_form(error: sqlite3.Error) -> bool:
    """Return whether tables are not what the file's form says."""
    return code_of(error) == sqlite3.SQLITE_ERROR


def _cannot_use(path: Path) -> str:
    return f"the journal {path} cannot be used"


def _told(error: Exception) -> str:
    """Return what is wrong with the file, and what to do about it."""
    reason = str(error)
    if isinstance(error, JournalError):
        return reason
    if "locked" in reason:
        return IN_USE
    return f"{reason}: check the disk it is on and who may write there"
