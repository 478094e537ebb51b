"""How the tool lies and shakes: the truth behind an IMU's readings."""

from dataclasses import dataclass
from math import cos, exp, pi, radians, sin
from random import Random

from ql_release.simulate.happenings import (
    BoneContact,
    Happening,
    Knock,
    Release,
    Shift,
    Sink,
    Slip,
)
from ql_release.simulate.scenario import Body, Hold
from ql_release.simulate.shapes import smooth

GRAVITY = 9.80665
"""Standard gravity, m/s²."""

BURST_S = 0.12
"""Seconds in which a shake dies down to a third."""

BURST_OVER_S = 1.5
"""Seconds after which nothing of it is left that could be measured."""

SETTLE_DEG = 4.0
"""Degrees by which a tool tips over when somebody lies down on it, and back."""

JERK_SPIN = 0.05
"""Turn rate that goes with each m/s² of a jerky weight shift, rad/s."""


@dataclass(slots=True)
class Posture:
    """The tool at one moment: two small angles in radians, and how strongly it shakes."""

    roll: float = 0.0
    pitch: float = 0.0
    shake: float = 0.0
    spin: float = 0.0


@dataclass(frozen=True, slots=True)
class _Burst:
    """A shake: full from `at` to `full_until`, then dying down; m/s² and rad/s."""

    at: float
    full_until: float
    shake: float
    spin: float

    def strength(self, t: float) -> float:
        """Return how much of it there is at a time."""
        if t < self.at or t > self.full_until + BURST_OVER_S:
            return 0.0
        return exp(-max(0.0, t - self.full_until) / BURST_S)


@dataclass(frozen=True, slots=True)
class _Turn:
    """The tool turns to another angle: radians about two axes."""

    at: float
    lasts: float
    roll: float
    pitch: float


class HoldPosture:
    """How the tool lies during one hold.

    Args:
        body: who lies on it.
        hold: the hold.
        random: where the directions of its turns come from.

    Attributes:
        roll: how the tool lies before and after, radians.
        pitch: likewise.
    """

    def __init__(self, body: Body, hold: Hold, random: Random) -> None:
        self._body = body
        self._hold = hold
        self._rocks = _direction(random)
        lies = _direction(random)
        self.roll = radians(hold.lies_deg) * lies[0]
        self.pitch = radians(hold.lies_deg) * lies[1]
        self._turns: list[_Turn] = []
        self._bursts: list[_Burst] = []
        for thing in hold.happenings:
            self._add(thing, _direction(random))
        if hold.bang:
            bang = hold.lasts - hold.lift_s / 2
            self._bursts.append(_Burst(bang, bang, hold.bang, 1.0))

    def _add(self, thing: Happening, heading: tuple[float, float]) -> None:
        """Keep what of a happening moves the tool."""
        if isinstance(thing, Release | BoneContact | Shift | Sink | Slip) and thing.turn_deg:
            angle = radians(thing.turn_deg)
            turn = _Turn(thing.at, thing.lasts, angle * heading[0], angle * heading[1])
            self._turns.append(turn)
        if isinstance(thing, Slip):
            self._bursts.append(_Burst(thing.at, thing.at + thing.lasts, thing.shake, thing.spin))
        if isinstance(thing, Knock):
            self._bursts.append(_Burst(thing.at, thing.at, thing.shake, thing.spin))
        if isinstance(thing, Shift) and thing.shake:
            spin = thing.shake * JERK_SPIN
            self._bursts.append(_Burst(thing.at, thing.at + thing.lasts, thing.shake, spin))

    def at(self, t: float, breath: float, sway: float) -> Posture:
        """Return the posture so long after the approach began.

        Args:
            t: seconds since then.
            breath: the breath's swing.
            sway: the sway, standard deviations.
        """
        body, there = self._body, self._there(t)
        rock = there * radians(
            SETTLE_DEG + body.breath_turn_deg * breath + body.sway_turn_deg * sway
        )
        roll = self.roll + rock * self._rocks[0]
        pitch = self.pitch + rock * self._rocks[1]
        for turn in self._turns:
            if t > turn.at:
                turned = there * smooth((t - turn.at) / turn.lasts)
                roll += turned * turn.roll
                pitch += turned * turn.pitch
        shake = spin = 0.0
        for burst in self._bursts:
            strength = burst.strength(t)
            shake += strength * burst.shake
            spin += strength * burst.spin
        return Posture(roll, pitch, shake, spin)

    def _there(self, t: float) -> float:
        """Return how far the tool has tipped over: 0 while nobody lies on it."""
        hold = self._hold
        up = t - hold.lasts + hold.lift_s
        there = smooth(t / hold.approach_s)
        return there if up <= 0.0 else there - smooth(up / hold.lift_s)


def _direction(random: Random) -> tuple[float, float]:
    """Return a direction in which a tool turns."""
    heading = random.uniform(0.0, 2 * pi)
    return cos(heading), sin(heading)


def gravity(roll: float, pitch: float) -> tuple[float, float, float]:
    """Return the acceleration that a tool at rest measures at these angles, m/s²."""
    level = GRAVITY * cos(pitch)
    return -GRAVITY * sin(pitch), level * sin(roll), level * cos(roll)
