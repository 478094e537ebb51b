"""Plays a scenario: rows as a tool would measure them, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from ql_release.simulate.body import Life
from ql_release.simulate.force import HoldForce
from ql_release.simulate.posture import HoldPosture, Posture
from ql_release.simulate.scenario import Scenario, Sensor
from ql_release.simulate.shapes import smooth
from ql_release.simulate.tool import Present, Row, Tool

__all__ = ["Row", "rows"]

HANDLED = (0.3, 0.6)
"""Shares of a rest between which the tool is taken up and laid down for the next hold."""


def rows(scenario: Scenario) -> Iterator[Row]:
    """Yield a scenario's samples in order; the same scenario gives the same samples."""
    sensor = scenario.sensor
    tool = Tool(sensor, chance(scenario, "tool"))
    player = _Player(scenario)
    line = _Line(sensor, chance(scenario, "line"))
    period = 1.0 / sensor.rate_hz
    last = -period
    for number in range(int(scenario.duration_s * sensor.rate_hz)):
        t = max(0.0, last, line.time(number))
        row = tool.measure(t, t - last, player.at(t, t - last))
        last = t
        if line.brings(number):
            yield row


def chance(scenario: Scenario, part: str) -> Random:
    """Return where one part of a scenario has its chance from.

    Each part has its own, so that a change of one leaves the others as they were.
    """
    return Random(f"{scenario.seed} {part}")  # noqa: S311 - noise, not secrets


class _Line:
    """When samples are taken, and which of them arrive."""

    def __init__(self, sensor: Sensor, random: Random) -> None:
        self._sensor = sensor
        self._random = random
        self._lost_until = 0

    def time(self, number: int) -> float:
        """Return when a sample is taken, seconds."""
        jitter = self._random.uniform(-0.5, 0.5) * self._sensor.jitter
        return (number + jitter) / self._sensor.rate_hz

    def brings(self, number: int) -> bool:
        """Return whether a sample arrives; asked in order."""
        sensor = self._sensor
        if sensor.lost and number % sensor.packet == 0 and self._random.random() < sensor.lost:
            self._lost_until = number + sensor.packet
        return number >= self._lost_until


@dataclass(frozen=True, slots=True)
class _Coming:
    """A hold that is on or still to come."""

    start: float
    ends: float
    rest_s: float
    force: HoldForce
    posture: HoldPosture


class _Player:
    """Knows which hold is on and what acts on the tool."""

    def __init__(self, scenario: Scenario) -> None:
        self._body = scenario.body
        self._life = Life(scenario.body, chance(scenario, "life"))
        random = chance(scenario, "holds")
        self._coming = [
            _Coming(
                start,
                start + hold.lasts,
                hold.rest_s,
                HoldForce(scenario.body, hold, random),
                HoldPosture(scenario.body, hold, random),
            )
            for start, hold in zip(scenario.starts(), scenario.holds, strict=True)
        ]
        self._lay = (0.0, 0.0)

    def at(self, t: float, step: float) -> Present:
        """Return what acts on the tool at a time, so long after the time before."""
        self._life.step(step)
        coming = self._coming
        while coming and t > coming[0].ends:
            self._lay = (coming[0].posture.roll, coming[0].posture.pitch)
            del coming[0]
        if not coming or t < coming[0].start:
            return Present(0.0, 0.0, 0.0, (0.0, 0.0), self._lies(t))
        return self._in_hold(t - coming[0].start, coming[0])

    def _lies(self, t: float) -> Posture:
        """Return how the empty tool lies: it is laid down for the next hold in the rest."""
        roll, pitch = self._lay
        if not self._coming:
            return Posture(roll, pitch)
        coming = self._coming[0]
        gone = 1.0 - (coming.start - t) / coming.rest_s
        share = smooth((gone - HANDLED[0]) / (HANDLED[1] - HANDLED[0]))
        return Posture(
            roll + share * (coming.posture.roll - roll),
            pitch + share * (coming.posture.pitch - pitch),
        )

    def _in_hold(self, since: float, hold: _Coming) -> Present:
        """Return what acts on the tool so long after a hold's approach began."""
        life, body = self._life, self._body
        moves = 1.0 + body.sway * life.sway + body.tremor * life.tremor
        moves += body.breath_depth * life.breath
        return Present(
            soft=hold.force.soft(since) * moves,
            bone=hold.force.bone(since) * moves,
            loaded_s=since,
            lean=hold.force.lean(since),
            posture=hold.posture.at(since, life.breath, life.sway),
        )
