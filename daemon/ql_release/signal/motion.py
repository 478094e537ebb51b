"""How the tool lies and turns, from the IMU's accelerations and turn rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import acos, atan2, degrees, hypot, sqrt

LEAST_GRAVITY_M_S2 = 3.0
"""Below this acceleration (a third of gravity) there is no vertical to measure against: the
tool falls, or the sensor is broken."""

QUIET_TILT_DEG = 1.2
"""Change of tilt from which on the body has moved (design)."""

QUIET_TURN_RAD_S = 0.1
"""Turn rate from which on the body has moved (design)."""

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Motion:
    """How the tool moved during an event.

    Attributes:
        tilt: change of tilt from the breath before to the breath after, degrees.
        turn: highest turn rate, rad/s.
    """

    tilt: float
    turn: float

    @property
    def quiet(self) -> bool:
        """Whether the body kept still."""
        return self.tilt < QUIET_TILT_DEG and self.turn < QUIET_TURN_RAD_S


def tilt_of(motion: Sequence[float]) -> float | None:
    """Return the angle between the tool's z axis and the vertical, 0 to 180 degrees.

    Args:
        motion: an IMU row; its first three values are the acceleration, m/s².
    """
    ax, ay, az = motion[0], motion[1], motion[2]
    size = sqrt(ax * ax + ay * ay + az * az)
    if size < LEAST_GRAVITY_M_S2:
        return None
    return degrees(acos(max(-1.0, min(1.0, az / size))))


def angle_between(first: Vector, second: Vector) -> float:
    """Return the angle between two accelerations, degrees; 0 if either is nil."""
    ax, ay, az = first
    bx, by, bz = second
    cross = hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return degrees(atan2(cross, ax * bx + ay * by + az * bz)) if cross else 0.0
