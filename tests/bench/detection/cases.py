"""What is played: simulated sessions by their seed, and real passive muscle.

The real recordings are of isolated passive muscle that is stretched and held for a minute.
Nothing lets go in them. They are scaled to the forces of holds, and played as they are and with
breath, sway and noise on top.
"""

import csv
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from detection.outcome import Facts
from ql_release.simulate import Body, Scenario, Sensor, Truth, population, rows, truth
from ql_release.simulate.body import Life
from ql_release.simulate.tool import Row

FIRST_SEED = 1
"""Seed of the first simulated session."""

SESSIONS = 320
"""Simulated sessions of the whole scoreboard."""

TUNING_SEEDS = range(100_001, 100_061)
"""Sessions for tuning the baselines: none of them is scored."""

DATA = Path(__file__).parents[2] / "data" / "titin_relaxation"

FILES = {"1 s ramp": "AvgRelaxed_1s.csv", "10 s ramp": "AvgRelaxed_10s.csv"}
"""The real recordings, by how fast the muscle was stretched."""

PEAKS_N = (32.0, 60.0, 100.0, 200.0, 300.0)
"""Peak forces that they are scaled to; 32 rather than 30 N, for at 30 a hold is in doubt."""

REAL_RATES_HZ = (50.0, 100.0)

ALIVE = Body(breath_depth=0.04, breath_jitter=0.1, sway=0.006, sway_octaves=3, tremor=0.004)
"""The breath, sway and tremor that are put on top of real recordings."""

REAL_NOISE_N = 0.2
"""Standard deviation of the noise that goes with them, newtons."""

EMPTY_S = 3.0
"""Seconds of an empty tool before a real recording."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulated session."""

    seed: int

    def plan(self) -> Scenario:
        """Return the session."""
        return population(self.seed)

    def sensor(self) -> Sensor:
        """Return what measures it."""
        return self.plan().sensor

    def rows(self) -> Iterator[Row]:
        """Yield its samples."""
        return rows(self.plan())

    def truths(self) -> list[Truth]:
        """Return what happens in it."""
        return truth(self.plan())

    def facts(self) -> Facts:
        """Return what it is like."""
        plan = self.plan()
        sensor, body = plan.sensor, plan.body
        return Facts(
            name=f"seed {self.seed}",
            real=False,
            tissue=type(body.tissue).__name__,
            rate_hz=sensor.rate_hz,
            zones=sensor.zones,
            imu=sensor.imu,
            breath=body.breath_depth,
            sway=body.sway,
            traits=tuple(_traits(plan)),
        )


def _traits(plan: Scenario) -> Iterator[str]:
    """Yield what is special about a simulated session."""
    sensor = plan.sensor
    if sensor.lost:
        yield "lost packets"
    if sensor.creep:
        yield "creep"
    if sensor.most_n < max(hold.force_n for hold in plan.holds):
        yield "a zone at its limit"
    if sensor.imu_hz:
        yield "slow IMU"
    if sensor.defect is not None:
        yield f"{sensor.defect.kind} zone"


@dataclass(frozen=True, slots=True)
class Passive:
    """A real recording of passive muscle, scaled and resampled.

    Attributes:
        ramp: which one: a key of `FILES`.
        peak_n: its peak, newtons.
        rate_hz: samples a second.
        alive: whether breath, sway, tremor and noise are put on top.
    """

    ramp: str
    peak_n: float
    rate_hz: float
    alive: bool

    def sensor(self) -> Sensor:
        """Return what measures it."""
        return Sensor(zones=1, rate_hz=self.rate_hz, imu=False)

    def rows(self) -> Iterator[Row]:
        """Yield its samples."""
        forces = _resampled(self.ramp, self.rate_hz)
        scale = self.peak_n / max(forces)
        random = Random(self.facts().name)  # noqa: S311 - noise, not secrets
        life = Life(ALIVE, random)
        for number, force in enumerate([0.0] * int(EMPTY_S * self.rate_hz) + forces):
            newtons = scale * force
            if self.alive:
                life.step(1.0 / self.rate_hz)
                moves = ALIVE.breath_depth * life.breath + ALIVE.sway * life.sway
                newtons *= 1.0 + moves + ALIVE.tremor * life.tremor
                newtons += random.gauss(0.0, REAL_NOISE_N)
            yield number / self.rate_hz, (round(newtons, 3),), None

    def truths(self) -> list[Truth]:
        """Return what happens in it: one hold, and nothing more."""
        ends = EMPTY_S + len(_resampled(self.ramp, self.rate_hz)) / self.rate_hz
        # Where the ramp reaches 8 N depends on the scale: only that there is one hold is scored.
        return [Truth("session", EMPTY_S, ends), Truth("hold", EMPTY_S, ends)]

    def facts(self) -> Facts:
        """Return what it is like."""
        alive = "with breath, sway and noise" if self.alive else "as measured"
        return Facts(
            name=f"{self.ramp} to {self.peak_n:g} N at {self.rate_hz:g} Hz, {alive}",
            real=True,
            tissue="real",
            rate_hz=self.rate_hz,
            zones=1,
            imu=False,
            breath=ALIVE.breath_depth if self.alive else 0.0,
            sway=ALIVE.sway if self.alive else 0.0,
        )


Case = Simulated | Passive


def all_cases(sessions: int = SESSIONS) -> list[Case]:
    """Return the cases of the scoreboard, with so many simulated sessions."""
    passive = [
        Passive(ramp, peak_n, rate_hz, alive)
        for ramp in FILES
        for peak_n in PEAKS_N
        for rate_hz in REAL_RATES_HZ
        for alive in (False, True)
    ]
    return [*(Simulated(FIRST_SEED + number) for number in range(sessions)), *passive]


@cache
def _resampled(ramp: str, rate_hz: float) -> list[float]:
    """Return a real recording's forces at an even rate, in its own unit."""
    with (DATA / FILES[ramp]).open(encoding="utf-8") as lines:
        known = [(float(row["Time"]), float(row["F"])) for row in csv.DictReader(lines)]
    times = [t for t, _ in known]
    count = int((times[-1] - times[0]) * rate_hz)
    return [_between(known, times, times[0] + number / rate_hz) for number in range(count)]


def _between(known: list[tuple[float, float]], times: list[float], t: float) -> float:
    """Return the force at a time, on the straight line between those around it."""
    after = min(max(1, bisect_right(times, t)), len(times) - 1)
    (t0, f0), (t1, f1) = known[after - 1], known[after]
    return f0 + (f1 - f0) * (t - t0) / (t1 - t0)
