"""Labelled sessions out of a journal into a folder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ql_release.journal.archive import (
    ArchivedSession,
    UnknownSessionError,
    session_events,
    sessions,
    write_session_capture,
)
from ql_release.labels.folder import LabelFolder
from ql_release.labels.rows import Row, first_sample_us, rows_of

ID_DIGITS = 8
"""Digits of a session's id in its file's name, besides its start."""

Progress = Callable[[float], None]


@dataclass(slots=True)
class Exported:
    """What an export did.

    Attributes:
        captures: recordings written.
        releases: rows written.
        unfinished: sessions that are still open, or whose end was erased, and were left out.
        gone: sessions whose frames are gone, and were left out.
        answered: releases that were answered since their rows were written.
    """

    captures: int = 0
    releases: int = 0
    unfinished: int = 0
    gone: int = 0
    answered: int = 0


class Export:
    """One export.

    Args:
        journal: the journal's file.
        folder: where to; it is made if there is none.
        force: write anew what is there.
    """

    def __init__(self, journal: Path, folder: Path, *, force: bool = False) -> None:
        self._journal = journal
        self._folder = LabelFolder(folder)
        self._force = force
        self._rows: dict[str, Row] = {}
        self._done = Exported()

    def run(self, progress: Progress, *, everything: bool = False) -> Exported:
        """Export the finished sessions in which somebody has answered.

        Args:
            progress: is told how much is done, 0 to 1.
            everything: those without an answer, too.

        Raises:
            FolderError: when the folder is another's.
            JournalError: when the journal cannot be read.
            DamagedRecording: when a recording that is there is damaged.
            OSError: when the folder cannot be written.
        """
        wanted = [one for one in sessions(self._journal) if everything or one.felt]
        self._folder.prepare()
        self._rows = self._folder.rows()
        for number, session in enumerate(wanted):
            progress(number / len(wanted))
            if session.ended_at is None:
                self._done.unfinished += 1
                continue
            try:
                self._export(session)
            except UnknownSessionError:
                self._done.gone += 1
        if self._force:
            self._folder.rewrite(self._rows)
        progress(1.0)
        return self._done

    def _export(self, session: ArchivedSession) -> None:
        name = file_name(session)
        events = session_events(self._journal, session.id)
        if self._force or not self._folder.capture(name).exists():
            write_session_capture(self._journal, session.id, self._folder.unfinished(name))
            self._folder.finish(name)
            self._done.captures += 1
        rows = rows_of(session, events, name, first_sample_us(self._folder.capture(name)))
        if self._force:
            self._done.releases += len(rows)
            self._rows |= {row["release"]: row for row in rows}
            return
        self._folder.add(rows)
        for row in rows:
            there = self._rows.get(row["release"])
            self._done.releases += there is None
            self._done.answered += there is not None and there["answers"] != row["answers"]


def file_name(session: ArchivedSession) -> str:
    """Return the name of a session's recording: when it started, and whose id begins so."""
    start = datetime.fromisoformat(session.started_at)
    return f"{start:%Y%m%dT%H%M%SZ}-{session.id[:ID_DIGITS]}.qlcap"
