"""Over-pressure: after half a second, once per excursion, armed again below 90 %."""

from collections.abc import Callable

import pytest

from ql_release.signal.detections import Detection, OverPressure

Detect = Callable[..., list[Detection]]


def told(found: list[Detection]) -> list:
    return [(each.at, each.t) for each in found if isinstance(each, OverPressure)]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([(2, 50), (3, 120), (2, 50)], [(2.0, 2.5)]),
        ([(2, 50), (0.4, 120), (2, 50)], []),
        ([(2, 50), (3, 100), (2, 50)], []),
        ([(2, 50), (3, 120), (2, 95), (3, 120)], [(2.0, 2.5)]),
        ([(2, 50), (3, 120), (2, 89), (3, 120)], [(2.0, 2.5), (7.0, 7.5)]),
        ([(2, 50), (0.4, 120), (0.1, 95), (0.4, 120), (2, 50)], []),
    ],
    ids=["once", "too short", "at the limit", "not armed yet", "armed again", "two short ones"],
)
def test_over_pressure(detected: Detect, pieces: list[tuple[float, float]], expected: list) -> None:
    assert told(detected(pieces, limit=100.0)) == expected


def test_without_a_limit_nothing_is_too_much(detected: Detect) -> None:
    assert told(detected([(10, 900)])) == []


def test_it_tells_the_force_and_the_limit(detected: Detect) -> None:
    (found,) = [e for e in detected([(5, 130)], limit=100.0) if isinstance(e, OverPressure)]
    assert (found.force_n, found.limit_n) == (130, 100.0)
