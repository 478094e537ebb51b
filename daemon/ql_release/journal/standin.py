"""What can be read in place of a journal that cannot be opened.

The file itself, where SQLite can read it without writing; an empty journal in memory otherwise.
"""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from ql_release.journal.checking import check_contents, check_first, log_of
from ql_release.journal.database import CACHE_KIB
from ql_release.journal.errors import JournalError
from ql_release.journal.schema import MIGRATIONS, check_form, migrate


def stand_in(path: Path) -> sqlite3.Connection:
    """Return a connection that can only be read."""
    for open_ in (_only_read, _unchanging):
        try:
            connection = open_(path)
        except (JournalError, OSError, sqlite3.Error):
            continue
        break
    else:
        connection = _empty()
    connection.execute("PRAGMA query_only = ON")
    return connection


def _only_read(path: Path) -> sqlite3.Connection:
    """Open the file without its index, for which a full disk has no room."""
    return _read(connect(path, "mode=rw", "PRAGMA locking_mode = EXCLUSIVE"))


def _unchanging(path: Path) -> sqlite3.Connection:
    """Open a file on a disk that is read-only; one with a log cannot be read there."""
    log = log_of(path)
    if log.exists() and log.stat().st_size:
        raise JournalError("its log cannot be read")
    return _read(connect(path, "mode=ro&immutable=1"))


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(connection)
    return connection


def _read(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection once it has been seen that the file is a journal of this form."""
    try:
        _need_form(connection)
        check_first(connection)
        check_contents(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _need_form(connection: sqlite3.Connection) -> None:
    """Refuse what would have to be migrated first."""
    if check_form(connection) != len(MIGRATIONS):
        raise JournalError("it is of an older form")


def connect(path: Path, options: str, *first: str) -> sqlite3.Connection:
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
