"""Writes what was seen into docs/reliability.md, between its marks; the words there are by hand."""

from collections.abc import Sequence

import page_blocks

from reliability.many_faults import Cost
from reliability.row import Row

HEAD = (
    "| fault | what was done | events expected | lost | two contents | strange | peak memory "
    "| whole again after |\n|---|---|---:|---:|---:|---:|---:|---:|"
)


def write_faults(rows: Sequence[Row], alone: Cost, many: Cost) -> None:
    """Write the table of faults, and what many tools cost."""
    page_blocks.replace("faults", "\n".join([HEAD, *map(_line, rows)]))
    page_blocks.replace("cost", _cost(alone, many))


def _line(row: Row) -> str:
    whole = "-" if row.whole_s is None else f"{row.whole_s:.1f} s"
    problem = f" **{row.problem}**" if row.problem else ""
    cells = (
        row.fault,
        f"{row.did}{problem}",
        f"{row.expected:,}",
        _count(row.lost),
        _count(row.doubled),
        _count(row.strange),
        f"{row.peak_mb:.1f} MB",
        whole,
    )
    return f"| {' | '.join(cells)} |"


def _count(number: int) -> str:
    return "0" if number == 0 else f"**{number}**"


def _cost(alone: Cost, many: Cost) -> str:
    return (
        "| tools at 100 Hz with 4 channels, all in a hold | share of one core | resident memory "
        "|\n|---:|---:|---:|\n"
        f"| {alone.tools} | {alone.share:.1%} | {alone.resident_mb:.1f} MB |\n"
        f"| {many.tools} | {many.share:.1%} | {many.resident_mb:.1f} MB |\n\n"
        f"Each further tool takes {many.per_further(alone):.2f} MB; the target is 1 MB at most."
    )
