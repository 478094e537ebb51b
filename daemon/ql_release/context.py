"""What is in force at a sample, besides the samples: clock, calibration, limits, person, place.

A segment of journaled frames begins with all of it as one mark, so that a replay needs nothing
that lies before the segment.
"""

from dataclasses import dataclass, field
from typing import Any, Self

from ql_release.plan import PlannedSpot
from ql_release.units import MICROSECONDS, STANDARD_GRAVITY

MAX_THRESHOLD_SHARE = 1.2
"""Warn at 120 % of the person's own threshold (DESIGN §1; no published maximum for the QL)."""
MAX_BODY_WEIGHT_SHARE = 0.3
"""… or at 30 % of body weight, whichever is lower (DESIGN §1)."""
DEFAULT_END_AFTER_S = 120.0
"""A session ends this long after its last contact (DESIGN §5)."""
DEFAULT_DOSE_HOLD_S = 10.0
"""A hold counts towards the dose from this length on (DESIGN §5)."""
ALL_ZONES = 0xFF
"""A zone mask that leaves none out."""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """The line that turns device time into wall time.

    Attributes:
        device_us: a device time, 64 bits, µs.
        host_us: the wall time that belongs to it, Unix µs.
        ppm: how much faster the host's clock runs than the device's, parts per million.
    """

    device_us: int
    host_us: int
    ppm: float = 0.0

    def at(self, device_us: float) -> int:
        """Return the wall time, Unix µs, of a device time in µs."""
        elapsed = device_us - self.device_us
        return self.host_us + round(elapsed * (1.0 + self.ppm / MICROSECONDS))


@dataclass(frozen=True, slots=True)
class Limits:
    """The person's figures and the session's rules.

    Attributes:
        threshold_n: the person's own threshold force in N ("7 of 10"), where calibrated.
        body_mass_kg: the person's mass in kg, where known.
        contact_area_cm2: the tool's contact area in cm², where known; without it no kPa.
        end_after_s: seconds after the last contact at which a session ends.
        dose_hold_s: seconds from which a hold counts towards the dose.
        plan: the spots that the person means to work on, in their order; empty: no plan.
    """

    threshold_n: float | None = None
    body_mass_kg: float | None = None
    contact_area_cm2: float | None = None
    end_after_s: float = DEFAULT_END_AFTER_S
    dose_hold_s: float = DEFAULT_DOSE_HOLD_S
    plan: tuple[PlannedSpot, ...] = ()

    @property
    def limit_n(self) -> float | None:
        """The force in N above which a warning is due; None when nothing is known of the person."""
        limits = []
        if self.threshold_n is not None:
            limits.append(MAX_THRESHOLD_SHARE * self.threshold_n)
        if self.body_mass_kg is not None:
            limits.append(MAX_BODY_WEIGHT_SHARE * self.body_mass_kg * STANDARD_GRAVITY)
        return min(limits, default=None)

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form that marks carry."""
        data = {name: getattr(self, name) for name in self.__slots__}
        return data | {"plan": [spot.to_data() for spot in self.plan]}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Return the limits that `to_data` wrote; names it does not know are ignored."""
        known = {name: data[name] for name in cls.__slots__ if name in data}
        plan = tuple(PlannedSpot.from_data(spot) for spot in data.get("plan", ()))
        return cls(**(known | {"plan": plan}))


@dataclass(frozen=True, slots=True)
class Context:
    """Everything in force at a sample, besides the samples.

    Attributes:
        uid: the stream's uid.
        line: device time to wall time.
        calibration: the calibration block as it came from the tool (docs/wire.md).
        limits: the person's figures and the session's rules.
        person: who uses the tool, an opaque id, or None.
        placement: muscle, side and zone that are worked, or None.
        device_us: a 64-bit device time less than 35 minutes from the first sample's, µs; None
            when the clock line's own is.
        mask: force zones that are measured, one bit each; what the others count means nothing.
    """

    uid: int
    line: ClockLine
    calibration: bytes
    limits: Limits = field(default_factory=Limits)
    person: str | None = None
    placement: dict[str, str] | None = None
    device_us: int | None = None
    mask: int = ALL_ZONES

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form that a CONTEXT mark carries."""
        return {
            "clock": clock_data(self.line),
            "calibration": self.calibration.hex(),
            "settings": self.limits.to_data(),
            "person": self.person,
            "placement": self.placement,
            "device_us": self.device_us,
            "mask": self.mask,
        }

    @classmethod
    def from_data(cls, uid: int, data: dict[str, Any]) -> Self:
        """Return the context that `to_data` wrote.

        Raises:
            ValueError: when something of it is missing or of the wrong kind.
        """
        try:
            return cls(
                uid=uid,
                line=clock_line(data["clock"]),
                calibration=bytes.fromhex(data["calibration"]),
                limits=Limits.from_data(data["settings"]),
                person=data["person"],
                placement=data["placement"],
                device_us=data.get("device_us"),
                mask=data.get("mask", ALL_ZONES),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"the context mark lacks {error}") from error


def clock_data(line: ClockLine) -> dict[str, Any]:
    """Return the JSON form that a CLOCK mark carries."""
    return {"device_us": line.device_us, "host_us": line.host_us, "ppm": line.ppm}


def clock_line(data: dict[str, Any]) -> ClockLine:
    """Return the clock line that `clock_data` wrote."""
    return ClockLine(int(data["device_us"]), int(data["host_us"]), float(data["ppm"]))
