"""The folder of labelled recordings, which only grows unless asked otherwise."""

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ql_release.labels.readme import README, TITLE
from ql_release.labels.rows import COLUMNS, Row, cells

TABLE = "labels.csv"
LINES = "labels.jsonl"
ABOUT = "README.txt"
UNFINISHED = ".part"
"""Ends the name of a file that is being written: what has a whole name is whole."""
PRIVATE_FOLDER = 0o700
"""It says something about people's health."""


class FolderError(Exception):
    """The folder cannot be used; the message says why and what to do."""


class LabelFolder:
    """A folder of labelled recordings.

    Args:
        path: where it is or shall be.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self) -> None:
        """Make the folder if there is none.

        Raises:
            FolderError: when something else is in it: nothing is written there.
            OSError: when it cannot be made or read.
        """
        if self._path.exists() and not self._path.is_dir():
            raise FolderError(f"{self._path} is no folder: name a new or empty one")
        self._path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if not any(self._path.iterdir()):
            self._write(ABOUT, README)
        elif not self._is_ours():
            raise FolderError(
                f"{self._path} holds other files than labelled recordings: name a new or empty "
                "folder"
            )

    def capture(self, name: str) -> Path:
        """Return where a capture of this name is or shall be."""
        return self._path / name

    def unfinished(self, name: str) -> Path:
        """Return where to write a capture before `finish`; what a break-off left there is gone."""
        path = self._path / f"{name}{UNFINISHED}"
        path.unlink(missing_ok=True)
        return path

    def finish(self, name: str) -> None:
        """Give a capture that is whole its name."""
        (self._path / f"{name}{UNFINISHED}").replace(self._path / name)

    def rows(self) -> dict[str, Row]:
        """Return the rows that are there by their release's id, in order.

        Raises:
            FolderError: when a line is no row.
            OSError: when the file cannot be read.
        """
        found: dict[str, Row] = {}
        for number, line in enumerate(self._text(LINES).splitlines(), start=1):
            try:
                row = json.loads(line)
                found[row["release"]] = {**dict.fromkeys(COLUMNS), "answers": [], **row}
            except (KeyError, TypeError, ValueError) as error:
                raise FolderError(
                    f"{self._path / LINES}, line {number}: it is no row of this command's: mend "
                    "or delete the line, or name a new folder"
                ) from error
        return found

    def add(self, rows: Sequence[Row]) -> None:
        """Add the rows that are not there yet; those that are stay as they are.

        Raises:
            FolderError: when a line that is there is no row.
            OSError: when the files cannot be read or written.
        """
        lines, table = self._text(LINES), self._text(TABLE)
        known, tabled = self.rows(), _releases(table)
        if new := [row for row in rows if row["release"] not in known]:
            self._write(LINES, _whole(lines) + _lines(new))
        if new := [row for row in rows if row["release"] not in tabled]:
            self._write(TABLE, _whole(table) + _table(new, head=not table))

    def rewrite(self, rows: Mapping[str, Row]) -> None:
        """Write all rows and the README anew."""
        self._write(ABOUT, README)
        self._write(LINES, _lines(rows.values()))
        self._write(TABLE, _table(rows.values()))

    def _is_ours(self) -> bool:
        return self._text(ABOUT).startswith(TITLE)

    def _text(self, name: str) -> str:
        """Return what a file holds; nothing when there is none."""
        try:
            return (self._path / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def _write(self, name: str, text: str) -> None:
        """Write a file as a whole or not at all."""
        unfinished = self._path / f"{name}{UNFINISHED}"
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path / name)


def _whole(text: str) -> str:
    """Return text that ends with its line."""
    return text if not text or text.endswith("\n") else f"{text}\n"


def _releases(table: str) -> set[str | None]:
    """Return the releases that a table has rows of."""
    return {row.get("release") for row in csv.DictReader(io.StringIO(table))}


def _lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)


def _table(rows: Iterable[Row], *, head: bool = True) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if head:
        writer.writerow(COLUMNS)
    writer.writerows(cells(row) for row in rows)
    return text.getvalue()
