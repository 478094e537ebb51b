"""Reading a journal's file beside the daemon that writes it, or without one.

Nothing is made, migrated or changed, and nothing that a daemon waits for is locked: SQLite's
write-ahead log lets it go on writing while what was committed before is read. Reads are short,
for the log cannot be folded in under one. (Only for a copy that has a log but lacks the log's
index, `-shm`, does SQLite make that index beside it.)
"""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from ql_release.journal.errors import JournalError, JournalUnusableError
from ql_release.journal.schema import APPLICATION_ID, MIGRATIONS, check_form

BUSY_TIMEOUT_S = 2.0
"""How long to wait for a daemon that is just making or restoring its files."""
NAME_ANOTHER = "name another with --journal or journal.path"
AS_WHOM = "read it as the user that runs the daemon, or as root"


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that reads one state of a journal and can change nothing.

    Args:
        path: the journal's file.

    Raises:
        JournalUnusableError: when there is none, it is no journal or not of this version's
            form, or it cannot be read.
        JournalError: when a daemon that started meanwhile changed it: the next time it works.
    """
    before = _state(path)
    unused = not _log_of(path).exists()
    connection: sqlite3.Connection | None = None
    try:
        connection = _open(path, unused=unused)
        connection.execute("BEGIN")
        _check(connection)
        yield connection
    except sqlite3.Error as error:
        raise JournalUnusableError(f"{_cannot_read(path)}: {_told(error)}") from error
    except JournalUnusableError as error:
        raise JournalUnusableError(f"{_cannot_read(path)}: {error}") from error
    finally:
        if connection is not None:
            connection.close()
    if unused and _state(path) != before:
        raise JournalError(f"the journal {path} changed while it was read: do it again")


def _open(path: Path, *, unused: bool) -> sqlite3.Connection:
    """Open the file; an unused one in a way that makes no files beside it.

    A log beside it means that a daemon runs or has crashed; SQLite then reads both.
    """
    options = "mode=ro&immutable=1" if unused else "mode=ro"
    uri = f"file:{quote(str(path.absolute()))}?{options}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)


def _check(connection: sqlite3.Connection) -> None:
    """Refuse what is no journal of this version's form."""
    form = check_form(connection)
    owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID:
        raise JournalUnusableError("it is empty: let the daemon write to it first")
    if form < len(MIGRATIONS):
        raise JournalUnusableError(
            f"it was written by an older version (form {form}, this one reads "
            f"{len(MIGRATIONS)}): start this version's daemon on it once"
        )


def _state(path: Path) -> tuple[int, int]:
    """Return what differs once somebody has written to the file itself.

    Raises:
        JournalUnusableError: when there is no such file, or it is out of reach.
    """
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise JournalUnusableError(f"there is no journal {path}: {NAME_ANOTHER}") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise JournalUnusableError(f"{_cannot_read(path)}: {reason}: {AS_WHOM}") from error
    if not stat.S_ISREG(status.st_mode):
        raise JournalUnusableError(f"{_cannot_read(path)}: it is no file: {NAME_ANOTHER}")
    return status.st_mtime_ns, status.st_size


def _log_of(path: Path) -> Path:
    """Return where SQLite keeps the log of a file."""
    return path.with_name(f"{path.name}-wal")


def _cannot_read(path: Path) -> str:
    return f"the journal {path} cannot be read"


def _told(error: sqlite3.Error) -> str:
    """Return SQLite's trouble with what to do about it."""
    reason = str(error)
    if "not a database" in reason:
        return f"it is no journal: {NAME_ANOTHER}"
    if "malformed" in reason:
        return f"it is damaged: {NAME_ANOTHER}, such as a copy of it"
    if "unable to open" in reason or "readonly" in reason:
        return AS_WHOM
    return f"{reason}: check the disk it is on"
