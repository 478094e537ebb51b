"""Plays a scenario: rows as a tool would measure them, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log1p
from random import Random

from ql_release.simulate.body import Life
from ql_release.simulate.force import HoldForce
from ql_release.simulate.posture import HoldPosture, Posture, gravity
from ql_release.simulate.scenario import Scenario, Sensor

CREEP_BEGINS_S = 1.0
"""Seconds under load after which a sensor's creep is straight in the logarithm of time."""

LEAN = 3.0
"""Share by which a zone's load changes for each radian that the tool leans towards it."""

Row = tuple[float, tuple[float, ...], tuple[float, ...] | None]
"""Seconds, newtons per zone, and the IMU's (ax, ay, az in m/s², gx, gy, gz in rad/s) or None."""


@dataclass(frozen=True, slots=True)
class Present:
    """What acts on the tool at one moment: newtons through soft tissue and bone, and posture."""

    soft: float
    bone: float
    loaded_s: float
    posture: Posture


def rows(scenario: Scenario) -> Iterator[Row]:
    """Yield a scenario's samples in order; the same scenario gives the same samples."""
    random = Random(scenario.seed)  # noqa: S311 - noise, not secrets
    tool = _Tool(scenario.sensor, random)
    player = _Player(scenario, random)
    period = 1.0 / scenario.sensor.rate_hz
    count = int(scenario.duration_s * scenario.sensor.rate_hz)
    lost_until = -1
    last = 0.0
    for number in range(count):
        jitter = random.uniform(-0.5, 0.5) * scenario.sensor.jitter * period
        t = max(last, number * period + jitter)
        present = player.at(t, t - last if number else period)
        row = tool.measure(t, t - last if number else period, present)
        last = t
        if number % scenario.sensor.packet == 0 and random.random() < scenario.sensor.lost:
            lost_until = number + scenario.sensor.packet
        if number >= lost_until:
            yield row


@dataclass(frozen=True, slots=True)
class _Coming:
    """A hold that is on or still to come."""

    start: float
    ends: float
    force: HoldForce
    posture: HoldPosture


class _Player:
    """Knows which hold is on and what acts on the tool."""

    def __init__(self, scenario: Scenario, random: Random) -> None:
        self._life = Life(scenario.body, random)
        body = self._body = scenario.body
        self._coming = [
            _Coming(
                start, start + hold.lasts, HoldForce(body, hold), HoldPosture(body, hold, random)
            )
            for start, hold in zip(scenario.starts(), scenario.holds, strict=True)
        ]

    def at(self, t: float, step: float) -> Present:
        """Return what acts on the tool at a time, so long after the time before."""
        self._life.step(step)
        coming = self._coming
        while coming and t > coming[0].ends:
            del coming[0]
        if not coming or t < coming[0].start:
            return Present(0.0, 0.0, 0.0, Posture())
        return self._in_hold(t - coming[0].start, coming[0])

    def _in_hold(self, since: float, hold: _Coming) -> Present:
        """Return what acts on the tool so long after a hold's approach began."""
        life, body = self._life, self._body
        moves = 1.0 + body.sway * life.sway + body.tremor * life.tremor
        moves += body.breath_depth * life.breath
        return Present(
            soft=hold.force.soft(since) * moves,
            bone=hold.force.bone(since) * moves,
            loaded_s=since,
            posture=hold.posture.at(since, life.breath, life.sway),
        )


def _centred(shares: list[float], random: Random) -> list[float]:
    """Return a coordinate for each zone, at most about 1, whose weighted mean is 0."""
    places = [random.uniform(-1.0, 1.0) for _ in shares]
    centre = sum(share * place for share, place in zip(shares, places, strict=True))
    return [place - centre for place in places]


class _Tool:
    """The sensors, with their noise, offsets, creep and limits."""

    def __init__(self, sensor: Sensor, random: Random) -> None:
        self._sensor = sensor
        self._random = random
        zones = sensor.zones
        weights = [random.uniform(0.6, 1.4) for _ in range(zones)]
        self._shares = [weight / sum(weights) for weight in weights]
        # Places are told from the centre of load: a lean moves load, it adds none.
        self._places = list(zip(*(_centred(self._shares, random) for _ in ("x", "y")), strict=True))
        self._offsets = [random.uniform(-sensor.offset_n, sensor.offset_n) for _ in range(zones)]
        self._bony = random.randrange(zones)
        bias = sensor.gyro_bias
        self._bias = tuple(random.uniform(-bias, bias) for _ in range(3))
        self._before = Posture()

    def measure(self, t: float, step: float, present: Present) -> Row:
        """Return the row of a moment, so many seconds after the one before."""
        motion = self._motion(step, present.posture) if self._sensor.imu else None
        return t, self._forces(present), motion

    def _forces(self, present: Present) -> tuple[float, ...]:
        """Return newtons per zone, rounded as a recording has them."""
        sensor, gauss = self._sensor, self._random.gauss
        posture = present.posture
        crept = 1.0 + sensor.creep * log1p(present.loaded_s / CREEP_BEGINS_S)
        forces = []
        for zone, (x, y) in enumerate(self._places):
            lean = 1.0 + LEAN * (x * posture.roll + y * posture.pitch)
            force = present.soft * self._shares[zone] * lean
            if zone == self._bony:
                force += present.bone
            measured = force * crept + self._offsets[zone] + gauss(0.0, sensor.noise_n)
            forces.append(round(min(sensor.most_n, measured), 3))
        return tuple(forces)

    def _motion(self, step: float, posture: Posture) -> tuple[float, ...]:
        """Return the IMU's row."""
        sensor, gauss = self._sensor, self._random.gauss
        before, self._before = self._before, posture
        still = gravity(posture.roll, posture.pitch)
        accel = [value + gauss(0.0, sensor.accel_noise + posture.shake) for value in still]
        seconds = max(step, 1e-4)
        turns = ((posture.roll - before.roll) / seconds, (posture.pitch - before.pitch) / seconds)
        gyro = [
            turn + bias + gauss(0.0, sensor.gyro_noise + posture.spin)
            for turn, bias in zip((*turns, 0.0), self._bias, strict=True)
        ]
        return tuple(round(value, 4) for value in (*accel, *gyro))
