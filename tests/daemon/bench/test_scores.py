"""The figures of the scoreboard, on counts worked out by hand."""

from math import isnan

import pytest
from detection.scores import Tally, brier, calibration, quantile


def test_precision_recall_and_f1() -> None:
    total = Tally()
    total.add(hits=2, false=1, missed=0)
    total.add(hits=1, false=2, missed=3)
    assert (total.precision, total.recall) == (0.5, 0.5)
    assert total.f1 == 0.5
    lopsided = Tally(hits=9, false=1, missed=9)
    assert lopsided.precision == 0.9
    assert lopsided.recall == 0.5
    assert lopsided.f1 == pytest.approx(2 * 0.9 * 0.5 / 1.4)


def test_there_is_no_figure_of_nothing() -> None:
    empty = Tally()
    assert all(map(isnan, (empty.precision, empty.recall, empty.f1, brier([]), quantile([], 0.5))))
    assert Tally(missed=3).recall == 0.0
    assert Tally(missed=3).f1 == 0.0


def test_the_brier_score_is_0_for_who_knows_and_a_quarter_for_who_tosses_a_coin() -> None:
    assert brier([(1.0, True), (0.0, False)]) == 0.0
    assert brier([(1.0, False)]) == 1.0
    assert brier([(0.5, True), (0.5, False)]) == 0.25


def test_a_calibration_curve_has_a_point_for_each_bin_with_something_in_it() -> None:
    found = calibration([(0.62, True), (0.68, False), (1.0, True), (0.95, True)])
    assert [(each.right, each.count) for each in found] == [(0.5, 2), (1.0, 2)]
    assert [each.said for each in found] == pytest.approx([0.65, 0.975])


def test_quantiles_are_between_the_values() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([0.0, 10.0], 0.9) == 9.0
    assert quantile([4.0], 0.9) == 4.0
