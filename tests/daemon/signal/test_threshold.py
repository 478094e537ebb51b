"""The guided measurement of a threshold: presses in, an ending out."""

from collections.abc import Iterable

import pytest

from ql_release.signal.press import LONGEST_S, Press
from ql_release.signal.threshold import (
    LONGEST_ROUTINE_S,
    MOST_PRESSES,
    WAIT_S,
    Threshold,
    ThresholdRoutine,
)

Pieces = Iterable[tuple[float, float]]
"""Seconds, and the newtons that are reached at their end."""


def samples(pieces: Pieces, rate: float = 100.0) -> list[tuple[float, float]]:
    """Return time and force: straight from each piece's force to the next one's."""
    forces = [0.0]
    for seconds, force in pieces:
        steps = max(1, round(seconds * rate))
        last = forces[-1]
        forces += [last + (force - last) * (step + 1) / steps for step in range(steps)]
    return [(number / rate, force) for number, force in enumerate(forces)]


def press(
    top: float, rise: float = 6.0, keep: float = 5.0, off: float = 4.0
) -> list[tuple[float, float]]:
    """Return a press and the rest after it."""
    return [(rise, top), (keep, top), (0.1, 0.0), (off, 0.0)]


def measured(*pieces: tuple[float, float], rate: float = 100.0) -> ThresholdRoutine:
    """Return the routine after these pieces."""
    routine = ThresholdRoutine()
    for t, force in samples(pieces, rate):
        if routine.take(t, force):
            break
    return routine


def result_of(routine: ThresholdRoutine) -> Threshold:
    assert routine.ending == "measured"
    assert routine.result is not None
    return routine.result


@pytest.mark.parametrize("rate", [12.0, 40.0, 80.0, 320.0])
def test_three_presses_that_agree_give_the_middle_one(rate: float) -> None:
    result = result_of(measured(*press(84), *press(80), *press(90), rate=rate))
    assert result.force_n == pytest.approx(84, abs=0.1)
    assert result.presses == 3
    assert result.spread_pct == pytest.approx(100 * 10 / 84, abs=0.2)


def test_a_fourth_press_decides_where_three_disagree() -> None:
    routine = measured(*press(50), *press(80), *press(90))
    assert (routine.ending, routine.counted, routine.wanted) == (None, 3, 4)
    result = result_of(measured(*press(50), *press(80), *press(90), *press(82)))
    assert (result.force_n, result.presses) == (pytest.approx(82, abs=0.1), 4)


def test_five_presses_without_three_that_agree_end_without_a_result() -> None:
    routine = measured(*press(40), *press(60), *press(90), *press(130), *press(200), *press(60))
    assert (routine.ending, routine.counted) == ("disagree", MOST_PRESSES)
    assert routine.result is None


