"""Zones that repeat themselves: what is left out, what is told, and what is left alone."""

import random
from collections.abc import Callable, Sequence
from math import sin

import pytest

from ql_release.signal.channels import Channels
from ql_release.signal.detections import ContactStarted, Detection, HoldEnded, Judged
from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock

RATE = 50.0
Signal = Callable[[float], float]


def body(t: float, force: float = 90.0, arrives: float = 2.0, leaves: float = 40.0) -> float:
    """Return the force of somebody who lies on the tool for a while."""
    up = min(1.0, max(0.0, (t - arrives) / 1.0))
    down = min(1.0, max(0.0, (leaves - t) / 0.5))
    breath = 1.0 + 0.03 * sin(1.6 * t)
    return force * up * down * breath * (1.0 + max(0.0, t - arrives)) ** -0.05


def play(
    zones: Sequence[Signal], seconds: float = 50.0, noise: float = 0.1, digits: int = 3
) -> tuple[list[Detection], list[str]]:
    """Return what is detected in zones that are functions of time, and the qualities shown.

    Noise is added to what moves: a zone that is stuck says the same to the digit.
    """
    chance = random.Random(3)  # noqa: S311 - noise, not secrets
    detector = Detector(DetectorSettings())
    found, qualities = [], []
    for number in range(round(seconds * RATE)):
        t = number / RATE
        row = tuple(
            zone(t) if zone in STUCK else round(zone(t) + chance.gauss(0.0, noise), digits)
            for zone in zones
        )
        found += detector.feed(SampleBlock(index=number, t=[t], zones=[row]))
        qualities.append(detector.view.quality)
    return found + detector.finish(), qualities


def stuck_at_forty(_: float) -> float:
    return 40.0


def stuck_in_the_hold(t: float) -> float:
    return round(body(t) / 2, 3) if t < 20.0 else 31.25


def lost_in_the_hold(t: float) -> float:
    return round(body(t) / 2 + 0.001 * (t * RATE % 7), 3) if t < 20.0 else 0.0


STUCK = {stuck_at_forty, stuck_in_the_hold, lost_in_the_hold}


def half(t: float) -> float:
    return body(t) / 2


def nobody(_: float) -> float:
    return 0.0


def holds(found: list[Detection]) -> list[HoldEnded]:
    return [each for each in found if isinstance(each, HoldEnded)]


def judged(found: list[Detection]) -> list[Judged]:
    return [each for each in found if isinstance(each, Judged)]


def test_a_stuck_zone_alone_is_nobody() -> None:
    found, _ = play([nobody, stuck_at_forty, nobody])
    assert found == []


def test_a_hold_beside_a_stuck_zone_begins_and_ends_with_the_body() -> None:
    found, qualities = play([half, stuck_at_forty, half])
    (hold,) = holds(found)
    assert hold.stuck_zones == (1,)
    assert hold.hold_s == pytest.approx(37.9, abs=0.3)
    assert hold.peak_force_n < 95.0
    assert sum(isinstance(each, ContactStarted) for each in found) == 1
    assert judged(found) == []
    assert "fault" in qualities


def test_a_zone_that_sticks_in_a_hold_does_not_hold_on_for_ever() -> None:
    found, _ = play([half, stuck_in_the_hold], seconds=60.0)
    (hold,) = holds(found)
    assert hold.stuck_zones == (1,)
    assert hold.at == pytest.approx(40.0, abs=1.5)
    assert judged(found) == []


def test_a_zone_that_is_lost_in_a_hold_is_told_and_is_no_event() -> None:
    found, qualities = play([half, lost_in_the_hold])
    (hold,) = holds(found)
    assert hold.stuck_zones == (1,)
    assert judged(found) == []
    assert qualities[round(25.0 * RATE)] == "fault"


def test_a_clipped_zone_hides_what_happens_behind_it() -> None:
    def clipped(t: float) -> float:
        return min(body(t, force=120.0), 60.0)

    STUCK.add(clipped)
    found, qualities = play([lambda t: body(t) * (1.0 - 0.02 * max(0.0, t - 10.0)), clipped])
    (hold,) = holds(found)
    assert hold.unjudged_s > 5.0
    assert "saturated" in qualities
    assert judged(found) == []


def test_coarse_rounding_is_no_stuck_zone() -> None:
    found, qualities = play([half, half, lambda t: body(t) / 20], noise=0.05, digits=0)
    (hold,) = holds(found)
    assert hold.stuck_zones == ()
    assert set(qualities) == {"measuring"}


def test_a_single_zone_that_never_changes_is_taken_at_its_word_but_said_to_be_dead() -> None:
    found, qualities = play([stuck_at_forty])
    (hold,) = holds(found)
    assert qualities[round(4 * RATE)] == "measuring"
    assert qualities[-1] == "fault"
    assert hold.unjudged_s == pytest.approx(42.0, abs=1.0)


def test_a_zone_that_moves_again_counts_again() -> None:
    channels = Channels()
    for number in range(100):
        other = 40.0 + 2.0 * number
        channels.take(number * 0.05, (other, 30.0))
    assert channels.stuck == {1}
    assert channels.stuck_n == 30.0
    assert channels.take(5.0, (241.0, 31.0))
    assert (channels.stuck, channels.stuck_n) == (frozenset(), 0)
    assert channels.ever_stuck == {1}


def test_another_number_of_zones_begins_anew() -> None:
    channels = Channels()
    assert not channels.take(0.0, (50.0, 50.0))
    assert not channels.take(0.1, (50.0,))
    assert not channels.hidden
