"""A journal that can be used at once, whatever its disk is like.

When the disk is full or read-only at the start, a stand-in takes the file's place until it can be
opened: the file itself, only to be read, where SQLite can do that without writing; an empty
journal in memory where it cannot. So the daemon starts, shows live data and keeps what it has to
write in memory.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ql_release.journal.checking import check_inside, log_of
from ql_release.journal.database import CACHE_KIB, open_database
from ql_release.journal.errors import DamagedError, DiskTroubleError, JournalError
from ql_release.journal.faults import is_damage
from ql_release.journal.schema import MIGRATIONS, check_form, migrate


@dataclass(frozen=True, slots=True)
class Opened:
    """A journal's connection, or what stands in for it.

    Attributes:
        connection: to be read, and to be written unless there is trouble.
        epoch: the journal's; of an empty stand-in one that no event will ever bear.
        trouble: why it cannot be written; None when it can.
        notice: what was done to open it, for the person who runs the daemon.
        checked: whether the whole file was looked through.
    """

    connection: sqlite3.Connection
    epoch: str
    trouble: JournalError | None = None
    notice: str | None = None
    checked: bool = True


def open_journal(path: Path) -> Opened:
    """Open a journal, or a stand-in while its disk does not let it be opened.

    Raises:
        JournalUnusableError: when that will not change by itself.
    """
    try:
        connection = open_database(path)
    except DiskTroubleError as trouble:
        return _stand_in(path, trouble)
    return Opened(
        connection, epoch_of(connection), None, connection.notice, checked=connection.checked
    )


def open_again(path: Path) -> Opened:
    """Open a journal that could not be opened before; never without at least a stand-in."""
    try:
        return open_journal(path)
    except JournalError as error:
        return _stand_in(path, error)


def epoch_of(connection: sqlite3.Connection) -> str:
    """Return what names a journal for ever."""
    epoch: str = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]
    return epoch


def check_beside(path: Path, tell: Callable[[str], object]) -> None:
    """Look through the whole file in a thread, beside the daemon that writes it.

    The daemon is not waited for when it ends.

    Args:
        path: the file.
        tell: called in that thread, with what is wrong, if anything is.
    """

    def check() -> None:
        try:
            with closing(_connect(path, "mode=ro")) as connection:
                check_inside(connection)
        except DamagedError as error:
            tell(str(error))
        except sqlite3.Error as error:
            if is_damage(error):
                tell(str(error))

    threading.Thread(target=check, name="journal-check", daemon=True).start()


def _stand_in(path: Path, trouble: JournalError) -> Opened:
    for open_ in (_only_read, _unchanging, _empty):
        try:
            connection = open_(path)
            connection.execute("PRAGMA query_only = ON")
            return Opened(connection, epoch_of(connection), trouble)
        except (JournalError, sqlite3.Error):
            continue
    raise trouble


def _only_read(path: Path) -> sqlite3.Connection:
    """Open the file without its index, for which a full disk has no room."""
    return _read(_connect(path, "mode=rw", "PRAGMA locking_mode = EXCLUSIVE"))


def _unchanging(path: Path) -> sqlite3.Connection:
    """Open a file on a disk that is read-only; one with a log cannot be read there."""
    log = log_of(path)
    if log.exists() and log.stat().st_size:
        raise JournalError("its log cannot be read")
    return _read(_connect(path, "mode=ro&immutable=1"))


def _empty(_path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(connection)
    return connection


def _read(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection once it has been seen that the file is a journal of this form."""
    try:
        _need_form(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _need_form(connection: sqlite3.Connection) -> None:
    """Refuse what would have to be migrated first."""
    if check_form(connection) != len(MIGRATIONS):
        raise JournalError("it is of an older form")


def _connect(path: Path, options: str, *first: str) -> sqlite3.Connection:
    """Connect to a file; what is said first comes before it is looked into."""
    uri = f"file:{quote(str(path.absolute()))}?{options}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (*first, f"PRAGMA cache_size = -{CACHE_KIB}"):
            connection.execute(pragma).fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
