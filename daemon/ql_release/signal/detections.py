"""What the detectors say. Times are seconds on the stream's clock, forces newtons.

Each detection names its deciding sample by `index` and `t`; what happened earlier has a time
of its own (`at`). Nothing here knows of wall time, sessions, people or MQTT.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Detection:
    """What all detections share.

    Attributes:
        index: the deciding sample's index.
        t: the deciding sample's time.
        at: when the thing happened.
    """

    index: int
    t: float
    at: float


@dataclass(frozen=True, slots=True)
class ContactStarted(Detection):
    """A contact has lasted a second; `at` is its start."""


@dataclass(frozen=True, slots=True)
class ContactEnded(Detection):
    """A contact of at least a second was lost and not found again; `at` is its end."""


@dataclass(frozen=True, slots=True)
class HoldStarted(Detection):
    """A contact has lasted 3 s and reached 30 N; `at` is the contact's start."""


@dataclass(frozen=True, slots=True)
class HoldEnded(Detection):
    """A hold's contact ended; `at` is the contact's end.

    Attributes:
        hold_s: seconds from the contact's start to its end.
        mean_force_n: mean force, newtons.
        peak_force_n: highest force, newtons.
        unjudged_s: seconds of it in which samples were too few, or a sensor at its limit, so
            that releases, slips and bone contact could not be seen.
        stuck_zones: numbers, from 0, of the zones whose force was left out because they did
            not follow the others.
    """

    hold_s: float
    mean_force_n: float
    peak_force_n: float
    unjudged_s: float = 0.0
    stuck_zones: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OverPressure(Detection):
    """The force has been above the limit for half a second; once per excursion."""

    force_n: float
    limit_n: float


@dataclass(frozen=True, slots=True)
class Judged(Detection):
    """A detection that is a matter of degree.

    Attributes:
        confidence: 0 to 1.
        evidence: the figures it rests on, by name.
    """

    confidence: float
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoneContact(Judged):
    """Force rose stiffer than soft tissue does and did not relax."""


@dataclass(frozen=True, slots=True)
class Slip(Judged):
    """The tool slid: force fell abruptly while the IMU moved."""


@dataclass(frozen=True, slots=True)
class Released(Judged):
    """An extra fall of force beyond the hold's own decay; `at` is its onset.

    Attributes:
        drop_pct: the fall beyond expectation, percent of the force before it.
        expected_pct: the fall the hold's own decay would have brought over the same time.
        held_s: how long the fall had lasted when it was decided.
    """

    drop_pct: float = 0.0
    expected_pct: float = 0.0
    held_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PossibleSink(Judged):
    """The force stayed while the tool tilted slowly: sinking in, told apart from a release."""
