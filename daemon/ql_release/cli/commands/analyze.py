"""`ql-release analyze`: the events in a file."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from ql_release import analysis
from ql_release.cli import summary, words
from ql_release.cli.console import Console, Style
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.files import need_file, progress, unreadable
from ql_release.links.damage import DamagedRecording
from ql_release.links.recording_soundness import Soundness

TIME_COLUMNS = 10
"""Room for minutes, seconds and a gap: `123:45.6`."""
SECONDS_A_MINUTE = 60


def main(options: SimpleNamespace, console: Console) -> int:
    """Print the events of a recording or capture."""
    need_file(options.file)
    show = _show_json if options.json else _show_text
    found = False
    soundness = Soundness()
    for analyzed in _read(options, console, soundness):
        found = True
        show(analyzed, console)
    if not found and not options.json:
        console.line("No contact of a second or more was found.")
    for note in (*analysis.notes(options.file), *soundness.notes):
        console.note(note)
    return Exit.OK


def _read(
    options: SimpleNamespace, console: Console, soundness: Soundness
) -> Iterator[analysis.AnalyzedEvent]:
    """Yield the file's events; what goes wrong in between is the output's fault, not its."""
    try:
        yield from analysis.analyze(
            options.file,
            strict=options.strict,
            progress=progress(console, options.file),
            soundness=soundness,
        )
    except DamagedRecording as error:
        raise CommandError(_damage(error, strict=options.strict), Exit.DAMAGED) from error
    except OSError as error:
        raise CommandError(unreadable(options.file, error)) from error


def _show_json(analyzed: analysis.AnalyzedEvent, console: Console) -> None:
    """Print an event as one line of JSON."""
    console.line(json.dumps(_document(analyzed), separators=(",", ":"), ensure_ascii=True))


def _document(analyzed: analysis.AnalyzedEvent) -> dict[str, Any]:
    """Return an event with its times in seconds since the recording's first sample."""
    document: dict[str, Any] = analyzed.event.model_dump(mode="json", exclude=_UNSENT)
    document["t_s"] = round(analyzed.t_s, 3)
    document["decided_s"] = round(analyzed.decided_s, 3)
    if analyzed.onset_s is not None:
        document["onset_s"] = round(analyzed.onset_s, 3)
    return document


def _show_text(analyzed: analysis.AnalyzedEvent, console: Console) -> None:
    """Print an event as one row, and a session's end as a table too."""
    event = analyzed.event.model_dump(mode="json")
    time = _seconds(analyzed.t_s)
    console.progress()
    console.line(f"{time:<{TIME_COLUMNS}}{words.describe(event)}", words.style(event))
    if event["type"] == "ended":
        console.line()
        console.line("Session summary", Style.STRONG)
        for line in summary.table(event, console.width):
            console.line(line)


def _seconds(seconds: float) -> str:
    """Return a time in a file as `m:ss.s`."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, SECONDS_A_MINUTE * 10)
    return f"{minutes}:{rest // 10:02d}.{rest % 10}"


def _damage(error: DamagedRecording, *, strict: bool) -> str:
    """Return where a file is damaged and what became of the rest."""
    if strict:
        used = "nothing was analysed, as --strict asks"
    elif error.has_samples:
        used = "what came before was analysed"
    else:
        used = "there was nothing to analyse before"
    return f"{error}; {used}."


_UNSENT = {"epoch", "seq", "live"}
"""Fields that an event gets only when it is journaled and sent."""
