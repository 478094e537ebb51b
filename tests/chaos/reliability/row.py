"""One line of the table: what was done, and what it cost."""

from dataclasses import dataclass, replace
from typing import Self

MOST_MB = 64.0
"""Resident memory that the daemon may have at any time in a fault with a single tool, MB: the 42
that it has in a session and room for what an outage makes it hold."""


@dataclass(frozen=True, slots=True)
class Row:
    """How a fault went.

    Attributes:
        fault: its name.
        did: what was done, in a few words.
        expected: events that an undisturbed run of the same input gives.
        lost: those of them that never arrived.
        doubled: ids, and places in the journal, that came with two contents.
        strange: events that an undisturbed run does not give, or not so.
        peak_mb: the most resident memory that the daemon had, MB.
        whole_s: seconds until the watcher had caught up after the fault, the longest; None where
            there is no such moment.
        limit_mb: memory beyond which it counts as unbounded, MB.
        problem: what else went wrong, in a few words.
    """

    fault: str
    did: str
    expected: int
    lost: int
    doubled: int
    strange: int
    peak_mb: float
    whole_s: float | None = None
    limit_mb: float = MOST_MB
    problem: str | None = None

    @property
    def good(self) -> bool:
        """Whether nothing is lost, doubled or strange, and the memory is bounded."""
        counts = (self.lost, self.doubled, self.strange)
        return not any(counts) and self.peak_mb <= self.limit_mb and self.problem is None

    def with_problem(self, problem: str | None) -> Self:
        """Return the row with something else that went wrong."""
        return replace(self, problem=problem)

    def line(self) -> str:
        """Return it as a line for a person who watches."""
        whole = "-" if self.whole_s is None else f"{self.whole_s:.1f} s"
        verdict = "good" if self.good else "BAD" + (f": {self.problem}" if self.problem else "")
        return (
            f"{self.fault:<34} {self.expected:>6} events, {self.lost} lost, {self.doubled} doubled,"
            f" {self.strange} strange, {self.peak_mb:.1f} MB, whole after {whole}: {verdict}"
        )
