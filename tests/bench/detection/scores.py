"""The figures: how many were right, how far off, and how well the confidence is worth its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import nan

BINS = 10
"""Bins of the calibration curve, of equal width."""


@dataclass(slots=True)
class Tally:
    """Counts of what was right and wrong.

    Attributes:
        hits: findings that are true.
        false: findings that are not.
        missed: truths that were not found.
    """

    hits: int = 0
    false: int = 0
    missed: int = 0

    def add(self, hits: int, false: int, missed: int) -> None:
        """Count more."""
        self.hits += hits
        self.false += false
        self.missed += missed

    @property
    def precision(self) -> float:
        """Share of the findings that are true; not a number without findings."""
        return _share(self.hits, self.hits + self.false)

    @property
    def recall(self) -> float:
        """Share of the truths that were found; not a number without truths."""
        return _share(self.hits, self.hits + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of both; not a number without truths and findings."""
        return _share(2 * self.hits, 2 * self.hits + self.false + self.missed)


@dataclass(frozen=True, slots=True)
class Bin:
    """One point of a calibration curve.

    Attributes:
        said: mean confidence in it.
        right: share that was true.
        count: how many.
    """

    said: float
    right: float
    count: int


def brier(judged: Sequence[tuple[float, bool]]) -> float:
    """Return the mean square of confidence against outcome: 0 is perfect, 0.25 a coin's."""
    return _share(sum((said - right) ** 2 for said, right in judged), len(judged))


def calibration(judged: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Return the calibration curve: one point for each bin that holds something."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for said, right in judged:
        bins[min(BINS - 1, int(said * BINS))].append((said, right))
    return [
        Bin(
            sum(said for said, _ in part) / len(part),
            sum(r for _, r in part) / len(part),
            len(part),
        )
        for part in bins
        if part
    ]


def quantile(values: Iterable[float], share: float) -> float:
    """Return the value that this share of the values does not exceed; not a number for none."""
    ordered = sorted(values)
    if not ordered:
        return nan
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _share(part: float, whole: float) -> float:
    """Return a share; not a number of nothing."""
    return part / whole if whole else nan
