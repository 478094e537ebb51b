"""Curves in bounded memory: nothing that stands out is lost, holes stay holes."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.report.curves import FINEST_S, MOST_STRETCHES, Curves, Series, Span, known


def drawn(values: list[tuple[float, float]], begin_s: float = 0.0) -> Curves:
    """Return curves with one quantity of these times and values."""
    curves = Curves(begin_s)
    for t, value in values:
        curves.add(t, {"x": Span(value, value, value)})
    return curves


def test_a_short_session_is_kept_as_it_was_seen() -> None:
    curves = drawn([(number / 10 + 0.05, float(number)) for number in range(50)])
    series = curves.series("x")
    assert series.mean == [float(number) for number in range(50)]
    assert series.t[:2] == pytest.approx([0.05, 0.15])
    assert (curves.step_s, curves.names) == (FINEST_S, ["x"])


def test_a_stretch_keeps_least_greatest_and_mean() -> None:
    curves = Curves(0.0)
    curves.add(0.01, {"x": Span(1.0, 5.0, 2.0)})
    curves.add(0.02, {"x": Span(-3.0, 4.0, 1.0)})
    series = curves.series("x")
    assert (series.least, series.greatest, series.mean) == ([-3.0], [5.0], [1.5])


@given(st.lists(st.floats(-1000, 1000, width=32), min_size=1, max_size=60), st.integers(1, 400))
def test_however_long_it_is_memory_is_bounded_and_no_peak_is_lost(
    values: list[float], seconds_each: int
) -> None:
    curves = drawn([(number * seconds_each, value) for number, value in enumerate(values)])
    series = curves.series("x")
    assert len(series.t) <= 2 * MOST_STRETCHES
    assert max(known(series.greatest)) == max(values)
    assert min(known(series.least)) == min(values)
    assert len(curves._curves["x"].counts) <= MOST_STRETCHES


def test_twelve_hours_take_no_more_than_the_most_stretches() -> None:
    curves = drawn([(float(second), second % 60) for second in range(12 * 3600)])
    assert len(curves._curves["x"].counts) <= MOST_STRETCHES
    series = curves.series("x")
    assert (max(series.greatest), min(series.least)) == (59.0, 0.0)
    assert sum(series.mean) / len(series.mean) == pytest.approx(29.5, abs=0.5)


def test_a_pause_is_a_hole_and_a_low_rate_is_none() -> None:
    pause = drawn([(0.0, 1.0), (0.1, 1.0), (2.0, 1.0)]).series("x")
    assert [isnan(value) for value in pause.mean] == [False, False, True, False]
    assert pause.t == sorted(pause.t)
    slow = drawn([(0.0, 1.0), (0.4, 1.0), (0.8, 1.0)]).series("x")
    assert not any(map(isnan, slow.mean))


def test_a_quantity_that_comes_late_begins_late() -> None:
    curves = drawn([(0.05, 1.0)])
    curves.add(3.0, {"y": Span(2.0, 2.0, 2.0)})
    assert curves.series("y").t == pytest.approx([3.05])
    assert not curves.series("z")


def test_a_clock_that_is_set_back_brings_nothing_before_what_was() -> None:
    curves = drawn([(5.0, 1.0), (1.0, 9.0)])
    assert curves.series("x").greatest == [9.0]


def test_a_curve_ends_where_it_is_told_to() -> None:
    series = drawn([(number / 10, 1.0) for number in range(100)]).series("x", until_s=2.0)
    assert max(series.t) <= 2.0


def test_thinned_curves_keep_peaks_and_holes() -> None:
    values = [(number / 10, 100.0 if number == 333 else 0.0) for number in range(1000)]
    whole = drawn([*values, (200.0, 5.0)]).series("x")
    thin = whole.thinned(100)
    assert len(thin.t) <= 102
    assert max(known(thin.greatest)) == 100.0
    assert [isnan(value) for value in thin.mean[-3:]] == [False, True, False]
    assert whole.thinned(5000) is whole
    assert Series([], [], [], []).thinned(10).t == []
