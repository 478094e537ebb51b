"""How the tool lies and shakes: the truth behind an IMU's readings."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, radians, sin
from random import Random

from ql_release.simulate.force import smooth
from ql_release.simulate.happenings import Happening, Knock, Shift, Sink, Slip
from ql_release.simulate.scenario import Body, Hold

GRAVITY = 9.80665
"""Standard gravity, m/s²."""

BURST_S = 0.12
"""Seconds in which a shake dies down to a third."""

SETTLE_DEG = 4.0
"""Degrees by which a tool tips over when somebody lies down on it, and back."""


@dataclass(slots=True)
class Posture:
    """The tool at one moment: two small angles in radians, and how strongly it shakes."""

    roll: float = 0.0
    pitch: float = 0.0
    shake: float = 0.0
    spin: float = 0.0


class HoldPosture:
    """How the tool lies during one hold.

    Args:
        body: who lies on it.
        hold: the hold.
        random: where the directions of its turns come from.
    """

    def __init__(self, body: Body, hold: Hold, random: Random) -> None:
        self._body = body
        self._hold = hold
        self._heading = random.uniform(0.0, 6.28)
        self._turns: list[tuple[float, float, float, float]] = []
        self._bursts: list[tuple[float, float, float]] = []
        for thing in hold.happenings:
            self._add(thing, random.uniform(0.0, 6.28))
        if hold.bang:
            self._bursts.append((hold.lasts - hold.lift_s / 2, hold.bang, 1.0))

    def _add(self, thing: Happening, heading: float) -> None:
        """Keep what of a happening moves the tool."""
        if isinstance(thing, Shift | Sink | Slip):
            self._turns.append((thing.at, thing.lasts, radians(thing.turn_deg), heading))
        if isinstance(thing, Slip | Knock):
            self._bursts.append((thing.at, thing.shake, thing.spin))

    def at(self, t: float, breath: float, sway: float) -> Posture:
        """Return the posture so long after the approach began.

        Args:
            t: seconds since then.
            breath: the breath's swing.
            sway: the sway, standard deviations.
        """
        body, hold = self._body, self._hold
        there = smooth(t / hold.approach_s) - smooth((t - hold.lasts + hold.lift_s) / hold.lift_s)
        rock = there * (
            radians(SETTLE_DEG)
            + radians(body.breath_turn_deg) * breath
            + radians(body.sway_turn_deg) * sway
        )
        roll, pitch = rock * cos(self._heading), rock * sin(self._heading)
        for at, lasts, angle, heading in self._turns:
            turned = there * angle * smooth((t - at) / lasts)
            roll += turned * cos(heading)
            pitch += turned * sin(heading)
        shake = _strength(t, self._bursts, lambda burst: burst[1])
        spin = _strength(t, self._bursts, lambda burst: burst[2])
        return Posture(roll, pitch, shake, spin)


def _strength(
    t: float,
    bursts: list[tuple[float, float, float]],
    of: Callable[[tuple[float, float, float]], float],
) -> float:
    """Return how strong the bursts are at a time."""
    return sum(of(burst) * exp(-(t - burst[0]) / BURST_S) for burst in bursts if t >= burst[0])


def gravity(roll: float, pitch: float) -> tuple[float, float, float]:
    """Return the acceleration that a tool at rest measures at these angles, m/s²."""
    return (
        -GRAVITY * sin(pitch),
        GRAVITY * sin(roll) * cos(pitch),
        GRAVITY * cos(roll) * cos(pitch),
    )
