"""`ql-release labels`: past sessions with what people felt."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

from ql_release.cli.console import Console, Style
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.words import counted, minutes
from ql_release.journal import JournalError
from ql_release.journal.archive import ArchivedSession, sessions
from ql_release.labels.export import ID_DIGITS, Export, Exported
from ql_release.labels.folder import FolderError
from ql_release.links.damage import DamagedRecording
from ql_release.payloads.base import unix_us
from ql_release.settings import SettingsError, load
from ql_release.units import MICROSECONDS

HEADINGS = ("session", "started", "length", "tool", "person", "releases", "felt")
NOTHING = "-"
"""Stands in the table where there is nothing to say."""


def main(options: SimpleNamespace, console: Console) -> int:
    """Run `labels list` or `labels export`."""
    try:
        journal = _journal(options)
        if options.action == "list":
            _list(sessions(journal), console, as_json=options.json)
        else:
            _export(journal, options, console)
    except JournalError as error:
        raise CommandError(f"{error}.") from error
    return Exit.OK


def _journal(options: SimpleNamespace) -> Path:
    """Return the journal that is meant: the one named, or that of the settings."""
    if options.journal is not None:
        return Path(options.journal)
    try:
        return load(options.config).journal.path
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error


def _list(found: Sequence[ArchivedSession], console: Console, *, as_json: bool) -> None:
    if as_json:
        for session in found:
            console.line(json.dumps(_document(session), separators=(",", ":")))
    elif found:
        _show_table([HEADINGS, *map(_cells, found)], console)
    else:
        console.line("The journal has no session yet.")


def _document(session: ArchivedSession) -> dict[str, object]:
    """Return a session for programs."""
    return {
        "session": session.id,
        "bridge": session.bridge,
        "tool": session.tool,
        "person": session.person,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "releases": session.releases,
        "felt_yes": _given(session, felt=True),
        "felt_no": _given(session, felt=False),
    }


def _cells(session: ArchivedSession) -> tuple[str, ...]:
    """Return a session's row of the table, times on this machine's clock."""
    started = datetime.fromisoformat(session.started_at).astimezone()
    return (
        session.id[:ID_DIGITS],
        f"{started:%Y-%m-%d %H:%M}",
        _length(session),
        session.tool,
        session.person or NOTHING,
        str(session.releases),
        _answers(session),
    )


def _length(session: ArchivedSession) -> str:
    if session.ended_at is None:
        return NOTHING
    return minutes((unix_us(session.ended_at) - unix_us(session.started_at)) / MICROSECONDS)


def _answers(session: ArchivedSession) -> str:
    given = ((_given(session, felt=felt), word) for felt, word in ((True, "yes"), (False, "no")))
    return ", ".join(f"{count} {word}" for count, word in given if count) or NOTHING


def _given(session: ArchivedSession, *, felt: bool) -> int:
    """Return how many releases have this answer."""
    return list(session.felt.values()).count(felt)


def _show_table(rows: Sequence[tuple[str, ...]], console: Console) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        console.line("  ".join(cells).rstrip(), Style.PLAIN if number else Style.STRONG)


def _export(journal: Path, options: SimpleNamespace, console: Console) -> None:
    folder: Path = options.output
    export = Export(journal, folder, force=options.force)
    try:
        done = export.run(
            lambda share: console.progress(f"{share:4.0%}" if share < 1 else ""),
            everything=options.all,
        )
    except FolderError as error:
        raise CommandError(f"{error}.", Exit.USAGE) from error
    except DamagedRecording as error:
        raise CommandError(f"{error}; --force writes it anew.", Exit.DAMAGED) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(f"{folder} cannot be written: {reason}.") from error
    added = f"{counted(done.captures, 'recording')}, {counted(done.releases, 'release')}"
    console.line(f"{folder}: {added} {'written' if options.force else 'added'}.")
    for note in _notes(done):
        console.note(note)


def _notes(done: Exported) -> list[str]:
    """Return what was left out, and why."""
    notes = []
    if done.answered:
        notes.append(
            f"{counted(done.answered, 'release')} got another answer since they were written; "
            "--force writes all rows anew."
        )
    if done.unfinished:
        notes.append(f"{counted(done.unfinished, 'session')} without an end: left out.")
    if done.gone:
        notes.append(
            f"{counted(done.gone, 'session')} whose frames the journal no longer has: left out."
        )
    return notes
