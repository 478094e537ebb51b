"""The rows of a session: one for each release, with what the person said of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ql_release.capture_player import CapturePlayer
from ql_release.events import Event, Felt, Released
from ql_release.journal.archive import ArchivedSession
from ql_release.links.capture import CaptureReader
from ql_release.payloads.base import unix_us
from ql_release.units import MICROSECONDS

COLUMNS = (
    "session",
    "file",
    "tool",
    "person",
    "placement",
    "release",
    "onset_s",
    "decided_s",
    "drop_pct",
    "expected_pct",
    "confidence",
    "felt",
    "answered_at",
)
"""The columns of the table, in order."""
SECONDS_DIGITS = 3
"""Events carry milliseconds."""

Row = dict[str, Any]


def first_sample_us(capture: Path) -> int:
    """Return when a capture's first sample was measured, Unix µs: the zero of its seconds.

    Raises:
        DamagedRecording: when the capture is damaged before it, or has none.
        OSError: when the capture cannot be read.
    """
    with CaptureReader(capture) as reader:
        player = CapturePlayer(reader)
        for record in reader:
            player.take(record)
            if player.first_us:
                break
        return player.first_us


def rows_of(
    session: ArchivedSession, events: Sequence[Event], file: str, zero_us: int
) -> list[Row]:
    """Return a row for each of a session's releases, those that people were not told of, too.

    Args:
        session: the session.
        events: its events, in the order of journaling.
        file: the name of its capture.
        zero_us: when that begins, Unix µs.
    """
    answers: dict[str, list[Felt]] = {}
    for event in events:
        if isinstance(event, Felt):
            answers.setdefault(event.release, []).append(event)
    return [
        _row(session, event, file, zero_us) | _answered(answers.get(event.id, []))
        for event in events
        if isinstance(event, Released)
    ]


def cells(row: Row) -> list[str]:
    """Return a row as the cells of the table, in the order of the columns."""
    return [_cell(row[column]) for column in COLUMNS]


def _row(session: ArchivedSession, release: Released, file: str, zero_us: int) -> Row:
    placement = release.placement
    return {
        "session": session.id,
        "file": file,
        "tool": session.tool,
        "person": session.person,
        "placement": None if placement is None else placement.model_dump(),
        "release": release.id,
        "onset_s": _seconds(release.at, zero_us),
        "decided_s": _seconds(release.decided_at, zero_us),
        "drop_pct": release.drop_pct,
        "expected_pct": release.expected_pct,
        "confidence": release.confidence,
    }


def _answered(answers: Sequence[Felt]) -> Row:
    """Return what was felt: the last answer that was given, and all of them in order."""
    last = answers[-1] if answers else None
    return {
        "felt": None if last is None else last.felt,
        "answered_at": None if last is None else last.at,
        "answers": [{"felt": answer.felt, "answered_at": answer.at} for answer in answers],
    }


def _seconds(timestamp: str, zero_us: int) -> float:
    return round((unix_us(timestamp) - zero_us) / MICROSECONDS, SECONDS_DIGITS)


def _cell(value: object) -> str:
    """Return a value as a cell: a place as muscle/side/zone, yes and no, nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return "/".join(value[part] for part in ("muscle", "side", "zone"))
        case _:
            return str(value)
