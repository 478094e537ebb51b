"""Answers about earlier sessions, in the segments in which they were given.

They are marks among the samples of whoever was on the tool just then, and decide nothing about
those: erasing who answered takes the marks, and leaves the samples.
"""

import sqlite3

from ql_release.journal.chunks import pack, unpack
from ql_release.journal.records import SegmentRecord
from ql_release.marks import ANSWERS, Mark

ANSWER_TYPES = frozenset({"felt", "reassigned"})
"""The types of the events that they lead to."""

_GIVEN_IN = """
SELECT DISTINCT (
    SELECT id FROM segments WHERE tool = answer.tool AND opened_us <= answer.decided_us
    ORDER BY opened_us DESC, id DESC LIMIT 1)
FROM events AS answer WHERE person = ? AND type IN ('felt', 'reassigned')
"""


def erase_answers(connection: sqlite3.Connection, person: str) -> None:
    """Take a person's answers out of the segments that are others'.

    Args:
        connection: inside a transaction, with the person's own segments gone and the events of
            the answers still there.
        person: who answered.
    """
    for (segment,) in connection.execute(_GIVEN_IN, (person,)).fetchall():
        if segment is not None:
            _from_rows(connection, segment, person)
            _from_chunks(connection, segment, person)


def _from_rows(connection: sqlite3.Connection, segment: int, person: str) -> None:
    rows = connection.execute(
        "SELECT id, data FROM records WHERE segment = ? AND mark", (segment,)
    ).fetchall()
    theirs = [(number,) for number, data in rows if _is_of(data, person)]
    connection.executemany("DELETE FROM records WHERE id = ?", theirs)


def _from_chunks(connection: sqlite3.Connection, segment: int, person: str) -> None:
    chunks = connection.execute(
        "SELECT last, data FROM chunks WHERE segment = ?", (segment,)
    ).fetchall()
    for last, chunk in chunks:
        try:
            records = unpack(chunk)
        except ValueError:
            continue  # nobody can read it
        kept = [one for one in records if not _is_theirs(one, person)]
        if len(kept) < len(records):
            connection.execute(
                "UPDATE chunks SET data = ? WHERE segment = ? AND last = ?",
                (pack(kept), segment, last),
            )


def _is_theirs(record: SegmentRecord, person: str) -> bool:
    return record.kind == "mark" and _is_of(record.data, person)


def _is_of(data: bytes, person: str) -> bool:
    try:
        mark = Mark.from_json(data)
    except ValueError:
        return False
    return mark.kind in ANSWERS and person in (mark.data.get("person"), mark.data.get("was"))
