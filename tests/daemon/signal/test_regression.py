"""The fit in coloured noise, against NumPy's least squares on the same rows."""

import random

import numpy as np
import pytest

from ql_release.signal.regression import Regression, memory_of, waves

STEPS = 60


def wandering(memory: float, steps: int = STEPS, seed: int = 1) -> list[float]:
    chance = random.Random(seed)  # noqa: S311 - noise, not secrets
    value, series = 0.0, []
    for _ in range(steps):
        value = memory * value + chance.gauss(0.0, 0.01)
        series.append(value)
    return series


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("first", "length"), [(10, 1), (20, 5), (5, 40)])
def test_a_ramp_is_fitted_as_least_squares_does(memory: float, first: int, length: int) -> None:
    series, line = wandering(0.8), [0.05 * step for step in range(STEPS)]
    model = Regression(
        [[1.0] * STEPS + [0.0], [*line, 2.0]], [*series, 1.0], memory=memory, priors=1
    )
    gain, _, _, change = model.best([(first, length)])

    white = np.eye(STEPS) - memory * np.eye(STEPS, k=-1)
    white[0, 0] = np.sqrt(1.0 - memory**2)
    ramp = np.clip((np.arange(STEPS) - first + 1) / length, 0.0, 1.0)
    rows = np.column_stack([np.ones(STEPS), line, ramp])
    design = np.vstack([white @ rows, [0.0, 2.0, 0.0]])
    target = np.append(white @ np.array(series), 1.0)
    best, residual, *_ = np.linalg.lstsq(design, target, rcond=None)
    _, without, *_ = np.linalg.lstsq(design[:, :2], target, rcond=None)
    assert change == pytest.approx(best[2])
    assert gain == pytest.approx(float(without[0] - residual[0]))
    rest, noise = model.rest(first, length, change)
    assert rest == pytest.approx(list(np.array(series) - rows @ best))
    assert noise == pytest.approx(float(np.mean((white @ np.array(rest)) ** 2)))


def test_the_best_of_the_tries_is_the_true_one() -> None:
    series = [value - (0.2 if step >= 30 else 0.0) for step, value in enumerate(wandering(0.5))]
    model = Regression([[1.0] * STEPS], series, memory=0.5, priors=0)
    _, first, length, change = model.best([(at, size) for at in range(5, 50) for size in (1, 4)])
    assert (first, length) == (30, 1)
    assert change == pytest.approx(-0.2, abs=0.03)


def test_the_memory_of_a_series_is_measured() -> None:
    assert memory_of(wandering(0.85, 5000)) == pytest.approx(0.85, abs=0.03)
    assert memory_of([0.0] * 10) == 0.0


def test_waves_turn_once_in_a_period() -> None:
    cosine, sine = waves(0.25, 21, 0.2)
    assert (cosine[0], cosine[20]) == pytest.approx((1.0, 1.0))
    assert (sine[5], sine[15]) == pytest.approx((1.0, -1.0))
