"""What SQLite's and the system's errors mean for a journal."""

import errno
import sqlite3

from ql_release.journal.errors import DamagedError, DiskTroubleError, JournalError

PRIMARY = 0xFF
"""The low byte of an SQLite error code is its kind."""
_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_FORMAT,
    }
)
_UNREADABLE = frozenset(
    {
        sqlite3.SQLITE_IOERR_READ,
        sqlite3.SQLITE_IOERR_SHORT_READ,
        sqlite3.SQLITE_IOERR_CORRUPTFS,
        sqlite3.SQLITE_IOERR_DATA,
    }
)
"""The disk does not give a page back: as lost as if it were garbage."""
_DISK = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})
DISK_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""What the system says of a disk that is full, read-only or failing."""

FULL = "the journal's disk is full: free some space on it"
READ_ONLY = "the journal's file is read-only: make it writable again"


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether the file is not what was written to it."""
    code = code_of(error)
    return code & PRIMARY in _DAMAGE or code in _UNREADABLE


def is_disk_trouble(error: sqlite3.Error) -> bool:
    """Return whether the disk takes nothing at present."""
    return code_of(error) & PRIMARY in _DISK and not is_damage(error)


def code_of(error: sqlite3.Error) -> int:
    """Return SQLite's extended error code; 0 for an error of the Python module's own."""
    return getattr(error, "sqlite_errorcode", 0)


def told(error: sqlite3.Error) -> JournalError:
    """Return SQLite's trouble with a request as a sentence."""
    reason = str(error)
    if is_damage(error):
        return DamagedError(f"the journal is damaged ({reason})")
    if code_of(error) & PRIMARY == sqlite3.SQLITE_FULL:
        return DiskTroubleError(FULL)
    if code_of(error) & PRIMARY == sqlite3.SQLITE_READONLY:
        return DiskTroubleError(READ_ONLY)
    failed = f"the journal failed ({reason}): check the disk it is on"
    return DiskTroubleError(failed) if is_disk_trouble(error) else JournalError(failed)


def told_by_system(error: OSError) -> DiskTroubleError | None:
    """Return the system's trouble with the disk as a sentence; None when it is no such."""
    if error.errno not in DISK_ERRNOS:
        return None
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskTroubleError(FULL)
    if error.errno == errno.EROFS:
        return DiskTroubleError(READ_ONLY)
    reason = (error.strerror or str(error)).lower()
    return DiskTroubleError(f"the journal failed ({reason}): check the disk it is on")
