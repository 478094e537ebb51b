"""The plan: which spots, how many holds on each, how long.

Holds of 30 to 90 s, two or three on a spot, are what the literature describes (docs/safety.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST_HOLD_S = 30.0
LONGEST_HOLD_S = 90.0
MOST_HOLDS = 3
USUAL_HOLD_S = 45.0
"""A hold that is aimed at: long enough for held tissue to settle (10 to 14 s), then to ease."""

SHORTEST_PLAN_MIN = 2

MUSCLE = "quadratus_lumborum"
SIDES = ("left", "right")
ENDS = ("upper", "lower")
"""Zones of a default plan: trigger spots are described near both ends of the muscle."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One step of a plan.

    Attributes:
        muscle: id of the muscle.
        side: left or right.
        zone: upper, middle or lower.
        holds: holds wanted there, 1 or more.
        hold_s: length wanted of each, s.
    """

    muscle: str
    side: str
    zone: str
    holds: int = 2
    hold_s: float = USUAL_HOLD_S

    def __post_init__(self) -> None:
        """Refuse a spot that nothing could fulfil, or anything would.

        Raises:
            ValueError: when holds or their length are not positive.
        """
        if self.holds < 1 or self.hold_s <= 0:
            raise ValueError("a spot needs at least one hold of more than 0 s")

    @property
    def total_s(self) -> float:
        """Time wanted on the spot, s."""
        return self.holds * self.hold_s

    @property
    def english(self) -> str:
        """The spot as people say it: left lower."""
        where = f"{self.side} {self.zone}"
        return where if self.muscle == MUSCLE else f"{self.muscle.replace('_', ' ')} {where}"


def spread(
    minutes: float,
    *,
    sides: Sequence[str] = SIDES,
    zones: Sequence[str] = ENDS,
    muscles: Sequence[str] = (MUSCLE,),
) -> tuple[Spot, ...]:
    """Spread a time over spots, in holds of a sensible number and length.

    Args:
        minutes: wanted in all, min; the plan may come out shorter, for holds have a longest.
        sides: of the body, in order.
        zones: of each muscle, in order.
        muscles: their ids, in order.
    """
    places = [(muscle, side, zone) for muscle in muscles for side in sides for zone in zones]
    each_s = 60 * minutes / len(places)
    holds = min(max(round(each_s / USUAL_HOLD_S), 1), MOST_HOLDS)
    hold_s = float(min(max(round(each_s / holds), SHORTEST_HOLD_S), LONGEST_HOLD_S))
    return tuple(Spot(*place, holds, hold_s) for place in places)


def plan_minutes(spots: Sequence[Spot]) -> int:
    """Return how long a plan takes, rounded up to whole minutes; two at least.

    Less is not worth lying down for, and no language has to say one minute otherwise than five.
    """
    return max(SHORTEST_PLAN_MIN, -int(-sum(spot.total_s for spot in spots) // 60))


def listed(spots: Sequence[Spot]) -> str:
    """Return spots as people list them: left lower, right upper and right lower."""
    *first, last = (spot.english for spot in spots)
    return f"{', '.join(first)} and {last}" if first else last
