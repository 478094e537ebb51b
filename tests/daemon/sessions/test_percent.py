"""Forces as percent of the person's own threshold, and a zero that has drifted."""

from collections.abc import Callable
from typing import Any

import pytest

from ql_release.context import Limits
from ql_release.events import HoldEnded
from ql_release.sessions.drift import zero_drift


def hold_of(bench: Any) -> HoldEnded:
    (hold,) = [event for event in bench.told if isinstance(event, HoldEnded)]
    return hold


def test_holds_and_totals_are_told_in_percent_of_the_threshold(
    make_bench: Callable[..., Any],
) -> None:
    bench = make_bench(rules=Limits(threshold_n=75.0))
    bench.contact(10.0, 40.0, hold=True, peak=84.0)
    bench.wait(160.0)
    assert (hold_of(bench).mean_pct, hold_of(bench).peak_pct) == (80.0, 112.0)
    assert bench.ended().peak_pct == 112.0


def test_without_a_threshold_there_is_no_percent(bench: Any) -> None:
    bench.contact(10.0, 40.0, hold=True)
    bench.wait(160.0)
    assert (hold_of(bench).mean_pct, hold_of(bench).peak_pct) == (None, None)
    assert bench.ended().peak_pct is None


def test_a_session_without_a_hold_has_no_peak(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(rules=Limits(threshold_n=75.0))
    bench.contact(10.0, 12.0)
    bench.wait(140.0)
    assert bench.ended().peak_pct is None


@pytest.mark.parametrize("level_mn", [None, 0, 2000, -2000])
def test_a_zero_within_two_newtons_is_no_news(level_mn: int | None) -> None:
    assert zero_drift(level_mn) == []


@pytest.mark.parametrize(("level_mn", "shown"), [(3120, "3 N"), (-2610, "-3 N")])
def test_a_zero_beyond_it_is_told_with_what_to_do(level_mn: int, shown: str) -> None:
    (insight,) = zero_drift(level_mn)
    text = f"With nobody on it the tool showed {shown}: tare it before the next session."
    assert (insight.code, insight.text) == ("zero_drift", text)
    assert insight.data == {"zero_n": round(level_mn / 1000, 1)}
