"""Tunes PELT on sessions that are not scored: the best F1 for releases over a small grid."""

import multiprocessing
from itertools import product

from detection import pelt, traces
from detection.cases import TUNING_SEEDS, Simulated
from detection.matching import TOLERANCES_S, match
from detection.scores import Tally


def tune(workers: int) -> None:
    """Print the F1 of each penalty and least step; the best is what `pelt` should have."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        cases = pool.map(_case, TUNING_SEEDS)
    grid = list(product(pelt.PENALTIES, pelt.FALLS))
    scores = {}
    for penalty, fall in grid:
        total = Tally()
        for trace, true in cases:
            found = [each.at for each in pelt.releases(trace, penalty, fall)]
            hits = len(match(true, found, TOLERANCES_S["release"]))
            total.add(hits, len(found) - hits, len(true) - hits)
        scores[penalty, fall] = total.f1
        print(f"penalty {penalty:<7} step {fall:<5} F1 {total.f1:.3f}")
    penalty, fall = max(grid, key=lambda each: scores[each])
    print(f"best: penalty {penalty}, step {fall}")


def _case(seed: int) -> tuple[list[tuple[float, float]], list[float]]:
    """Return a session's means and when its releases are."""
    case = Simulated(seed)
    trace = traces.means((t, sum(zones)) for t, zones, _ in case.rows())
    return trace, [thing.at for thing in case.truths() if thing.kind == "release"]
