"""How much of a change is a jump, whatever breath it meets."""

from math import pi, sin

import pytest

from ql_release.signal.bins import BIN_S, Bin
from ql_release.signal.jump import SIDE_BINS, Bins, jump

HASTE = 5


def series(lasts: float, fall: float = 0.1, breath: float = 0.0, phase: float = 0.0) -> list[float]:
    """Return log forces of six seconds with a fall in the middle."""
    return [
        4.0
        - fall * min(1.0, max(0.0, (step * BIN_S - 3.0) / lasts))
        + breath * sin(2 * pi * 0.3 * step * BIN_S + phase)
        for step in range(120)
    ]


def most(values: list[float]) -> float:
    bins = Bins()
    for number, value in enumerate(values):
        bins.take(Bin(number, number * BIN_S, 2.718281828459045**value, (1.0,)))
    return bins.most_jump(2.4, 4.6, HASTE)


@pytest.mark.parametrize("phase", [0.0, 1.5, 3.0, 4.5])
@pytest.mark.parametrize("breath", [0.0, 0.06])
def test_a_hasty_fall_is_a_jump_and_a_slow_one_is_not(breath: float, phase: float) -> None:
    assert most(series(0.2, breath=breath, phase=phase)) == pytest.approx(-0.1, abs=0.02)
    assert most(series(1.5, breath=breath, phase=phase)) > -0.06


def test_a_line_has_no_jump() -> None:
    assert jump([0.3 * step for step in range(40)], SIDE_BINS, 4) == pytest.approx(0.0)


def test_a_step_on_a_line_is_one_whole_jump() -> None:
    values = [0.01 * step + (2.0 if step > 20 else 0.0) for step in range(40)]
    assert jump(values, 20, 1) == pytest.approx(2.0)


def test_a_hole_is_bridged_and_nothing_is_known_of_what_is_gone() -> None:
    bins = Bins()
    for number in [*range(40), *range(50, 120)]:
        bins.take(Bin(number, number * BIN_S, 50.0, (50.0,)))
    assert bins.most_jump(1.0, 4.0, HASTE) == pytest.approx(0.0)
    assert bins.most_jump(60.0, 62.0, HASTE) == 0.0
