"""Pages of what was journaled, for those who were away."""

import logging
import sqlite3

from ql_release.events import EventError, complete
from ql_release.journal import dating
from ql_release.journal.records import HistoryPage

MAX_PAGE_EVENTS = 200
"""The contract's limit (docs/mqtt.md)."""
MAX_PAGE_BYTES = 64 * 1024
"""The contract's limit for the whole reply (docs/mqtt.md)."""
_DECIDED = 2
"""The column of `_after` that says when an event was decided."""
_LOGGER = logging.getLogger(__name__)
ENVELOPE_BYTES = 1024
"""Room in a reply for what stands around the events: ids, cursors, brackets."""


def read_page(
    connection: sqlite3.Connection,
    epoch: str,
    after_seq: int,
    limit: int,
    max_bytes: int,
) -> HistoryPage:
    """Return the page of events after a number.

    A number beyond the last event was given by a journal that has since lost some of its
    end (an older copy was put back): the page then begins at the oldest event, since whoever
    asks knows events by their ids. What has no date yet, and all after it, is not there yet.
    """
    oldest, newest = _bounds(connection)
    start = 0 if after_seq > newest else after_seq
    events: list[bytes] = []
    next_seq = start
    room = max_bytes - ENVELOPE_BYTES
    rows = _after(connection, start, min(limit, MAX_PAGE_EVENTS)).fetchall()
    ready = list(dating.until_undated(rows, _DECIDED))
    held = len(ready) < len(rows)
    for seq, stored, _ in ready:
        event = _completed(stored, epoch, seq)
        if event is None:
            next_seq = seq
            continue
        room -= len(event) + 1
        if room < 0 and events:
            held = False
            break
        events.append(event)
        next_seq = seq
    more = next_seq < newest and not held
    return HistoryPage(epoch, events, next_seq, more=more, oldest_seq=oldest)


def _completed(stored: bytes, epoch: str, seq: int) -> bytes | None:
    """Return an event as it is sent; None for one that the disk has spoilt."""
    try:
        return complete(stored, epoch, seq, live=False)
    except EventError:
        _LOGGER.warning("Event %d cannot be read any more and is left out of the history.", seq)
        return None


def _bounds(connection: sqlite3.Connection) -> tuple[int | None, int]:
    """Return the first number kept (None if none is) and the last."""
    oldest: int | None = connection.execute("SELECT min(seq) FROM events").fetchone()[0]
    newest: int | None = connection.execute("SELECT max(seq) FROM events").fetchone()[0]
    return oldest, newest or 0


def _after(connection: sqlite3.Connection, seq: int, limit: int) -> sqlite3.Cursor:
    return connection.execute(
        "SELECT seq, body, decided_us FROM events WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)
    )
