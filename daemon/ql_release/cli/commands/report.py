"""`ql-release report`: a file's or the journal's sessions as pages to read and print."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.files import need_file, progress, unreadable
from ql_release.cli.words import counted
from ql_release.links.damage import DamagedRecording
from ql_release.report.gathering import Gathered, gather

FORMATS = (".html", ".pdf", ".png", ".svg")
"""Endings that a report's name may have."""
SHOWN_ID = 8
"""Digits of a session's id in the name of its report: enough to find it again."""


def main(options: SimpleNamespace, console: Console) -> int:
    """Write a report of a recording, a capture, or a session of the journal."""
    _need_matplotlib()
    output = options.output or _usual_output(options)
    _check_output(output, options.file)
    with _input(options) as (file, source):
        gathered = _gathered(file, options.session, console)
    if not gathered.sessions:
        raise CommandError(_nothing(gathered.damage))
    _write(gathered, output, source, console)
    if gathered.damage is not None:
        console.error(f"{gathered.damage}; the report is of what came before.")
        return Exit.DAMAGED
    return Exit.OK


def _need_matplotlib() -> None:
    """Refuse to begin what cannot be drawn.

    Raises:
        CommandError: when matplotlib, or what it needs, is not installed.
    """
    try:
        importlib.import_module("matplotlib")
    except ImportError as error:
        raise CommandError(
            "Reports are drawn with matplotlib, which is missing: "
            "pip install 'ql-release[analysis]'."
        ) from error


def _usual_output(options: SimpleNamespace) -> Path:
    """Return the report's name where none is told: beside the file, or here for a session."""
    if options.session is not None:
        return Path(f"session-{options.session[:SHOWN_ID]}.html")
    file: Path = options.file
    return file.with_name(f"{file.stem}-report.html")


def _check_output(output: Path, file: Path | None) -> None:
    """Refuse a report that cannot be written now, rather than after minutes of reading.

    Raises:
        CommandError: when its name or its folder will not do.
    """
    if output.suffix.lower() not in FORMATS:
        raise CommandError(
            f"{output} names no format; end it with {', '.join(FORMATS[:-1])} or {FORMATS[-1]}.",
            Exit.USAGE,
        )
    if file is not None and output.exists() and file.exists() and output.samefile(file):
        raise CommandError(f"{output} is the file itself; give the report another.", Exit.USAGE)
    if output.is_dir() or not os.access(output.parent, os.W_OK | os.X_OK):
        raise CommandError(
            f"{output} cannot be made; name a file in a folder that you may write to.", Exit.USAGE
        )


@contextmanager
def _input(options: SimpleNamespace) -> Iterator[tuple[Path, str]]:
    """Give the file to read and what it is called.

    Raises:
        CommandError: when it cannot be had.
    """
    if options.session is None:
        need_file(options.file)
        yield options.file, options.file.name
        return
    with tempfile.TemporaryDirectory(prefix="ql-release-report-") as folder:
        capture = Path(folder) / "session.qlcap"
        _from_journal(options, capture)
        yield capture, f"the journal, session {options.session[:SHOWN_ID]}"


def _from_journal(options: SimpleNamespace, capture: Path) -> None:
    """Write a session of the journal as a capture.

    Raises:
        CommandError: when there is no such session, or the journal cannot be read.
    """
    from ql_release.journal import JournalError  # noqa: PLC0415 - for this alone
    from ql_release.journal.archive import (  # noqa: PLC0415
        UnknownSessionError,
        write_session_capture,
    )

    journal = _journal(options.config)
    try:
        write_session_capture(journal, options.session, capture)
    except UnknownSessionError as error:
        raise CommandError(
            f"{error}; `ql-release labels list` shows the sessions of {journal}."
        ) from error
    except JournalError as error:
        raise CommandError(f"{error}.") from error
    except OSError as error:
        raise CommandError(unreadable(journal, error)) from error


def _journal(config: Path | None) -> Path:
    """Return where the journal is; no secret is needed to read it.

    Raises:
        CommandError: when the settings cannot be used.
    """
    from ql_release.settings import SettingsError, load  # noqa: PLC0415 - for this alone

    try:
        return load(config).journal.path
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error


def _gathered(file: Path, session: str | None, console: Console) -> Gathered:
    """Return the file's sessions; of the journal's only the one that was asked for.

    Raises:
        CommandError: when there is nothing to read.
    """
    try:
        gathered = gather(file, progress(console, file))
    except DamagedRecording as error:
        raise CommandError(f"{error}; there is nothing to report.", Exit.DAMAGED) from error
    except OSError as error:
        raise CommandError(unreadable(file, error)) from error
    finally:
        console.progress()
    if session is None:
        return gathered
    wanted = [one for one in gathered.sessions if one.id.startswith(session)]
    return Gathered(wanted, gathered.notes, gathered.damage)


def _nothing(damage: DamagedRecording | None) -> str:
    """Return why there is no report."""
    said = "No contact of a second or more was found, so there is nothing to report."
    return said if damage is None else f"{damage}.\n{said}"


def _write(gathered: Gathered, output: Path, source: str, console: Console) -> None:
    """Write the report and say where.

    Raises:
        CommandError: when the disk refuses.
    """
    from ql_release.report.writing import write  # noqa: PLC0415 - it imports matplotlib

    try:
        made = write(gathered, output, source)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(f"{output} cannot be written: {reason}.") from error
    console.line(f"{', '.join(map(str, made))}: {counted(len(gathered.sessions), 'session')}")
