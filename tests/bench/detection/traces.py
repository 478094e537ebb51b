"""Total force at an even, low rate: what the baselines look at."""

from collections.abc import Iterable, Iterator
from itertools import groupby

STEP_S = 0.25
"""Seconds that each mean is over: a baseline needs no more."""

CONTACT_N = 8.0
"""Force of a contact, as this project defines it."""


def means(samples: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return (time, mean force) for each step that has samples.

    Args:
        samples: seconds and newtons, in order.
    """
    return [
        (step * STEP_S, _mean([force for _, force in part]))
        for step, part in groupby(samples, key=lambda sample: int(sample[0] / STEP_S))
    ]


def contacts(trace: list[tuple[float, float]]) -> Iterator[list[tuple[float, float]]]:
    """Yield the parts of a trace in which the tool is touched."""
    for touched, part in groupby(trace, key=lambda point: point[1] >= CONTACT_N):
        if touched:
            yield list(part)


def _mean(values: list[float]) -> float:
    """Return the mean of some values."""
    return sum(values) / len(values)
