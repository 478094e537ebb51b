"""When to ask for missing samples, and when to give them up.

Samples are analysed in order, so a gap holds up everything behind it. The tool is asked for
the missing ones once; while they keep coming the line waits, after that it goes on without.
"""

from dataclasses import dataclass
from enum import Enum, auto

from ql_release.wire.stream import Gap

PATIENCE_S = 2.0
"""A gap waits this long for the next of its samples (DESIGN §3)."""


class GapAction(Enum):
    """What is to be done about the open gap."""

    ASK = auto()
    WAIT = auto()
    GIVE_UP = auto()


@dataclass(slots=True)
class GapWatch:
    """Follows the gap at the head of one stream's line."""

    _first: int | None = None
    _end: int | None = None
    _deadline: float = 0.0

    def judge(self, gap: Gap | None, now: float) -> GapAction | None:
        """Return what to do now, or None while nothing is missing.

        Args:
            gap: the open gap.
            now: seconds of a monotonic clock.
        """
        if gap is None:
            self._first = self._end = None
            return None
        end = gap.first + gap.count
        if end != self._end:
            self._first, self._end, self._deadline = gap.first, end, now + PATIENCE_S
            return GapAction.ASK
        if gap.first != self._first:
            self._first, self._deadline = gap.first, now + PATIENCE_S
        return GapAction.GIVE_UP if now >= self._deadline else GapAction.WAIT
