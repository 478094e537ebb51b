"""A journal that can be used at once, whatever its disk is like.

When the disk is full or read-only at the start, a stand-in takes the file's place until it can be
opened (`standin`). So the daemon starts, shows live data and keeps what it has to write in memory.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ql_release.journal.database import open_database
from ql_release.journal.errors import DiskTroubleError, JournalError


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


def _stand_in(path: Path, trouble: JournalError) -> Opened:
    from ql_release.journal.standin import stand_in  # noqa: PLC0415 - few starts need it

    connection = stand_in(path)
    return Opened(connection, epoch_of(connection), trouble)
