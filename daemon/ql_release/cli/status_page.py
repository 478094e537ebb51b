"""A daemon's state as lines for a person at a terminal."""

import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ql_release.cli.console import Style
from ql_release.cli.verdict import Finding, Verdict
from ql_release.cli.words import Document, counted, number

LABEL_COLUMNS = 12
"""Room for the longest label and a gap."""
LEAST_COLUMNS = 20
MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400
MEGABYTE = 1_000_000

Line = tuple[str, Style]

_HEADS = {
    Verdict.OK: ("is online, all is well", Style.GOOD),
    Verdict.PROBLEMS: ("is online, and needs attention", Style.CAREFUL),
    Verdict.STALE: ("has gone silent", Style.WRONG),
    Verdict.OFFLINE: ("is offline", Style.WRONG),
}


def lines(finding: Finding, width: int) -> Iterator[Line]:
    """Yield the lines and how each is to look.

    Args:
        finding: of a daemon that has said how it is.
        width: columns to fit sentences into.
    """
    health = finding.health or {}
    words, style = _HEADS[finding.verdict]
    yield f"{finding.bridge} {words}", style
    for problem in finding.problems:
        for text in textwrap.wrap(
            problem,
            max(LEAST_COLUMNS, width - 1),
            initial_indent="  - ",
            subsequent_indent="    ",
        ):
            yield text, Style.CAREFUL
    if finding.verdict is Verdict.OFFLINE:  # of what it said of links and tools nothing holds now
        yield from _labelled(
            [("last heard", _reported(finding.age_s)), ("unsent", _unsent(health))]
        )
        return
    yield from _rows(finding, health)
    yield from _tools(finding, health)


def _labelled(rows: list[tuple[str, str]]) -> Iterator[Line]:
    for label, value in rows:
        yield f"  {label:<{LABEL_COLUMNS}}{value}", Style.PLAIN


def _rows(finding: Finding, health: Document) -> Iterator[Line]:
    rows: list[tuple[str, str]] = [
        ("daemon", f"version {health.get('version')}, up {span(number(health, 'uptime_s'))}"),
        ("reported", _reported(finding.age_s)),
        ("unsent", _unsent(health)),
        ("memory", f"{number(health, 'rss_bytes') / MEGABYTE:.0f} MB"),
    ]
    yield from _labelled(rows)
    for link in _list(health.get("links")):
        about = f": {link['problem']}" if link.get("problem") else ""
        state = {"up": "works", "down": "no tool"}.get(str(link.get("state")), "?")
        text = f"{link.get('kind')} {link.get('label')}, {state}{about}"
        yield f"  {'link':<{LABEL_COLUMNS}}{text}", Style.PLAIN


def _reported(age_s: float | None) -> str:
    if age_s is None:
        return "the time is not known to it yet"
    return f"{span(age_s)} ago" if age_s >= 0 else "just now"


def _unsent(health: Document) -> str:
    waiting = number(health, "outbox_depth")
    if not waiting:
        return "nothing"
    return f"{counted(waiting, 'event')}, the oldest of {_clock(health.get('oldest_unsent_at'))}"


def _tools(finding: Finding, health: Document) -> Iterator[Line]:
    """Yield a row for each tool: those that are here with how their samples arrive."""
    measured = health.get("tools")
    figures = measured if isinstance(measured, dict) else {}
    names = sorted(finding.tools.keys() | figures.keys())
    if not names:
        yield "  no tool has been here yet", Style.FAINT
    for name in names:
        about = figures.get(name)
        known = finding.tools.get(name, {})
        yield _tool(name, known, about if isinstance(about, dict) else {})


def _tool(name: str, known: Document, figures: Document) -> Line:
    if figures.get("online"):
        rate = figures.get("rate_hz")
        speed = "" if rate is None else f" at {number(figures, 'rate_hz'):.0f} Hz"
        return f"  {'tool':<{LABEL_COLUMNS}}{name}, here{speed}{_losses(figures)}", Style.PLAIN
    availability = known.get("availability")
    since = availability.get("at") if isinstance(availability, dict) else None
    when = "" if since is None else f" since {_clock(since)}"
    why = ": it went quiet" if figures.get("went_quiet") else ""
    return f"  {'tool':<{LABEL_COLUMNS}}{name}, away{when}{why}", Style.FAINT


def _losses(figures: Document) -> str:
    """Return what was lost or damaged; nothing where nothing was."""
    lost, damaged = number(figures, "lost_samples"), number(figures, "damaged_frames")
    parts = []
    if lost:
        parts.append(f"{counted(lost, 'sample')} lost")
    if damaged:
        parts.append(f"{counted(damaged, 'frame')} damaged")
    return "".join(f", {part}" for part in parts)


def span(seconds: float) -> str:
    """Return a length of time in its two largest units."""
    whole = round(seconds)
    if whole < MINUTE_S:
        return f"{whole} s"
    if whole < HOUR_S:
        return f"{whole // MINUTE_S} min"
    if whole < DAY_S:
        return f"{whole // HOUR_S} h {whole % HOUR_S // MINUTE_S} min"
    return f"{whole // DAY_S} d {whole % DAY_S // HOUR_S} h"


def _clock(timestamp: object) -> str:
    """Return a time on the wall clock here, with its day."""
    try:
        return f"{datetime.fromisoformat(str(timestamp)).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return "an unknown time"


def _list(value: Any) -> list[Document]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
