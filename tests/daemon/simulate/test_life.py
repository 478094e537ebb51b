"""Breath, sway and tremor: as deep, as slow and as restless as they are said to be."""

from itertools import pairwise
from random import Random
from statistics import fmean, pstdev

from ql_release.simulate import Body
from ql_release.simulate.body import Life
from ql_release.simulate.breath import Breath
from ql_release.simulate.sway import Sway

STEP_S = 0.02


def chance(seed: int) -> Random:
    """Return where chance comes from."""
    return Random(seed)  # noqa: S311 - noise, not secrets


def breaths(seconds: float, **body: float) -> list[float]:
    """Return the swing of a breath every 20 ms."""
    breath = Breath(Body(**body), chance(3))  # type: ignore[arg-type]
    swings = []
    for _ in range(int(seconds / STEP_S)):
        breath.step(STEP_S)
        swings.append(breath.swing)
    return swings


def sways(seconds: float, **body: float) -> list[float]:
    """Return where a sway is every 20 ms."""
    sway = Sway(Body(**body), chance(4))  # type: ignore[arg-type]
    values = []
    for _ in range(int(seconds / STEP_S)):
        sway.step(STEP_S)
        values.append(sway.value)
    return values


def falls_within(values: list[float], seconds: float) -> float:
    """Return the standard deviation of the change over so many seconds."""
    span = int(seconds / STEP_S)
    return pstdev(later - early for early, later in zip(values, values[span:], strict=False))


def test_an_even_breath_swings_from_minus_one_to_one_at_its_rate() -> None:
    swings = breaths(40.0, breath_hz=0.25, breath_jitter=0.0)
    assert min(swings) == -1.0
    assert 0.99 < max(swings) <= 1.0
    assert sum(early < 0.0 <= later for early, later in pairwise(swings)) == 10


def test_a_breath_never_jumps() -> None:
    swings = breaths(300.0, breath_jitter=0.3, breath_rest=0.3, breath_held=0.3)
    assert max(abs(later - early) for early, later in pairwise(swings)) < 0.2


def test_breathing_in_takes_its_share_and_a_rest_follows() -> None:
    swings = breaths(40.0, breath_hz=0.25, breath_jitter=0.0, breath_in=0.3, breath_rest=0.4)
    rising = sum(later > early for early, later in pairwise(swings)) / len(swings)
    resting = sum(swing == -1.0 for swing in swings) / len(swings)
    assert abs(rising - 0.3 * 0.6) < 0.02
    assert abs(resting - 0.4) < 0.02


def test_a_held_breath_stands_still_for_seconds() -> None:
    def longest_rest(held: float) -> float:
        longest = run = 0
        for early, later in pairwise(breaths(200.0, breath_rest=0.0, breath_held=held)):
            run = run + 1 if early == later else 0
            longest = max(longest, run)
        return longest * STEP_S

    assert longest_rest(0.0) < 0.2
    assert 2.0 < longest_rest(0.5) < 6.5


def test_sway_has_a_deviation_of_about_one_and_is_centred() -> None:
    values = sways(3000.0, sway_octaves=3, sway_tail=0.4)
    assert abs(fmean(values)) < 0.3
    assert 0.7 < pstdev(values) < 1.3


def test_more_octaves_are_slower() -> None:
    fast, slow = (sways(2000.0, sway_octaves=octaves) for octaves in (1, 4))
    assert falls_within(slow, 2.0) < 0.8 * falls_within(fast, 2.0)
    assert falls_within(slow, 100.0) / falls_within(slow, 2.0) > 1.5


def test_a_tail_makes_great_moves_more_frequent() -> None:
    def great(values: list[float]) -> float:
        spread = pstdev(values)
        return fmean((value / spread) ** 4 for value in values)

    assert great(sways(4000.0, sway_tail=0.7)) > great(sways(4000.0, sway_tail=0.0)) + 0.5


def test_life_goes_on_alike_at_another_rate() -> None:
    slow, fine = (Life(Body(tremor=0.0), chance(5)) for _ in range(2))
    for _ in range(2000):
        slow.step(0.02)
        for _ in range(4):
            fine.step(0.005)
        assert abs(slow.breath - fine.breath) < 0.01
        assert abs(slow.sway - fine.sway) < 0.01


def test_tremor_swings_at_its_frequency() -> None:
    life = Life(Body(tremor=0.01, tremor_hz=9.0), chance(6))
    swings = []
    for _ in range(2000):
        life.step(0.01)
        swings.append(life.tremor)
    assert max(swings) <= 1.0
    assert 160 < sum(early < 0.0 <= later for early, later in pairwise(swings)) < 200
