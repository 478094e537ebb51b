"""The simulated tool's sensors, with their noise, offsets, creep, limits and defects."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, log1p, radians, sin
from random import Random

from ql_release.simulate.posture import Posture, gravity
from ql_release.simulate.scenario import Sensor

CREEP_BEGINS_S = 1.0
"""Seconds under load after which a sensor's creep is straight in the logarithm of time."""

LEAN = 3.0
"""Share by which a zone's load changes for each radian that the tool leans towards it."""

SHORTEST_S = 1e-4
"""Seconds between two samples that a turn rate is at least worked out from."""

Row = tuple[float, tuple[float, ...], tuple[float, ...] | None]
"""Seconds, newtons per zone, and the IMU's (ax, ay, az in m/s², gx, gy, gz in rad/s) or None."""

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""Turns a vector: its rows times the vector."""


@dataclass(frozen=True, slots=True)
class Present:
    """What acts on the tool at one moment.

    Attributes:
        soft: newtons through soft tissue.
        bone: newtons through bone.
        loaded_s: seconds under load.
        lean: how far the load has moved, as shares of it for x and y.
        posture: how the tool lies.
    """

    soft: float
    bone: float
    loaded_s: float
    lean: tuple[float, float]
    posture: Posture


class Tool:
    """Measures what acts on it.

    Args:
        sensor: what it is like.
        random: where its differences and its noise come from.
    """

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
        self._stuck: float | None = None
        self._imu = _Imu(sensor, random)

    def measure(self, t: float, step: float, present: Present) -> Row:
        """Return the row of a moment, so many seconds after the one before."""
        motion = self._imu.measure(step, present.posture) if self._sensor.imu else None
        forces = self._forces(present) if present.soft or present.bone else self._empty()
        if self._sensor.defect is not None:
            forces = self._broken(t, forces)
        return t, forces, motion

    def _empty(self) -> tuple[float, ...]:
        """Return newtons per zone of an empty tool."""
        noise, gauss = self._sensor.noise_n, self._random.gauss
        return tuple(self._told(offset + gauss(0.0, noise)) for offset in self._offsets)

    def _forces(self, present: Present) -> tuple[float, ...]:
        """Return newtons per zone."""
        sensor, gauss = self._sensor, self._random.gauss
        roll = LEAN * present.posture.roll + present.lean[0]
        pitch = LEAN * present.posture.pitch + present.lean[1]
        crept = 1.0 + sensor.creep * log1p(present.loaded_s / CREEP_BEGINS_S)
        soft = present.soft * crept
        forces = []
        for zone, (x, y) in enumerate(self._places):
            force = soft * self._shares[zone] * (1.0 + x * roll + y * pitch)
            if zone == self._bony:
                force += present.bone * crept
            forces.append(self._told(force + self._offsets[zone] + gauss(0.0, sensor.noise_n)))
        return tuple(forces)

    def _told(self, force: float) -> float:
        """Return a zone's force within its limit, in its steps, rounded as recordings are."""
        sensor = self._sensor
        force = min(sensor.most_n, force)
        if sensor.quantum_n:
            force = sensor.quantum_n * round(force / sensor.quantum_n)
        return round(force, 3)

    def _broken(self, t: float, forces: tuple[float, ...]) -> tuple[float, ...]:
        """Return the forces with what a broken zone says."""
        defect = self._sensor.defect
        if defect is None or t < defect.at:
            return forces
        zone = defect.zone
        if self._stuck is None:
            self._stuck = forces[zone] if defect.kind == "stuck" else 0.0
        return (*forces[:zone], self._stuck, *forces[zone + 1 :])


class _Imu:
    """Measures how the tool lies, turns and shakes."""

    def __init__(self, sensor: Sensor, random: Random) -> None:
        self._sensor = sensor
        self._random = random
        self._mounting = rotation(sensor.mounting_deg)
        self._turned = any(sensor.mounting_deg)
        bias = sensor.accel_bias
        self._accel_bias = [random.uniform(-bias, bias) for _ in range(3)]
        bias = sensor.gyro_bias
        self._gyro_bias = [random.uniform(-bias, bias) for _ in range(3)]
        self._period = 1.0 / sensor.imu_hz if sensor.imu_hz else 0.0
        self._due = self._since = 0.0
        self._before = Posture()
        self._said: tuple[float, ...] = ()

    def measure(self, step: float, posture: Posture) -> tuple[float, ...]:
        """Return acceleration and turn rates, so many seconds after the sample before."""
        self._since += step
        self._due += step
        if not self._said:
            self._before = posture
        if not self._said or self._due >= self._period:
            self._said = self._read(max(SHORTEST_S, self._since), posture)
            self._due = max(0.0, self._due - self._period)
            self._since = 0.0
        return self._said

    def _read(self, seconds: float, posture: Posture) -> tuple[float, ...]:
        """Return what it says now, so many seconds after it last did."""
        sensor, gauss = self._sensor, self._random.gauss
        before, self._before = self._before, posture
        accel: Sequence[float] = gravity(posture.roll, posture.pitch)
        gyro: Sequence[float] = (
            (posture.roll - before.roll) / seconds,
            (posture.pitch - before.pitch) / seconds,
            0.0,
        )
        if self._turned:
            accel, gyro = turned(self._mounting, accel), turned(self._mounting, gyro)
        shake = sensor.accel_noise + posture.shake
        spin = sensor.gyro_noise + posture.spin
        ax, ay, az = accel
        gx, gy, gz = gyro
        bx, by, bz = self._accel_bias
        cx, cy, cz = self._gyro_bias
        return (
            round(ax + bx + gauss(0.0, shake), 4),
            round(ay + by + gauss(0.0, shake), 4),
            round(az + bz + gauss(0.0, shake), 4),
            round(gx + cx + gauss(0.0, spin), 4),
            round(gy + cy + gauss(0.0, spin), 4),
            round(gz + cz + gauss(0.0, spin), 4),
        )


def _centred(shares: list[float], random: Random) -> list[float]:
    """Return a coordinate for each zone, at most about 1, whose weighted mean is 0."""
    places = [random.uniform(-1.0, 1.0) for _ in shares]
    centre = sum(share * place for share, place in zip(shares, places, strict=True))
    return [place - centre for place in places]


def rotation(degrees: tuple[float, float, float]) -> Matrix:
    """Return what turns a vector about x, then y, then z."""
    (sx, cx), (sy, cy), (sz, cz) = ((sin(radians(d)), cos(radians(d))) for d in degrees)
    return (
        (cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx),
        (sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx),
        (-sy, cy * sx, cy * cx),
    )


def turned(matrix: Matrix, vector: Sequence[float]) -> tuple[float, float, float]:
    """Return a vector turned by a rotation."""
    x, y, z = vector
    first, second, third = matrix
    return (
        first[0] * x + first[1] * y + first[2] * z,
        second[0] * x + second[1] * y + second[2] * z,
        third[0] * x + third[1] * y + third[2] * z,
    )