def test_the_steadiest_stretch_counts_and_not_a_pause_on_the_way_up() -> None:
    routine = measured((2, 40), (8, 40), (3, 80), (2, 76), (3.6, 76.5), (1, 84), (0.1, 0), (4, 0))
    assert routine.last_n == pytest.approx(76.3, abs=0.3)


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ([(1.0, 80), (1.0, 80)], "too short"),
        ([(4.0, 160), (4.0, 10)], "not kept"),
        ([(1.0, 15), (6.0, 15)], "no threshold"),
        ([(6.0, 1200), (6.0, 1200)], "a wrong calibration"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_press_that_says_nothing_is_asked_for_again(
    pieces: list[tuple[float, float]], why: str
) -> None:
    routine = measured(*pieces, (0.1, 0.0), (4.0, 0.0))
    assert (routine.counted, routine.last_n, routine.ending) == (0, None, None), why


def test_what_a_sensor_says_at_its_limit_does_not_count() -> None:
    routine = ThresholdRoutine()
    for t, force in samples(press(80)):
        routine.take(t, force, trusted=force < 75)
    assert routine.counted == 0


def test_a_hole_in_the_samples_spoils_only_the_stretches_that_it_lies_in() -> None:
    kept = [(t, force) for t, force in samples(press(80, keep=10)) if not 9 < t < 10]
    routine = ThresholdRoutine()
    for t, force in kept:
        routine.take(t, force)
    assert routine.last_n == pytest.approx(80)


def test_somebody_who_never_comes_ends_it() -> None:
    routine = ThresholdRoutine()
    over = [t for t, _ in samples([(2 * WAIT_S, 0.0)]) if routine.take(t, 0.0)]
    assert (routine.ending, over[0]) == ("nobody", WAIT_S)


def test_somebody_who_does_not_come_back_ends_it() -> None:
    routine = measured(*press(80, off=WAIT_S + 2))
    assert (routine.ending, routine.counted) == ("nobody", 1)


def test_somebody_who_stays_ends_it_and_takes_no_more_memory() -> None:
    routine = ThresholdRoutine()
    over = [t for t, force in samples([(5, 80), (700, 80)], 20) if routine.take(t, force)]
    assert (routine.ending, over[0]) == ("too_long", LONGEST_ROUTINE_S)
    alone = Press(0.0)
    for t, force in samples([(5, 80), (700, 80)], 20):
        alone.take(t, force, trusted=True)
    assert len(alone._bins) == LONGEST_S * 5


def test_time_that_runs_back_waits_anew() -> None:
    routine = ThresholdRoutine()
    assert not any(routine.take(t, 0.0) for t in (1000.0, 1030.0, 5.0, 60.0))
    assert routine.take(66.0, 0.0)


def test_how_long_the_force_has_been_kept_is_told_while_somebody_is_on() -> None:
    routine = measured((6, 80), (4.2, 80))
    # The last tenth of the way up lies within a tenth of the force, too.
    assert routine.kept_s == pytest.approx(4.8, abs=0.25)
    assert measured((6, 80), (4, 80), (0.1, 0), (1, 0)).kept_s is None


# The approach curve


def curve_of(forces: Iterable[float], threshold_n: float, rate: float = 50.0) -> list[float | None]:
    alone = Press(0.0)
    for number, force in enumerate(forces):
        alone.take(number / rate, force, trusted=True)
    return list(alone.approach(threshold_n))


def test_a_force_that_grows_by_the_same_share_all_the_way_has_a_flat_curve() -> None:
    forces = [8.0 * 1.01**number for number in range(300)]
    first, *others = curve_of(forces, 80.0)
    assert first is None
    assert others == [pytest.approx(1.0, abs=0.05)] * 9


def test_the_curve_is_of_the_shape_and_not_of_the_haste() -> None:
    slow = curve_of([8.0 + 0.1 * number for number in range(900)], 80.0)
    fast = curve_of([8.0 + 0.4 * number for number in range(900)], 80.0)
    assert slow[1:] == [pytest.approx(value, abs=0.1) for value in fast[1:]]
    # Straight up, ln F rises as 1/F: from 10 to 20 % by ln 2 in a ninth of the time.
    assert slow[9] == pytest.approx(0.41, abs=0.02)


@pytest.mark.parametrize(
    "forces", [[80.0] * 500, [40.0, *[80.0] * 500], [8.0] * 500], ids=["at once", "jump", "never"]
)
def test_a_way_up_that_was_none_has_no_curve(forces: list[float]) -> None:
    assert curve_of(forces, 80.0) == [None] * 10


def test_the_result_s_curve_is_the_median_of_the_presses() -> None:
    steady = result_of(measured(*press(80), *press(80, rise=12), *press(80))).approach
    assert len(steady) == 10
    mixed = result_of(measured(*press(80), *press(80, rise=0.3), *press(80))).approach
    assert mixed == pytest.approx(result_of(measured(*press(80) * 3)).approach, abs=0.05)
    assert steady[-1] == pytest.approx(mixed[-1], abs=0.1)
