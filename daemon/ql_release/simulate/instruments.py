"""Draws tools: rates, zones, noise and faults as sold hardware has them."""

from random import Random
from typing import Literal

from ql_release.simulate.people import between
from ql_release.simulate.scenario import Defect, Sensor

RATES_HZ = (40.0, 50.0, 64.0, 80.0, 100.0, 104.0, 128.0, 160.0, 200.0, 320.0)
"""Rates of the sensors one can buy: HX711 (80), NAU7802 (40-320), LSM6DS3 (104-208), and others."""

RATE_WEIGHTS = (2, 3, 1, 4, 6, 2, 1, 1, 1, 1)
"""How likely each is: the slow ones are common, and quick to play."""

IMU_SHARE = 0.8
"""Share of tools with an IMU."""

SLOW_IMU_HZ = 50.0
"""Readings a second of an IMU that is slower than the force zones."""

SLOW_IMU_SHARE = 0.3
LOSSY_SHARE = 0.3
COARSE_SHARE = 0.4
CREEP_SHARE = 0.4
SATURATING_SHARE = 0.05
DEFECT_SHARE = 0.06
"""Share of tools with each fault: an IMU that repeats readings, lost packets, a coarse scale,
creep, a limit that the peak reaches, a zone that breaks."""

LONGEST_LOSS_S = 0.15
"""Seconds that one lost packet is long at most."""

DEFECT_ZONES = 3
"""Zones from which on one may break: with fewer there is no tool left."""


def instrument(random: Random, peak_n: float, duration_s: float) -> Sensor:
    """Return a tool.

    Args:
        random: where the chance comes from.
        peak_n: the highest force of the session, newtons.
        duration_s: how long the session is, seconds.
    """
    uniform = random.uniform
    rate_hz = random.choices(RATES_HZ, RATE_WEIGHTS)[0]
    zones = random.randint(1, 8)
    slow_imu = random.random() < SLOW_IMU_SHARE and rate_hz > SLOW_IMU_HZ
    saturating = random.random() < SATURATING_SHARE
    return Sensor(
        zones=zones,
        rate_hz=rate_hz,
        imu=random.random() < IMU_SHARE,
        noise_n=between(random, 0.02, 0.6) / zones**0.5,
        offset_n=uniform(0.0, 2.0) / zones,
        creep=uniform(-0.005, 0.022) if random.random() < CREEP_SHARE else 0.0,
        jitter=uniform(0.0, 0.3),
        lost=between(random, 0.001, 0.03) if random.random() < LOSSY_SHARE else 0.0,
        packet=random.randint(2, int(LONGEST_LOSS_S * rate_hz)),
        most_n=peak_n / zones * uniform(0.9, 1.2) if saturating else 1000.0,
        gyro_bias=uniform(0.0, 0.03),
        accel_noise=between(random, 0.01, 0.1),
        gyro_noise=between(random, 0.001, 0.01),
        accel_bias=uniform(0.0, 0.3),
        quantum_n=between(random, 0.005, 0.2) if random.random() < COARSE_SHARE else 0.0,
        imu_hz=SLOW_IMU_HZ if slow_imu else 0.0,
        mounting_deg=(uniform(-180.0, 180.0), uniform(-90.0, 90.0), uniform(-180.0, 180.0)),
        defect=_defect(random, zones, duration_s),
    )


def _defect(random: Random, zones: int, duration_s: float) -> Defect | None:
    """Return a zone's defect, or none, as mostly."""
    if random.random() >= DEFECT_SHARE or zones < DEFECT_ZONES:
        return None
    kind: Literal["stuck", "dead"] = random.choice(("stuck", "dead"))
    return Defect(kind, random.randrange(zones), random.uniform(0.1, 0.9) * duration_s)
