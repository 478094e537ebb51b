"""What came of a case: the truth, what was found, and by whom."""

from dataclasses import dataclass, field

from ql_release.simulate import Truth

OURS = "ql-release"
"""The name of what this project finds, among the methods."""

TOLD = 0.5
"""Confidence from which an event counts: it is what people are told of."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a method found.

    Attributes:
        kind: "release", "slip", "bonecontact", "hold" or "session".
        at: when it began, seconds since the recording's first sample.
        decided: when the method knew.
        confidence: 0 to 1; 1 where the method gives none.
        ends: when it was over, for holds and sessions.
    """

    kind: str
    at: float
    decided: float
    confidence: float = 1.0
    ends: float = 0.0

    @property
    def told(self) -> bool:
        """Whether it counts."""
        return self.confidence >= TOLD


@dataclass(frozen=True, slots=True)
class Facts:
    """What a case is like, for splitting the results; `name` stands for it in the page.

    Attributes:
        name: a seed, or the name of real data.
        real: whether it was measured on real muscle.
        tissue: the law it relaxes by.
        rate_hz: samples a second.
        zones: force zones.
        imu: whether there is an IMU.
        breath: amplitude of the breath, share of the force.
        sway: standard deviation of the sway, share of the force.
        traits: what else is special: "lost packets", "creep"…
    """

    name: str
    real: bool
    tissue: str
    rate_hz: float
    zones: int
    imu: bool
    breath: float
    sway: float
    traits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    Attributes:
        facts: what it is like.
        truths: what happened.
        found: what each method found, by its name.
    """

    facts: Facts
    truths: tuple[Truth, ...]
    found: dict[str, tuple[Found, ...]] = field(default_factory=dict)

    def true(self, kind: str) -> list[Truth]:
        """Return what happened of a kind."""
        return [thing for thing in self.truths if thing.kind == kind]

    def ours(self, kind: str) -> list[Found]:
        """Return what this project found of a kind, whatever its confidence."""
        return [thing for thing in self.found[OURS] if thing.kind == kind]

    def alarms(self, method: str, kind: str) -> list[Found]:
        """Return what a method tells people of a kind."""
        return [each for each in self.found[method] if each.kind == kind and each.told]
