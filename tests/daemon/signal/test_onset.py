"""What carries the beginning of a contact: zones that measure, or only stuck ones."""

from ql_release.signal.onset import Onset


def test_a_zone_that_has_not_moved_beside_others_that_carry_nothing_is_hollow() -> None:
    onset = Onset((0.1, 40.0))
    onset.take((0.2, 40.0))
    assert onset.is_hollow((0.2, 40.0))
    assert onset.still == {1}
    onset.take((30.0, 40.0))
    assert not onset.is_hollow((30.0, 40.0))
    assert onset.carried_n((30.0, 40.0)) == 30.0


def test_where_nothing_moves_the_force_is_taken_at_its_word() -> None:
    onset = Onset((20.0, 20.0))
    onset.take((20.0, 20.0))
    assert not onset.is_hollow((20.0, 20.0))


def test_what_is_known_to_measure_needs_no_second_proof() -> None:
    assert Onset((0.0, 40.0), moved=[0]).is_hollow((0.0, 40.0))


def test_a_still_zone_that_carries_no_contact_is_not_hollow() -> None:
    onset = Onset((0.1, 4.0))
    onset.take((0.2, 4.0))
    assert not onset.is_hollow((0.2, 4.0))
