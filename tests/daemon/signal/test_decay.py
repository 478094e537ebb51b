"""The hold's own decay and the search for a break in it, on lines made by hand."""

from collections.abc import Callable
from math import log, pi, sin

import pytest

from ql_release.signal.breakfit import Break, find_break
from ql_release.signal.decay import PRIOR_SLOPE, SETTLE_S, DecayModel, Loading
from ql_release.signal.steps import STEP_S

TIMES = [10.0 + STEP_S * step for step in range(120)]
AGES = [log(t) for t in TIMES]


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
    return find_break(TIMES, logs, AGES, PRIOR_SLOPE, before=20, after=20)


@pytest.mark.parametrize("slope", [-0.044, -0.069])
def test_the_model_learns_the_slope(slope: float) -> None:
    model = DecayModel()
    for step in range(200):
        age = log(8.0 + STEP_S * step)
        model.take(age, 4.0 + slope * age)
    assert model.slope == pytest.approx(slope, abs=0.004)
    assert model.change(2.0, 3.0) == pytest.approx(model.slope)
    assert model.expected(3.0) == pytest.approx(4.0 + slope * 3.0, abs=0.02)


def test_a_change_of_level_keeps_the_slope() -> None:
    model = DecayModel()
    for step in range(200):
        age = log(8.0 + STEP_S * step)
        if step == 100:
            model.begin_anew()
            assert model.expected(age) is None
        model.take(age, 4.0 - 0.06 * age - (0.2 if step >= 100 else 0.0))
    assert model.slope == pytest.approx(-0.06, abs=0.004)


def test_one_wild_step_hardly_moves_the_model() -> None:
    model = DecayModel()
    for step in range(100):
        age = log(8.0 + STEP_S * step)
        model.take(age, 4.0 - 0.055 * age + (3.0 if step == 99 else 0.0))
    assert model.slope == pytest.approx(-0.055, abs=0.01)


def loaded(force_at: Callable[[float], float], seconds: float = 30.0) -> Loading:
    loading = Loading(0.0)
    for step in range(round(seconds / STEP_S)):
        loading.take(STEP_S * step, log(force_at(STEP_S * step)))
    return loading


def test_loading_ends_when_the_force_grows_no_more() -> None:
    loading = loaded(lambda t: min(80.0, 8.0 * t + 8.0))
    assert loading.settled - SETTLE_S == pytest.approx(10.0, abs=1.0)


def test_more_load_later_relaxes_as_its_share_of_the_whole() -> None:
    loading = loaded(lambda t: 80.0 if t > 20.0 else 50.0)
    once = loaded(lambda _: 80.0)
    share = 30.0 / 80.0
    later, first = loading.age(60.0) - loading.age(30.0), once.age(60.0) - once.age(30.0)
    since = log(39.0) - log(9.0)
    assert later == pytest.approx((1.0 - share) * first + share * since, abs=0.05)
    assert 22.0 < loading.settled < 27.0


def test_a_sigh_is_no_load() -> None:
    loading = loaded(lambda t: 70.0 if 18.0 < t < 23.0 else 50.0)
    assert loading.settled < 10.0


@pytest.mark.parametrize("breath", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("lasts", [1.0, 3.0])
def test_a_break_is_found_where_it_is(breath: float, lasts: float) -> None:
    found = search(line(-0.05, fall=0.12, lasts=lasts, breath=breath))
    assert found is not None
    assert found.onset == pytest.approx(22.0, abs=0.5)
    assert found.lasts == pytest.approx(lasts, abs=0.7)
    assert found.change == pytest.approx(-0.12, abs=0.015)
    assert found.kept == pytest.approx(1.0, abs=0.2)
    assert breath == 0.0 or found.breath_hz == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("slope", [-0.03, -0.055, -0.08])
def test_decay_alone_is_no_break(slope: float) -> None:
    found = search(line(slope))
    assert found is None or abs(found.change) < 0.03


def test_too_short_a_stretch_is_not_judged() -> None:
    assert find_break(TIMES[:40], line(-0.05)[:40], AGES[:40], -0.05, before=20, after=20) is None
