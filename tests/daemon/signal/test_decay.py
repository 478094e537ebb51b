"""The hold's own decay and the search for a break in it, on lines made by hand."""

from math import log, pi, sin

import pytest

from ql_release.signal.breakfit import Break, find_break
from ql_release.signal.decay import PRIOR_SLOPE, DecayModel, Loading
from ql_release.signal.steps import STEP_S

TIMES = [10.0 + STEP_S * step for step in range(120)]


def line(
    slope: float,
    *,
    fall: float = 0.0,
    onset: float = 22.0,
    lasts: float = 2.0,
    breath: float = 0.0,
    hertz: float = 0.25,
) -> list[float]:
    return [
        4.0
        + slope * log(t)
        - fall * min(1.0, max(0.0, (t - onset) / lasts))
        + breath * sin(2 * pi * hertz * t)
        for t in TIMES
    ]


def search(logs: list[float]) -> Break | None:
    return find_break(TIMES, logs, 0.0, PRIOR_SLOPE, before=20, after=20)


@pytest.mark.parametrize("slope", [-0.044, -0.069])
def test_the_model_learns_the_slope(slope: float) -> None:
    model = DecayModel()
    for step in range(200):
        age = 8.0 + STEP_S * step
        model.take(age, 4.0 + slope * log(age))
    assert model.slope == pytest.approx(slope, abs=0.004)
    assert model.change(10.0, 20.0) == pytest.approx(model.slope * log(2.0))


def test_a_change_of_level_keeps_the_slope() -> None:
    model = DecayModel()
    for step in range(200):
        age = 8.0 + STEP_S * step
        if step == 100:
            model.begin_anew()
        model.take(age, 4.0 - 0.06 * log(age) - (0.2 if step >= 100 else 0.0))
    assert model.slope == pytest.approx(-0.06, abs=0.004)


def test_one_wild_step_hardly_moves_the_model() -> None:
    model = DecayModel()
    for step in range(100):
        age = 8.0 + STEP_S * step
        model.take(age, 4.0 - 0.055 * log(age) + (3.0 if step == 99 else 0.0))
    assert model.slope == pytest.approx(-0.055, abs=0.01)


def test_loading_ends_when_the_force_grows_no_more() -> None:
    loading = Loading(0.0)
    for step in range(100):
        t = STEP_S * step
        loading.take(t, log(min(80.0, 8.0 * t + 8.0)))
    assert loading.ended == pytest.approx(10.0, abs=1.0)


def test_more_load_later_is_loading_again() -> None:
    loading = Loading(0.0)
    for step in range(150):
        loading.take(STEP_S * step, log(80.0 if step > 100 else 50.0))
    assert loading.ended == pytest.approx(22.0, abs=1.0)


@pytest.mark.parametrize("breath", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("lasts", [1.0, 3.0])
def test_a_break_is_found_where_it_is(breath: float, lasts: float) -> None:
    found = search(line(-0.05, fall=0.12, lasts=lasts, breath=breath))
    assert found is not None
    assert found.onset == pytest.approx(22.0, abs=0.5)
    assert found.lasts == pytest.approx(lasts, abs=0.7)
    assert found.change == pytest.approx(-0.12, abs=0.015)
    assert found.kept == pytest.approx(1.0, abs=0.1)
    assert breath == 0.0 or found.breath_hz == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("slope", [-0.03, -0.055, -0.08])
def test_decay_alone_is_no_break(slope: float) -> None:
    found = search(line(slope))
    assert found is None or abs(found.change) < 0.03


def test_a_sudden_fall_is_seen_as_sudden() -> None:
    sudden = search(line(-0.05, fall=0.12, lasts=0.01))
    slow = search(line(-0.05, fall=0.12, lasts=1.0))
    assert sudden is not None
    assert slow is not None
    assert sudden.steepest > 0.9
    assert slow.steepest < 0.7


def test_too_short_a_stretch_is_not_judged() -> None:
    assert find_break(TIMES[:40], line(-0.05)[:40], 0.0, -0.05, before=20, after=20) is None
