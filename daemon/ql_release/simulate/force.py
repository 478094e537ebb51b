"""The force of one hold: tissue under its load history, and what happens to it."""

from collections.abc import Callable
from math import cos, exp, pi

from ql_release.simulate.happenings import BoneContact, Press, Release, Shift, Sigh, Slip
from ql_release.simulate.scenario import Body, Hold

STEPS = 24
"""Steps into which a rise of load is cut: its relaxation is the sum of theirs."""

LUMP_AFTER = 8.0
"""Durations of a rise after which its steps are told apart no more: their ages then differ
by too little to matter (under 0.1 % of the force)."""


def smooth(share: float) -> float:
    """Return 0 to 1 along a raised cosine, for a share of a duration gone by."""
    if share <= 0.0:
        return 0.0
    return 1.0 if share >= 1.0 else 0.5 - 0.5 * cos(pi * share)


class Rise:
    """A load that grows over some time, each part of it relaxing since it came."""

    def __init__(self, body: Body, at: float, lasts: float, height: float, bend: float) -> None:
        self._left: Callable[[float], float] = body.tissue.left
        self._at = at
        self._lasts = lasts
        self._height = height
        self._steps = self._cut(bend)
        self._centre = sum(t * part for t, part in self._steps) / height

    def _cut(self, bend: float) -> list[tuple[float, float]]:
        """Return (time, part of the force) of each step; a bend above 0 stiffens."""
        steps = []
        before = 0.0
        for number in range(1, STEPS + 1):
            depth = smooth(number / STEPS)
            force = (exp(bend * depth) - 1.0) / (exp(bend) - 1.0) if bend else depth
            steps.append((self._at + self._lasts * number / STEPS, self._height * (force - before)))
            before = force
        return steps

    def force(self, t: float) -> float:
        """Return what is left of the load at a time, newtons."""
        if t <= self._at:
            return 0.0
        if t > self._at + LUMP_AFTER * self._lasts:
            return self._height * self._left(t - self._centre)
        span = self._lasts / STEPS
        total = 0.0
        for at, part in self._steps:
            # Each step comes in evenly over its own span, so that the rise has no stairs.
            come = (t - at) / span + 1.0
            if come <= 0.0:
                break
            total += part * min(1.0, come) * self._left(max(0.0, t - at))
        return total


class HoldForce:
    """A hold's force without breath, sway and tremor.

    Args:
        body: who lies on the tool.
        hold: the hold.
    """

    def __init__(self, body: Body, hold: Hold) -> None:
        self._hold = hold
        self._rises = [Rise(body, 0.0, hold.approach_s, hold.force_n, body.stiffening)]
        self._factors: list[Callable[[float], float]] = []
        self._bones: list[BoneContact] = []
        for thing in hold.happenings:
            match thing:
                case Press():
                    self._rises.append(Rise(body, thing.at, thing.lasts, thing.rise_n, 0.0))
                case BoneContact():
                    self._bones.append(thing)
                case Release() | Slip():
                    self._factors.append(_change(thing.at, thing.lasts, -thing.fall))
                case Shift():
                    self._factors.append(_change(thing.at, thing.lasts, thing.change))
                case Sigh():
                    self._factors.append(_swing(thing.at, thing.lasts, thing.depth))
                case _:
                    pass

    def soft(self, t: float) -> float:
        """Return the force through soft tissue so long after the approach began, newtons."""
        force = sum(rise.force(t) for rise in self._rises)
        for factor in self._factors:
            force *= factor(t)
        return force * self._there(t)

    def bone(self, t: float) -> float:
        """Return the force through bone, newtons: it does not relax."""
        return self._there(t) * sum(
            bone.rise_n * smooth((t - bone.at) / bone.lasts) for bone in self._bones
        )

    def _there(self, t: float) -> float:
        """Return the share of the body that lies on the tool: 1 until it gets up."""
        hold = self._hold
        return 1.0 - smooth((t - hold.lasts + hold.lift_s) / hold.lift_s)


def _change(at: float, lasts: float, share: float) -> Callable[[float], float]:
    """Return a factor that goes from 1 to 1 + share and stays there."""
    return lambda t: 1.0 + share * smooth((t - at) / lasts)


def _swing(at: float, lasts: float, depth: float) -> Callable[[float], float]:
    """Return a factor that leaves 1 by a depth and comes back."""

    def factor(t: float) -> float:
        share = (t - at) / lasts
        return 1.0 + depth * (0.5 - 0.5 * cos(2 * pi * share)) if 0.0 < share < 1.0 else 1.0

    return factor
