"""Writes the figures of a drill into docs/cluster.md, between its markers."""

import re

from drill.play import Fault, Outcome
from drill.shipped import DOCUMENT

BEGIN = "<!-- Written by `make cluster`; change tests/cluster/drill instead. -->"
END = "<!-- end -->"


def write(outcome: Outcome) -> None:
    """Put the figures into the document.

    Raises:
        LookupError: when the document has no place for them.
    """
    old = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(inserted(old, table(outcome)), encoding="utf-8")


def inserted(document: str, figures: str) -> str:
    """Return the document with other figures between its markers.

    Raises:
        LookupError: when it has no markers.
    """
    between = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not between.search(document):
        raise LookupError(f"docs/cluster.md lacks the line {BEGIN}")
    return between.sub(lambda _: f"{BEGIN}\n\n{figures}\n{END}", document)


def table(outcome: Outcome) -> str:
    """Return what was found, as two tables."""
    verdict = outcome.verdict
    rows = {
        "events that the daemons journaled": f"{verdict.journaled}",
        "a second, while people lay on the tools": f"{outcome.rate:.0f}",
        "**lost**": f"**{verdict.lost}**",
        "**ids with two contents**": f"**{verdict.clashes}**",
        "arrived, but journaled nowhere": f"{verdict.strange}",
        "arrived more than once by themselves (same id, same contents)": f"{verdict.repeats}",
        "arrived only by asking `history`": f"{verdict.fetched}",
        "times the watcher had to connect": f"{outcome.connections}",
        "pages of history that it asked for": f"{outcome.pages}",
        "retained documents": f"{outcome.documents}",
        "of those, not the same on every node": f"{outcome.differing}",
        "memory of a node, MB": ", ".join(f"{mb:.0f}" for mb in outcome.node_mb),
        "the whole drill, s": f"{outcome.seconds:.0f}",
    }
    head = (
        "| killed | led | daemons on it | the watcher on it | longest silence, s "
        "| in step again after, s |\n|---|---|---|---|---|---|"
    )
    faults = "\n".join([head, *map(_row, outcome.faults)])
    counts = "\n".join(["| | |", "|---|---|", *(f"| {what} | {n} |" for what, n in rows.items())])
    return f"{faults}\n\n{counts}\n"


def _row(fault: Fault) -> str:
    led = ", ".join(f"`{what}`" for what in fault.led) or "nothing"
    watched = "yes" if fault.watched else "no"
    return (
        f"| {fault.node} | {led} | {fault.daemons} | {watched} "
        f"| {fault.silence_s:.1f} | {fault.back_s:.1f} |"
    )
