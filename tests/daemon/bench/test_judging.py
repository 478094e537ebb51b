"""What of a case's findings is right, and what its false alarms are blamed on."""

from collections.abc import Callable

import pytest
from detection.blame import QUIET, REAL, blames, culprit
from detection.judging import (
    hits,
    holds_exact,
    holds_right,
    judged,
    mistakes,
    sessions_right,
    tally,
    verdict,
)
from detection.outcome import OURS, Found, Outcome
from detection.threshold import NAME

from ql_release.simulate import Truth

Make = Callable[..., Outcome]

RELEASE = Truth("release", 30.0, 32.0, 0.12)
SHIFT = Truth("shift", 50.0, 51.0, -0.2)


def test_a_release_found_and_a_false_one(outcome: Make) -> None:
    case = outcome([RELEASE, SHIFT], [Found("release", 30.4, 39.0, 0.9), Found("release", 51, 60)])
    found = verdict(case, OURS, "release")
    assert [(hit.truth, hit.error_s, hit.lag_s) for hit in found.hits] == [
        (RELEASE, pytest.approx(0.4), 9.0)
    ]
    assert [each.at for each in found.false] == [51]
    assert found.missed == []
    assert list(mistakes(case)) == ["release at 51 s not there"]


def test_what_nobody_is_told_of_is_missed_but_is_judged_for_its_confidence(outcome: Make) -> None:
    case = outcome([RELEASE], [Found("release", 30.4, 39.0, 0.4), Found("release", 60, 67, 0.2)])
    total = tally([case], OURS, "release")
    assert (total.hits, total.false, total.missed) == (0, 0, 1)
    assert judged([case], "release") == [(0.4, True), (0.2, False)]


def test_a_slip_is_no_release(outcome: Make) -> None:
    case = outcome([RELEASE], [Found("slip", 30.0, 31.0)])
    assert hits([case], OURS, "release") == []
    assert list(mistakes(case)) == ["release at 30 s missed", "slip at 30 s not there"]


def test_holds_and_sessions_are_counted_and_timed(outcome: Make) -> None:
    right = outcome()
    assert holds_right(right)
    assert holds_exact(right)
    assert sessions_right(right)
    double = outcome(found=[Found("hold", 40.0, 50.0, ends=45.0)])
    assert not holds_right(double)
    assert list(mistakes(double)) == ["2 holds, not 1"]
    late = outcome([Truth("hold", 80.0, 99.0)], [Found("hold", 82.0, 99.0, ends=99.0)])
    assert holds_right(late)
    assert not holds_exact(late)


@pytest.mark.parametrize(
    ("t", "name"),
    [(47.9, QUIET), (48.1, "shift"), (54.9, "shift"), (55.1, QUIET), (31.0, "release")],
)
def test_an_alarm_is_blamed_on_what_was_going_on(outcome: Make, t: float, name: str) -> None:
    assert culprit(outcome([RELEASE, SHIFT]), t) == name


def test_of_two_things_the_later_is_to_blame(outcome: Make) -> None:
    assert culprit(outcome([SHIFT, Truth("knock", 53.0, 53.0)]), 53.5) == "knock"


def test_false_alarms_an_hour_are_per_time_of_what_is_to_blame(outcome: Make) -> None:
    case = outcome([SHIFT], [Found("release", 50.5, 60.0), Found("release", 20.0, 30.0)])
    found = blames([case, case], [OURS, NAME], "release")
    shift, quiet = found["shift"], found[QUIET]
    assert (shift.times, shift.alarms[OURS], shift.alarms[NAME]) == (2, 2, 2)
    assert shift.hours * 3600 == pytest.approx(2 * (1.0 + 2.0 + 4.0))
    assert shift.per_hour(OURS) == pytest.approx(2 / (14 / 3600))
    assert quiet.hours * 3600 == pytest.approx(2 * (60.0 - 7.0))
    assert quiet.alarms[OURS] == 2
    assert "sigh" not in found


def test_the_time_of_two_things_at_once_is_not_quiet_once(outcome: Make) -> None:
    case = outcome([SHIFT, Truth("knock", 52.0, 52.0)])
    quiet = blames([case], [OURS], "release")[QUIET]
    assert quiet.hours * 3600 == pytest.approx(60.0 - (56.0 - 48.0))


def test_everything_on_real_muscle_is_blamed_on_it(outcome: Make) -> None:
    case = outcome(found=[Found("release", 30.0, 39.0)], real=True)
    found = blames([case], [OURS], "release")
    assert list(found) == [REAL]
    assert found[REAL].alarms[OURS] == 1
