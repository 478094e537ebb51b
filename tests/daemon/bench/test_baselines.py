"""The baselines find what they can find, and are fooled by what fools them."""

from math import log, sin

import pytest
from detection import threshold, traces

pytest.importorskip("ruptures", reason="ruptures is not there on Python 3.14")

from detection import pelt

Trace = list[tuple[float, float]]


def hold(fall: float = 0.0, breath: float = 0.0, decay: float = 0.02, lasts: float = 60.0) -> Trace:
    """Return means of a hold of 100 N that eases within 2 s after 30 s."""
    trace = [(0.0, 0.0), (0.25, 0.0)]
    for number in range(int(lasts / 0.25)):
        age = number * 0.25
        kept = 1.0 - fall * min(1.0, max(0.0, (age - 30.0) / 2.0))
        force = 100.0 * (1.0 - decay * log(1.0 + age)) * kept * (1.0 + breath * sin(1.57 * age))
        trace.append((0.5 + age, force))
    return [*trace, (trace[-1][0] + 0.25, 0.0)]


def test_means_are_over_quarters_of_a_second_that_have_samples() -> None:
    samples = [(0.0, 1.0), (0.1, 3.0), (0.3, 5.0), (1.0, 7.0)]
    assert traces.means(samples) == [(0.0, 2.0), (0.25, 5.0), (1.0, 7.0)]


def test_contacts_are_where_the_force_is() -> None:
    trace = [(0.0, 0.0), (0.25, 9.0), (0.5, 20.0), (0.75, 7.0), (1.0, 8.0)]
    assert list(traces.contacts(trace)) == [[(0.25, 9.0), (0.5, 20.0)], [(1.0, 8.0)]]


def test_both_find_a_clear_release_in_a_calm_hold() -> None:
    (simple,) = threshold.releases(hold(0.15))
    (searched,) = pelt.releases(hold(0.15))
    assert abs(simple.at - 30.5) < 3.0
    assert abs(searched.at - 30.5) < 3.0
    assert simple.decided < 34.0
    assert searched.decided > 59.0  # it has to see it all


def test_both_are_silent_when_nothing_happens() -> None:
    assert threshold.releases(hold()) == []
    assert pelt.releases(hold()) == []


def test_breath_fools_the_threshold_and_not_pelt() -> None:
    assert len(threshold.releases(hold(breath=0.06))) > 5
    assert pelt.releases(hold(breath=0.06)) == []


def test_neither_counts_the_beginning_of_a_contact() -> None:
    early = [(t, force * (1.0 if t < 6.0 else 0.8)) for t, force in hold(decay=0.0)]
    assert threshold.releases(early) == []
    assert pelt.releases(early) == []


def test_a_short_contact_is_nothing_to_search() -> None:
    assert pelt.releases(hold(lasts=15.0)) == []
