"""Coverage: which placements got how much pressure, and how the sides shared it."""

from ql_release.payloads.base import Placement
from ql_release.payloads.session import CoverageEntry, LeftRight
from ql_release.sessions.rounding import rounded

SECONDS_DIGITS = 2
PERCENT_DIGITS = 1


class Coverage:
    """Adds up the holds of a session per placement.

    Only holds that count towards the dose are to be added; one without a placement cannot be.
    """

    __slots__ = ("_holds", "_seconds")

    def __init__(self) -> None:
        self._holds: dict[Placement, int] = {}
        self._seconds: dict[Placement, float] = {}

    def add(self, placement: Placement, hold_s: float) -> None:
        """Add a hold of so many seconds."""
        self._holds[placement] = self._holds.get(placement, 0) + 1
        self._seconds[placement] = self._seconds.get(placement, 0.0) + hold_s

    def entries(self) -> list[CoverageEntry]:
        """Return what each placement got, most worked first."""
        entries = [
            CoverageEntry(
                muscle=place.muscle,
                side=place.side,
                zone=place.zone,
                holds=self._holds[place],
                hold_s=rounded(seconds, SECONDS_DIGITS),
            )
            for place, seconds in self._seconds.items()
        ]
        return sorted(entries, key=lambda e: (-e.hold_s, e.muscle, e.side, e.zone))

    def left_right(self) -> LeftRight | None:
        """Return the sides' shares of the time; None when nothing was added."""
        if not self._seconds:
            return None
        left = sum(seconds for place, seconds in self._seconds.items() if place.side == "left")
        share = round(100 * left / sum(self._seconds.values()), PERCENT_DIGITS)
        return LeftRight(left_pct=share, right_pct=round(100 - share, PERCENT_DIGITS))
