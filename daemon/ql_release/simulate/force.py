"""The force of one hold: tissue under its load history, and what happens to it."""

from collections.abc import Callable
from math import cos, exp, pi, sin
from random import Random

from ql_release.simulate.happenings import (
    BoneContact,
    Break,
    Drift,
    Ease,
    Happening,
    Knock,
    Press,
    Release,
    Shift,
    Sigh,
    Slip,
)
from ql_release.simulate.rise import Rise
from ql_release.simulate.scenario import Body, Hold
from ql_release.simulate.shapes import SHAPES, Shape, smooth

RING_S = 0.12
"""Seconds in which a ringing force dies down to a third."""

BLIP_S = 0.02
"""Seconds in which a knock's force dies down to a third."""

Factor = Callable[[float], float]
"""What a force is multiplied by at a time."""


class HoldForce:
    """A hold's force without breath, sway and tremor.

    Args:
        body: who lies on the tool.
        hold: the hold.
        random: where it comes from which zones are unloaded more than others; None when zones
            do not matter.
    """

    def __init__(self, body: Body, hold: Hold, random: Random | None = None) -> None:
        self._hold = hold
        self._body = body
        self._rises = [Rise(body.tissue, 0.0, hold.approach_s, hold.force_n, body.stiffening)]
        self._factors: list[tuple[float, Factor]] = []
        self._bones: list[BoneContact] = []
        self._moves: list[tuple[float, Factor, float, float]] = []
        for thing in hold.happenings:
            if isinstance(thing, Press):
                rise = Rise(body.tissue, thing.at, thing.lasts, thing.rise_n, 0.0)
                self._rises.append(rise)
            elif isinstance(thing, BoneContact):
                self._bones.append(thing)
            self._factors += [(thing.at, factor) for factor in _factors(thing)]
            if random is not None and isinstance(thing, Release) and thing.uneven:
                self._unload(thing, random.uniform(0.0, 2 * pi))

    def _unload(self, thing: Release, heading: float) -> None:
        """Keep where the load goes when a muscle lets go more on one side."""
        share = thing.fall * thing.uneven
        progress = _change(thing.at, thing.lasts, 1.0, thing.shape)
        self._moves.append((thing.at, progress, share * cos(heading), share * sin(heading)))

    def soft(self, t: float) -> float:
        """Return the force through soft tissue so long after the approach began, newtons."""
        force = sum(rise.force(t) for rise in self._rises)
        for at, factor in self._factors:
            if t > at:
                force *= factor(t)
        return force * self._there(t)

    def bone(self, t: float) -> float:
        """Return the force through bone, newtons: it does not relax."""
        if not self._bones:
            return 0.0
        there = self._there(t)
        for at, factor in self._factors:
            if t > at:
                there *= factor(t)
        return there * sum(bone.rise_n * smooth((t - bone.at) / bone.lasts) for bone in self._bones)

    def lean(self, t: float) -> tuple[float, float]:
        """Return how far the load has moved from its place, as shares of it for x and y."""
        x = y = 0.0
        for at, progress, to_x, to_y in self._moves:
            if t > at:
                share = progress(t) - 1.0
                x += share * to_x
                y += share * to_y
        return x, y

    def _there(self, t: float) -> float:
        """Return the share of the body that lies on the tool: 1 until it gets up."""
        hold = self._hold
        since = t - hold.lasts + hold.lift_s
        return 1.0 if since <= 0.0 else 1.0 - smooth(since / hold.lift_s)


def _factors(thing: Happening) -> list[Factor]:
    """Return what a happening multiplies the force by, from its beginning on."""
    match thing:
        case Release():
            factors = [_change(thing.at, thing.lasts, -thing.fall, thing.shape)]
        case Break():
            factors = [_change(thing.at, thing.lasts, -thing.fall, "linear")]
        case Slip():
            factors = [_change(thing.at, thing.lasts, -thing.fall), _ring(thing)]
        case Shift() | Drift():
            factors = [_change(thing.at, thing.lasts, thing.change)]
        case Ease():
            factors = [_ease(thing)]
        case Sigh():
            factors = [_swing(thing.at, thing.lasts, thing.depth)]
        case Knock():
            factors = [_blip(thing)]
        case _:
            factors = []
    return factors


def _change(at: float, lasts: float, share: float, shape: Shape = "cosine") -> Factor:
    """Return a factor that goes from 1 to 1 + share and stays there."""
    curve = SHAPES[shape]
    return lambda t: 1.0 + share * curve((t - at) / lasts)


def _swing(at: float, lasts: float, depth: float) -> Factor:
    """Return a factor that leaves 1 by a depth and comes back."""

    def factor(t: float) -> float:
        share = (t - at) / lasts
        return 1.0 + depth * (0.5 - 0.5 * cos(2 * pi * share)) if 0.0 < share < 1.0 else 1.0

    return factor


def _ease(thing: Ease) -> Factor:
    """Return a factor that falls, waits, and comes back."""
    back = thing.at + thing.lasts - thing.ramp_s

    def factor(t: float) -> float:
        away = smooth((t - thing.at) / thing.ramp_s) - smooth((t - back) / thing.ramp_s)
        return 1.0 - thing.depth * away

    return factor


def _ring(thing: Slip) -> Factor:
    """Return a factor that swings about 1 and dies down."""
    turn = 2 * pi * thing.ring_hz
    return lambda t: 1.0 + thing.ring * exp((thing.at - t) / RING_S) * sin(turn * (t - thing.at))


def _blip(thing: Knock) -> Factor:
    """Return a factor that leaves 1 for an instant."""
    return lambda t: 1.0 + thing.blip * exp((thing.at - t) / BLIP_S)
