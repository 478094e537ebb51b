"""What may happen during a hold. Times are seconds since the hold's approach began.

Those with a `truth` are what a detector should find; the others are there to confuse it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Release:
    """The muscle lets go: the force falls by a share within seconds and stays there."""

    at: float
    fall: float = 0.12
    lasts: float = 2.0


@dataclass(frozen=True, slots=True)
class Slip:
    """The tool slides: the force falls abruptly while the tool shakes and turns."""

    at: float
    fall: float = 0.25
    lasts: float = 0.08
    shake: float = 5.0
    spin: float = 1.2
    turn_deg: float = 1.5


@dataclass(frozen=True, slots=True)
class BoneContact:
    """The tool meets bone: the force rises stiffly on one zone and does not relax."""

    at: float
    rise_n: float = 30.0
    lasts: float = 0.12


@dataclass(frozen=True, slots=True)
class Shift:
    """The body moves its weight: the force changes and the tool turns with it."""

    at: float
    change: float = -0.12
    lasts: float = 0.7
    turn_deg: float = 3.0


@dataclass(frozen=True, slots=True)
class Press:
    """More weight on purpose: the force rises over a second or two, and relaxes."""

    at: float
    rise_n: float = 20.0
    lasts: float = 1.5


@dataclass(frozen=True, slots=True)
class Sigh:
    """One deep breath: the force swings once and comes back."""

    at: float
    depth: float = 0.12
    lasts: float = 5.0


@dataclass(frozen=True, slots=True)
class Knock:
    """Something hits the tool: it shakes, and the force does not change."""

    at: float
    shake: float = 8.0
    spin: float = 0.5


@dataclass(frozen=True, slots=True)
class Sink:
    """Dead weight sinks in: the tool tilts slowly while the force stays."""

    at: float
    turn_deg: float = 2.0
    lasts: float = 10.0


Happening = Release | Slip | BoneContact | Shift | Press | Sigh | Knock | Sink
