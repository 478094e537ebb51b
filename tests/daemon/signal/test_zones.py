"""Shares of the zones and the centre of pressure."""

import pytest

from ql_release.signal.zones import centre, shares


def test_shares_add_up_and_a_drifted_zero_carries_nothing() -> None:
    assert shares((30.0, 10.0, -2.0)) == pytest.approx((0.75, 0.25, 0.0))


def test_nobody_has_no_shares() -> None:
    assert shares((1.0, 0.5)) == []
    assert centre((1.0, 0.5), ((0.0, 0.0), (10.0, 0.0))) is None


def test_the_centre_lies_between_the_zones_by_their_force() -> None:
    places = ((0.0, 0.0), (40.0, 0.0), (0.0, 20.0))
    assert centre((20.0, 20.0, 40.0), places) == pytest.approx((10.0, 10.0))


def test_without_a_place_for_each_zone_there_is_no_centre() -> None:
    assert centre((20.0, 20.0), ((0.0, 0.0),)) is None
