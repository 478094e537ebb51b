"""Onset: is the beginning of a contact carried by zones that measure?

A zone that is stuck at some force looks like somebody who lies on the tool for ever. The other
zones know better: while they move with their own noise and carry nothing, nobody is there. Where
no zone moves at all, or there is but one, the force is taken at its word.
"""

from collections.abc import Iterable, Sequence

from ql_release.signal.contact import CONTACT_OFF_N, CONTACT_ON_N


class Onset:
    """Watches which zones have moved since a contact's first sample.

    Args:
        zones: that sample's newtons per zone.
        moved: numbers, from 0, of the zones that are known to measure.
    """

    __slots__ = ("_first", "_moved")

    def __init__(self, zones: Sequence[float], moved: Iterable[int] = ()) -> None:
        self._first = tuple(zones)
        self._moved = set(moved)

    @property
    def still(self) -> frozenset[int]:
        """The numbers, from 0, of the zones that have not moved."""
        return frozenset(range(len(self._first))) - self._moved

    def take(self, zones: Sequence[float]) -> None:
        """Take a later sample's newtons per zone."""
        for number, (was, now) in enumerate(zip(self._first, zones, strict=False)):
            if was != now:
                self._moved.add(number)

    def carried_n(self, zones: Sequence[float]) -> float:
        """Return the newtons of the zones that have moved."""
        return sum(force for number, force in enumerate(zones) if number in self._moved)

    def is_hollow(self, zones: Sequence[float]) -> bool:
        """Return whether zones that move carry nothing and others, unmoved, a contact."""
        carried = self.carried_n(zones)
        return (
            bool(self._moved) and carried < CONTACT_OFF_N and sum(zones) - carried >= CONTACT_ON_N
        )
