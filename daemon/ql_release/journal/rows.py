"""The rows of a damaged file's table, one by one, around what cannot be read.

Whatever page is bad, the rows on the others are found: by reading on from the next number that a
row could have. Tables without numbers are small; they are read from both ends.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

MOST_PROBES = 1_000_000
"""Numbers that are tried one by one: seconds. A journal of many years has fewer rows."""
BLIND = 100_000
"""How far to look where not even the last number can be read."""
UNREADABLE = (sqlite3.Error, MemoryError)
"""What reading a damaged row can end with: a length that is none may ask for more memory than
there is."""

Row = tuple[Any, ...]


class NumberedTable:
    """A table whose rows have numbers.

    Args:
        connection: to the damaged file; it is only read.
        table: its name.
        number: the column of the numbers.
        columns: what to read; names of this package's own.
        last: how far to look at least.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        table: str,
        number: str,
        columns: Sequence[str],
        last: int = 0,
    ) -> None:
        self._connection = connection
        self._select = f"SELECT {number}, {', '.join(columns)} FROM {table} NOT INDEXED"  # noqa: S608
        self._number = number
        self._table = table
        self._last = last
        self._lost: set[int] = set()

    @property
    def last(self) -> int:
        """The highest number that a row could have."""
        known = self._last
        for statement in (
            f"SELECT max({self._number}) FROM {self._table}",  # noqa: S608
            f"SELECT seq FROM sqlite_sequence WHERE name = '{self._table}'",  # noqa: S608
        ):
            try:
                row = self._connection.execute(statement).fetchone()
            except UNREADABLE:
                continue
            if row is not None and isinstance(row[0], int):
                return max(known, row[0])
        return known + BLIND

    def is_lost(self, number: int) -> bool:
        """Return whether nobody knows any more if there was such a row, once `rows` has ended."""
        return number in self._lost

    def rows(self) -> Iterator[Row]:
        """Yield the columns of each row that can be read, in the order of the numbers."""
        if not _is_there(self._connection, self._select):
            return
        at, last = 0, self.last
        probes = MOST_PROBES
        while True:
            try:
                for number, *row in self._connection.execute(
                    f"{self._select} WHERE {self._number} > ? ORDER BY {self._number}", (at,)
                ):
                    at = _next(at, number)
                    yield tuple(row)
            except UNREADABLE:
                pass
            else:
                return
            found: Row | None = None
            while at < last and probes > 0:
                at, probes = at + 1, probes - 1
                try:
                    found = self._one(at)
                except UNREADABLE:
                    self._lost.add(at)
                else:
                    break
            else:
                return
            if found is not None:
                yield found

    def _one(self, number: int) -> Row | None:
        """Return the row of a number.

        Raises:
            sqlite3.Error, MemoryError: when it cannot be read whether there is one.
        """
        row = self._connection.execute(
            f"{self._select} WHERE {self._number} = ?", (number,)
        ).fetchone()
        return None if row is None else tuple(row[1:])


def keyed_rows(
    connection: sqlite3.Connection, table: str, keys: Sequence[str], columns: Sequence[str] = ()
) -> Iterator[Row]:
    """Yield the rows of a table that has keys in place of numbers, as far as they can be read.

    Args:
        connection: to the damaged file; it is only read.
        table: its name.
        keys: the columns of its key, which come first in a row.
        columns: the other columns to read.
    """
    select = f"SELECT {', '.join([*keys, *columns])} FROM {table} NOT INDEXED"  # noqa: S608
    if not _is_there(connection, select):
        return
    seen: set[Row] = set()
    for direction in ("ASC", "DESC"):
        order = ", ".join(f"{key} {direction}" for key in keys)
        try:
            for row in connection.execute(f"{select} ORDER BY {order}"):
                key = row[: len(keys)]
                if key in seen:
                    break  # the other end has come so far, or the pages go in circles
                seen.add(key)
                yield row
            else:
                return
        except UNREADABLE:
            continue


def _next(before: int, number: int) -> int:
    """Return the number of the next row.

    Raises:
        sqlite3.DatabaseError: when it is none: damaged pages can go in circles.
    """
    if number <= before:
        raise sqlite3.DatabaseError("rows are not in order")
    return number


def _is_there(connection: sqlite3.Connection, select: str) -> bool:
    """Return whether a file has a table with these columns."""
    try:
        connection.execute(f"{select} LIMIT 0").fetchall()
    except UNREADABLE:
        return False
    return True
