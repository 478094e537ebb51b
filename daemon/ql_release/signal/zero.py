"""The zero: what the tool shows while nobody is on it.

A load cell's zero creeps with warmth and after long load. It matters: 3 N under a contact that is
lost below 5 N nearly keeps the contact from ever ending. So between contacts the resting level is
averaged, from 2 s after a contact's end on, until the next touch.

The sums are whole millinewtons, so the order in which samples are added cannot change them, and
only the samples themselves say when somebody is on the tool.
"""

from collections.abc import Iterable

from ql_release.signal.contact import CONTACT_OFF_N, CONTACT_ON_N
from ql_release.signal.samples import SampleBlock

SETTLE_S = 2.0
"""Seconds after a contact's end that are left out: the tool and whoever got off it still move."""

LEAST_REST_S = 1.0
"""Seconds of rest from which their mean tells the level: at 80 Hz as many samples, at 0.1 N noise
each that is 0.01 N."""

MN_PER_N = 1000


class ZeroWatch:
    """Watches the resting level from a touch on; a new one takes it that somebody is there."""

    __slots__ = ("_began", "_count", "_free_at", "_last", "_level_mn", "_sum_mn", "_touched")

    def __init__(self) -> None:
        self._touched = True
        self._free_at = 0.0
        self._level_mn: int | None = None
        self._begin_rest()

    @property
    def level_mn(self) -> int | None:
        """Mean of the last rest that was long enough, whole millinewtons; None before one."""
        if self._count and self._last - self._began >= LEAST_REST_S:
            return round(self._sum_mn / self._count)
        return self._level_mn

    def forget(self) -> None:
        """Forget what was seen: another zero is in force from here on."""
        self._level_mn = None
        self._begin_rest()

    def begin_stream(self) -> None:
        """Go on in another stream, with another clock; somebody may be on the tool."""
        self._touch()

    def take(self, block: SampleBlock, skip: int = 0) -> None:
        """Take samples but the first few; what a sensor that does not answer says is left out."""
        if block.fault:
            return
        forces = list(map(sum, block.zones[skip:] if skip else block.zones))
        times = block.t[skip:] if skip else block.t
        touches = block.contact
        if not forces:
            return
        if touches is None and not self._touched and max(forces) < CONTACT_ON_N:
            self._rest(zip(times, forces, strict=True))
        elif not self._touched or min(forces) < CONTACT_OFF_N:
            felt = [False] * len(forces) if touches is None else touches[skip:]
            for t, force, touched in zip(times, forces, felt, strict=True):
                self._take_one(t, force, touched=touched)

    def _take_one(self, t: float, force: float, *, touched: bool) -> None:
        if self._touched:
            if force < CONTACT_OFF_N and not touched:
                self._touched, self._free_at = False, t
        elif touched or force >= CONTACT_ON_N:
            self._touch()
        else:
            self._rest([(t, force)])

    def _rest(self, samples: Iterable[tuple[float, float]]) -> None:
        settled = self._free_at + SETTLE_S
        for t, force in samples:
            if t >= settled:
                if not self._count:
                    self._began = t
                self._sum_mn += round(force * MN_PER_N)
                self._count += 1
                self._last = t

    def _touch(self) -> None:
        self._level_mn = self.level_mn
        self._touched = True
        self._begin_rest()

    def _begin_rest(self) -> None:
        self._sum_mn = self._count = 0
        self._began = self._last = 0.0
