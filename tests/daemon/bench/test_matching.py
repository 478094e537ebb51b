"""Findings and truths are matched one to one, the nearest first, within the tolerance."""

from detection.matching import match


def test_each_finding_belongs_to_the_nearest_truth() -> None:
    assert match([10.0, 20.0], [20.5, 9.0], 3.0) == {0: 1, 1: 0}


def test_what_is_too_far_belongs_to_nothing() -> None:
    assert match([10.0], [13.1], 3.0) == {}
    assert match([10.0], [13.0], 3.0) == {0: 0}


def test_two_findings_of_one_thing_are_one_right_and_one_wrong() -> None:
    assert match([10.0], [9.0, 10.5], 3.0) == {0: 1}


def test_one_finding_between_two_things_is_of_one_of_them() -> None:
    assert match([10.0, 13.0], [12.0], 3.0) == {1: 0}


def test_the_order_of_the_findings_does_not_matter() -> None:
    first = match([1.0, 2.0, 3.0], [1.4, 2.6], 2.0)
    second = match([1.0, 2.0, 3.0], [2.6, 1.4], 2.0)
    assert first == {0: 0, 2: 1}
    assert second == {0: 1, 2: 0}


def test_nothing_matches_nothing() -> None:
    assert match([], [1.0], 3.0) == match([1.0], [], 3.0) == {}
