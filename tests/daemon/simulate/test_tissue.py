"""Laws of relaxation: each is one, and they differ."""

from itertools import pairwise

import pytest
from scipy.special import exp1

from ql_release.simulate import (
    Fractional,
    LogLinear,
    PowerLaw,
    Prony,
    QuasiLinear,
    StandardLinear,
    Stretched,
    Tissue,
)
from ql_release.simulate.rise import Rise
from ql_release.simulate.tissue import exponential_integral

LAWS = [
    LogLinear(),
    PowerLaw(),
    Prony(),
    StandardLinear(),
    Stretched(),
    Fractional(),
    QuasiLinear(),
]


@pytest.mark.parametrize("tissue", LAWS, ids=lambda law: type(law).__name__)
def test_held_tissue_loses_what_passive_muscle_loses(tissue: Tissue) -> None:
    assert tissue.left(0.0) == 1.0
    left = [tissue.left(age) for age in (1.0, 5.0, 20.0, 45.0, 120.0)]
    assert all(late < early for early, late in pairwise(left))
    assert 0.65 < tissue.left(45.0) < 0.85
    assert tissue.left(1e9) > 0.0


@pytest.mark.parametrize("x", [1e-6, 1e-3, 0.5, 1.999, 2.0, 7.0, 60.0])
def test_the_exponential_integral_is_that_of_scipy(x: float) -> None:
    assert exponential_integral(x) == pytest.approx(float(exp1(x)), rel=1e-9)


def test_a_slow_rise_has_relaxed_more_when_it_is_there_and_ends_where_a_fast_one_does() -> None:
    fast, slow = (Rise(PowerLaw(), 0.0, lasts, 100.0, 0.0) for lasts in (0.5, 4.0))
    assert slow.force(4.0) < 100.0
    assert fast.force(0.5) > slow.force(4.0)
    assert fast.force(100.0) == pytest.approx(slow.force(100.0), rel=0.005)


def test_a_rise_looked_at_in_any_steps_is_the_same() -> None:
    fine, coarse = (Rise(Prony(), 1.0, 2.0, 80.0, 2.0) for _ in range(2))
    looked = {number: fine.force(number * 0.01) for number in range(6000)}
    for number in range(0, 6000, 50):
        assert coarse.force(number * 0.01) == pytest.approx(looked[number], abs=0.02)


def test_stiffening_tissue_takes_most_of_the_load_at_the_end() -> None:
    straight, bent = (Rise(LogLinear(), 0.0, 2.0, 100.0, bend) for bend in (0.0, 3.0))
    assert straight.force(1.0) > 40.0
    assert bent.force(1.0) < 25.0
