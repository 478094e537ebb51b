"""A session's summary as a small table."""

from collections.abc import Iterator, Sequence
from typing import Any

from ql_release.cli.words import Document, counted, minutes, number, place

LABEL_COLUMNS = 20
"""Room for the longest label and a gap."""


def table(summary: Document, width: int) -> list[str]:
    """Return the lines of the table.

    Args:
        summary: the payload of `session/last`, or an `ended` event: both hold the totals.
        width: columns to fit into; only sentences are longer than any terminal, and wrap.
    """
    lines = [f"  {label:<{LABEL_COLUMNS}}{value}" for label, value in _rows(summary)]
    for text in _insights(summary):
        lines += _wrapped(text, width)
    return lines


def _rows(summary: Document) -> Iterator[tuple[str, str]]:
    """Yield the table's labels and values."""
    yield "duration", minutes(number(summary, "duration_s"))
    holds = number(summary, "holds")
    yield "holds", f"{holds:g} ({minutes(number(summary, 'hold_s'))} in all)"
    for label, key in COUNTS:
        yield label, f"{number(summary, key):g}"
    if summary.get("peak_force_n") is not None:
        yield "peak force", f"{number(summary, 'peak_force_n'):.0f} N"
    yield from _places(summary)


def _places(summary: Document) -> Iterator[tuple[str, str]]:
    """Yield where the holds were, where that is known."""
    sides = summary.get("left_right")
    if isinstance(sides, dict):
        left, right = number(sides, "left_pct"), number(sides, "right_pct")
        yield "left / right", f"{left:.0f} % / {right:.0f} %"
    for spot in _list(summary, "coverage"):
        holds = counted(number(spot, "holds"), "hold")
        yield "worked on", f"{place(spot)}: {holds}, {minutes(number(spot, 'hold_s'))}"
    for spot in _list(summary, "dose"):
        holds = f"{number(spot, 'holds'):g} of {counted(number(spot, 'holds_wanted'), 'hold')}"
        yield ("done" if spot.get("done") else "not done"), f"{place(spot)}: {holds}"


def _insights(summary: Document) -> list[str]:
    """Return the sentences of a summary."""
    return [str(insight.get("text", "")) for insight in _list(summary, "insights")]


def _list(summary: Document, key: str) -> Sequence[dict[str, Any]]:
    """Return a list of tables, without whatever else is in it."""
    value = summary.get(key)
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, dict)]


def _wrapped(text: str, width: int) -> list[str]:
    """Return a sentence as a list entry of the table."""
    import textwrap  # noqa: PLC0415 - 10 ms on a small computer, for the rare sentence

    return textwrap.wrap(text, max(20, width - 1), initial_indent="  - ", subsequent_indent="    ")


COUNTS = (
    ("possible releases", "releases"),
    ("possible slips", "slips"),
    ("possible on bone", "bone_contacts"),
    ("high pressure", "over_pressures"),
)
"""What is counted, in the order of the table."""
