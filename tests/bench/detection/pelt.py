"""Baseline: PELT (Killick 2012, by `ruptures`) on means over a breath.

What a good analyst would do with a change-point library: take each contact, average over a
breath, take out the straight line in the logarithm of time, and look for steps down. It sees the
whole contact at once, so that it knows only at the end: it could not tell anyone live. Its
penalty and least step are the best of those in `PENALTIES` and `FALLS` on sessions that are not
scored (`--tune`).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detection.outcome import Found
from detection.traces import STEP_S, contacts

NAME = "PELT"

BREATH_S = 4.0
"""Seconds that a mean is over: one breath at 15 a minute."""

HOP_S = 1.0
"""Seconds from one mean to the next."""

AFTER_S = 12.0
"""Seconds into a contact before which nothing counts: the same as for the others."""

SETTLED_S = 8.0
LEFT_S = 3.0
"""Seconds that are cut off at a contact's beginning and end: lying down and getting up."""

LEAST = 6
"""Means between two changes at least: as long as a release is kept."""

PENALTIES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
"""Penalties that were tried, in squares of the force's logarithm."""

FALLS = (0.03, 0.04, 0.05, 0.06, 0.08)
"""Least steps that were tried, shares of the force."""

PENALTY = 0.002
FALL = 0.05
"""The best of them."""


def releases(
    trace: list[tuple[float, float]], penalty: float = PENALTY, fall: float = FALL
) -> list[Found]:
    """Return what PELT takes for releases in a trace of means."""
    return [
        one for contact in contacts(trace) for one in _in_contact(np.array(contact), penalty, fall)
    ]


def _in_contact(contact: NDArray[np.float64], penalty: float, fall: float) -> list[Found]:
    """Return the releases in one contact, rows of seconds and newtons."""
    width, hop = round(BREATH_S / STEP_S), round(HOP_S / STEP_S)
    kernel = np.ones(width) / width
    held = contact[round(SETTLED_S / STEP_S) : -round(LEFT_S / STEP_S)]
    if len(held) < width + 2 * LEAST * hop:
        return []
    smooth = np.convolve(held[:, 1], kernel, mode="valid")[::hop]
    middle = held[:, 0][: len(smooth) * hop : hop] + BREATH_S / 2
    age = middle - contact[0, 0]
    y = np.log(smooth)
    y = y - np.polyval(np.polyfit(np.log(age), y, 1), np.log(age))
    edges = [0, *_changes(y, penalty)]
    level = [float(y[start:stop].mean()) for start, stop in pairwise(edges)]
    ends = float(contact[-1, 0])
    return [
        Found("release", float(middle[at]) - BREATH_S / 2, ends)
        for at, before, after in zip(edges[1:], level, level[1:], strict=False)
        if after - before < np.log(1.0 - fall) and age[at] >= AFTER_S
    ]


def _changes(y: NDArray[np.float64], penalty: float) -> list[int]:
    """Return where the segments end, the last one included."""
    import ruptures  # noqa: PLC0415 - slow to import, and not there on every Python

    search = ruptures.Pelt(model="l2", min_size=LEAST, jump=1)
    return [int(at) for at in search.fit_predict(y, penalty)]
