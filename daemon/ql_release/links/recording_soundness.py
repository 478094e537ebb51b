"""Whether a recording's samples can be judged at all, and what cannot: told, never hidden."""

from collections.abc import Sequence

from ql_release.signal.samples import SampleBlock

SLOWEST_FOR_RELEASE_HZ = 5.0
"""Samples a second below which a breath cannot be followed, and so no release be told."""

SLOWEST_FOR_BURSTS_HZ = 18.0
"""Samples a second below which what happens within a few tenths of a second, slips and bone
contact, cannot be told: the detectors look at twentieths of a second."""

SAID_N = 1.0
"""Newtons that a channel which never changes must say to be named: one that carries nothing and
is rounded to whole newtons is in order."""


class Soundness:
    """Watches a text recording's samples go by."""

    def __init__(self) -> None:
        self._count = 0
        self._first = self._last = 0.0
        self._lowest: Sequence[float] = ()
        self._highest: Sequence[float] = ()

    def take(self, block: SampleBlock) -> None:
        """Take the next samples."""
        lowest, highest = (
            [edge(column) for column in zip(*block.zones, strict=True)] for edge in (min, max)
        )
        if self._count:
            lowest = list(map(min, lowest, self._lowest))
            highest = list(map(max, highest, self._highest))
        else:
            self._first = block.t[0]
        self._lowest, self._highest = lowest, highest
        self._count += len(block.t)
        self._last = block.t[-1]

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be judged and why, as sentences."""
        return tuple(note for note in (self._rate(), self._still()) if note)

    def _rate(self) -> str:
        seconds = self._last - self._first
        if seconds <= 0.0:
            return ""
        hertz = (self._count - 1) / seconds
        if hertz >= SLOWEST_FOR_BURSTS_HZ:
            return ""
        lost = "slips and bone contact"
        if hertz < SLOWEST_FOR_RELEASE_HZ:
            lost = "releases, slips and bone contact"
        return f"There are {hertz:.1f} samples a second: too few to judge {lost}."

    def _still(self) -> str:
        still = [
            number
            for number, (low, high) in enumerate(zip(self._lowest, self._highest, strict=True), 1)
            if low == high
        ]
        if still and len(still) == len(self._lowest):
            return (
                "No force column ever changes: nothing was measured. Check the sensors and "
                "their wiring."
            )
        named = [f"f{number}" for number in still if abs(self._lowest[number - 1]) >= SAID_N]
        if not named:
            return ""
        verb = "never changes" if len(named) == 1 else "never change"
        return (
            f"{', '.join(named)} {verb}: no sensor that measures does that, so what is said there "
            "is left out once the others move. Check the wiring."
        )
