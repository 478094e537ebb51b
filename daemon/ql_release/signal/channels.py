"""Channels: which force zones measure, and which only repeat themselves.

A load cell that measures is never the same to the last digit for long: its own noise moves it,
and so do the breath and the tissue of whoever lies on it. Coarse rounding can hide that, so a
zone is only called stuck by contrast: it stayed the same to the digit while the others' force
changed so much that it had to follow.

What a stuck zone says is a constant that belongs to nobody: it is taken off the total, so that
a contact can end, and a hold is not half made of it. A zone at its limit still carries force;
then the total is a lower bound, and what hides behind it cannot be judged.
"""

from collections.abc import Sequence
from operator import eq

STUCK_S = 1.0
"""Seconds without any change from which on a zone may be stuck: several settling times of the
slowest converter in use (HX711 at 10 samples a second, 0.4 s)."""

FOLLOWS = 2.0
"""Times by which the others' force must have changed meanwhile: load shares move by some percent
as a body shifts, and a value rounded to 1 N hides less than that."""

FOLLOWS_AT_TOP = 4.0
"""The same for a zone that repeats its highest value: it may be at its limit, and comes down
only when the others have come down a long way."""

STUCK_N = 4.0
"""Newtons that a zone must say to be worth taking off: four steps of a coarse rounding."""

LOST_N = 3.0
"""Newtons by which a zone's force jumps when its wire breaks; less is within its noise."""

LOST_SHARE = 0.5
"""Share of its force that it loses or gains in that jump."""

STEADY = 1.15
"""Times by which the others' force may change around that jump: nobody moved."""

LIMIT_S = 2.0
"""Seconds for which a zone repeats its highest value before it is taken for saturated."""

LIMIT_FOLLOWS = 1.1
"""Times by which the others' force must have changed meanwhile: less than for a stuck zone, for
at its limit it is left in the total and only judged no more."""

LIMIT_N = 20.0
"""Newtons below which no zone is at its limit: forty steps of a coarse rounding, so that a
breath's crest, rounded to one value, is not taken for it."""

DEAD_S = 8.0
"""Seconds without a change of any zone after which nothing is being measured: two breaths of
the slowest kind (0.25 a second and less)."""

LEAST_REST_N = 1.0
"""Newtons that the others are taken to carry at least, where their change is a ratio."""


class _Still:
    """A zone that repeats its value, and what the others have done meanwhile."""

    __slots__ = ("high", "jumped", "low", "since", "value")

    def __init__(self, value: float, since: float, rest: float, step: float) -> None:
        self.value = value
        self.since = since
        self.jumped = step >= max(LOST_N, LOST_SHARE * abs(value))
        self.low = self.high = rest

    def take(self, rest: float) -> None:
        """Take the others' force, newtons."""
        self.low = min(self.low, rest)
        self.high = max(self.high, rest)

    def others(self) -> float:
        """Return how many times the others' force has changed since."""
        return max(self.high, LEAST_REST_N) / max(self.low, LEAST_REST_N)

    def is_stuck(self, t: float, highest: float) -> bool:
        """Return whether the others have moved so far that this one had to follow.

        Args:
            t: the time, seconds.
            highest: its highest value so far, newtons.
        """
        still = t - self.since
        if still < STUCK_S:
            return False
        if self.jumped and still >= LIMIT_S and self.others() <= STEADY:
            return True
        follows = FOLLOWS_AT_TOP if self._is_at_top(highest) else FOLLOWS
        return abs(self.value) >= STUCK_N and self.others() >= follows

    def is_at_limit(self, t: float, highest: float) -> bool:
        """Return whether it repeats its highest value while the others move."""
        still = t - self.since
        return self._is_at_top(highest) and still >= LIMIT_S and self.others() >= LIMIT_FOLLOWS

    def _is_at_top(self, highest: float) -> bool:
        return self.value >= max(highest, LIMIT_N)


class Channels:
    """Watches the force zones of one contact.

    Args:
        stuck: numbers, from 0, of the zones that are stuck from the start.
        stuck_n: what they say together, newtons.

    Attributes:
        stuck: numbers of the zones that do not follow; their force is left out.
        stuck_n: what they say together, newtons.
        ever_stuck: numbers of all that were stuck at some time.
        limited: whether a zone is at its limit.
        dead: whether no zone has changed for a while.
    """

    __slots__ = (
        "_before",
        "_highest",
        "_last",
        "_still",
        "_t",
        "dead",
        "ever_stuck",
        "limited",
        "stuck",
        "stuck_n",
    )

    def __init__(self, stuck: frozenset[int] = frozenset(), stuck_n: float = 0.0) -> None:
        self._still: dict[int, _Still] = {}
        self._before: Sequence[float] = ()
        self._last: Sequence[float] = ()
        self._highest: Sequence[float] = ()
        self._t = 0.0
        self.stuck = stuck
        self.stuck_n = stuck_n
        self.ever_stuck = set(stuck)
        self.limited = False
        self.dead = False

    @property
    def hidden(self) -> bool:
        """Whether what happens cannot be seen."""
        return self.limited or self.dead

    def take(self, t: float, values: Sequence[float]) -> bool:
        """Take each zone's newtons at a time, seconds.

        Returns:
            Whether what the total is made of, or how far it can be trusted, has changed.
        """
        before, last, since = self._before, self._last, self._t
        self._before, self._last, self._t = last, values, t
        if len(last) != len(values):
            self._still = {}
            self._highest = self._before = values
            return False
        self._highest = list(map(max, self._highest, values))
        if any(map(eq, last, values)):
            self._note(values, before, since)
        elif self._still:
            self._still = {}
        elif not (self.stuck or self.hidden):
            return False
        return self._judge(t)

    def _note(self, values: Sequence[float], before: Sequence[float], since: float) -> None:
        """Note which zones repeat the value they had at a time, seconds."""
        total = sum(values)
        still = {}
        for number, (was, now, earlier) in enumerate(
            zip(self._before, values, before, strict=True)
        ):
            if was == now:
                zone = self._still.get(number)
                if zone is None:
                    zone = _Still(now, since, total - now, abs(now - earlier))
                zone.take(total - now)
                still[number] = zone
        self._still = still

    def _judge(self, t: float) -> bool:
        """Find out which zones do not measure; return whether that has changed."""
        several = len(self._last) > 1
        stuck = frozenset(
            number
            for number, zone in self._still.items()
            if several and (number in self.stuck or zone.is_stuck(t, self._highest[number]))
        )
        limited = several and any(
            zone.is_at_limit(t, self._highest[number])
            for number, zone in self._still.items()
            if number not in stuck
        )
        dead = len(self._still) == len(self._last) and all(
            t - zone.since >= DEAD_S for zone in self._still.values()
        )
        if (stuck, limited, dead) == (self.stuck, self.limited, self.dead):
            return False
        self.stuck, self.limited, self.dead = stuck, limited, dead
        self.ever_stuck |= stuck
        self.stuck_n = sum(self._last[number] for number in stuck)
        return True


def lost_n(before: Sequence[float], after: Sequence[Sequence[float]]) -> float:
    """Return the newtons that zones lost which have been silent since, as on a broken wire.

    Args:
        before: newtons per zone before a fall.
        after: rows of newtons per zone since the fall, in order.
    """
    silent = 0.0
    for was, values in zip(before, zip(*after, strict=False), strict=False):
        if all(map(eq, values, values[1:])):
            silent += was - values[0]
    return silent
