"""What was journaled before the time was known, and how it gets its dates.

Its times count from 1970 (see `provisional`). Neither it nor anything after it is published until
one shift has made dates of all of it; ids and order stay.
"""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from ql_release.events import rfc3339, unix_us
from ql_release.marks import Mark
from ql_release.provisional import FIRST_DATE_US, dated, is_date

ESTIMATED = "estimated"
"""What `time` says in an event whose date is the latest that it can have."""
LATEST = 256
"""Events among which the newest date is looked for: marks may decide a little out of order."""

_FIRST = {"first": FIRST_DATE_US}
_UNDATED_EVENTS = """
SELECT seq, decided_us, body FROM outbox JOIN events USING (seq) WHERE decided_us < :first
"""
# Of a segment that began with a date and was closed without one only arrival times stay wrong.
_UNDATED_RECORDS = """
WHERE host_us < :first
AND segment IN (SELECT id FROM segments WHERE opened_us < :first OR closed = 0)
"""


def newest_date(connection: sqlite3.Connection) -> int | None:
    """Return the newest date among the latest events, Unix µs; None when there is none."""
    rows = connection.execute("SELECT decided_us FROM events ORDER BY seq DESC LIMIT ?", (LATEST,))
    return max((decided_us for (decided_us,) in rows if is_date(decided_us)), default=None)


def newest_count(connection: sqlite3.Connection) -> int | None:
    """Return the newest time from before the time was known, µs; None when there is none."""
    events = connection.execute(_UNDATED_EVENTS, _FIRST)
    counts = [decided_us for _, decided_us, _ in events]
    newest = f"SELECT max(host_us) FROM records {_UNDATED_RECORDS}"  # noqa: S608 - a constant
    counts += connection.execute(newest, _FIRST).fetchone()
    return max((each for each in counts if each is not None), default=None)


def give_dates(connection: sqlite3.Connection, shift_us: int, estimated_before_us: int) -> None:
    """Make dates of everything from before the time was known.

    Args:
        connection: inside a transaction.
        shift_us: what makes dates of the counted times.
        estimated_before_us: what was counted before this has an estimated date: between it and
            what came after, the machine was off for nobody knows how long.
    """
    _date_events(connection, shift_us, estimated_before_us)
    _date_sessions(connection, shift_us)
    _date_segments(connection, shift_us)


def _date_events(connection: sqlite3.Connection, shift_us: int, estimated_us: int) -> None:
    for seq, decided_us, body in connection.execute(_UNDATED_EVENTS, _FIRST).fetchall():
        more = {"time": ESTIMATED} if decided_us < estimated_us else {}
        connection.execute(
            "UPDATE events SET decided_us = ?, body = ? WHERE seq = ?",
            (dated(decided_us, shift_us), _dated_body(body, shift_us, more), seq),
        )


def _date_sessions(connection: sqlite3.Connection, shift_us: int) -> None:
    rows = connection.execute(
        "SELECT id, ended_us, body FROM sessions WHERE ended_us < :first", _FIRST
    ).fetchall()
    for name, ended_us, body in rows:
        connection.execute(
            "UPDATE sessions SET ended_us = ?, body = ? WHERE id = ?",
            (dated(ended_us, shift_us), _dated_body(body, shift_us, {}), name),
        )


def _date_segments(connection: sqlite3.Connection, shift_us: int) -> None:
    """Date the inputs too, so that a rebuild or an export tells the same times as the events."""
    for number, mark in _undated_marks(connection):
        connection.execute(
            "UPDATE records SET data = ? WHERE id = ?", (mark.dated(shift_us).to_json(), number)
        )
    shift = _FIRST | {"shift": shift_us}
    connection.execute(f"UPDATE records SET host_us = host_us + :shift {_UNDATED_RECORDS}", shift)  # noqa: S608
    connection.execute(
        "UPDATE segments SET opened_us = opened_us + :shift WHERE opened_us < :first", shift
    )


def _undated_marks(connection: sqlite3.Connection) -> Iterator[tuple[int, Mark]]:
    rows = connection.execute(
        f"SELECT id, data FROM records {_UNDATED_RECORDS} AND mark",  # noqa: S608 - a constant
        _FIRST,
    ).fetchall()
    for number, data in rows:
        yield number, Mark.from_json(data)


def _dated_body(body: bytes, shift_us: int, more: dict[str, str]) -> bytes:
    """Return a stored body with dates in place of counted times."""
    fields: dict[str, Any] = json.loads(body)
    for name, value in fields.items():
        if isinstance(value, str) and (name == "at" or name.endswith("_at")):
            fields[name] = rfc3339(dated(unix_us(value), shift_us))
    return json.dumps(fields | more, separators=(",", ":"), ensure_ascii=False).encode()


def until_undated(rows: list[Any], decided: int) -> Iterator[Any]:
    """Yield rows up to the first whose event has no date yet: it holds up all after it.

    Args:
        rows: events in the order of their numbers.
        decided: which column says when an event was decided.
    """
    for row in rows:
        if not is_date(row[decided]):
            return
        yield row
