"""What may happen during a hold. Times are seconds since the hold's approach began.

Releases, slips and bone contacts are what a detector should find; the others are there to
confuse it.
"""

from dataclasses import dataclass

from ql_release.simulate.shapes import Shape


@dataclass(frozen=True, slots=True)
class Release:
    """The muscle lets go: the force falls by a share within seconds and stays there.

    Whether it counts as a release is decided by the definition, not here: see `truth`.

    Attributes:
        at: when it begins.
        fall: share of the force that goes.
        lasts: seconds until all of it has gone.
        shape: the curve that it follows.
        uneven: how unequally the zones are unloaded, 0 for all alike, 1 for some hardly at all.
        turn_deg: how far the tool settles with it, degrees.
    """

    at: float
    fall: float = 0.12
    lasts: float = 2.0
    shape: Shape = "cosine"
    uneven: float = 0.0
    turn_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Break:
    """The force breaks off faster than any muscle lets go, and the tool does not move."""

    at: float
    fall: float = 0.12
    lasts: float = 0.2


@dataclass(frozen=True, slots=True)
class Slip:
    """The tool slides: the force falls abruptly while the tool shakes and turns.

    Attributes:
        at: when it begins.
        fall: share of the force that goes; 1 loses contact, and ends the hold.
        lasts: seconds of the fall.
        shake: acceleration of the shake, m/s².
        spin: turn rate of the shake, rad/s.
        turn_deg: how far the tool has turned in the end, degrees.
        ring: swing of the force afterwards, share of the force; it dies down.
        ring_hz: its frequency.
    """

    at: float
    fall: float = 0.25
    lasts: float = 0.08
    shake: float = 5.0
    spin: float = 1.2
    turn_deg: float = 1.5
    ring: float = 0.0
    ring_hz: float = 12.0


@dataclass(frozen=True, slots=True)
class BoneContact:
    """The tool meets bone: the force rises stiffly on one zone and does not relax.

    Attributes:
        at: when it begins; before the end of the approach, bone is met on the way down.
        rise_n: force that it adds, newtons.
        lasts: seconds of the rise.
        turn_deg: how far the tool tips on it, degrees.
    """

    at: float
    rise_n: float = 30.0
    lasts: float = 0.12
    turn_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Shift:
    """The body moves its weight: the force changes and the tool turns with it.

    Attributes:
        at: when it begins.
        change: share of the force that comes or goes.
        lasts: seconds until it has.
        turn_deg: how far the tool turns, degrees.
        shake: how it jerks meanwhile, m/s².
    """

    at: float
    change: float = -0.12
    lasts: float = 0.7
    turn_deg: float = 3.0
    shake: float = 0.0


@dataclass(frozen=True, slots=True)
class Press:
    """More weight on purpose: the force rises over a second or two, and relaxes."""

    at: float
    rise_n: float = 20.0
    lasts: float = 1.5


@dataclass(frozen=True, slots=True)
class Ease:
    """Weight is taken off and put back within seconds.

    Attributes:
        at: when it begins.
        depth: share of the force that goes meanwhile.
        lasts: seconds until all is back.
        ramp_s: seconds of going and of coming back.
    """

    at: float
    depth: float = 0.15
    lasts: float = 4.0
    ramp_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Drift:
    """The force drifts slowly, far slower than a muscle lets go."""

    at: float
    change: float = -0.06
    lasts: float = 20.0


@dataclass(frozen=True, slots=True)
class Sigh:
    """One deep breath: the force swings once and comes back."""

    at: float
    depth: float = 0.12
    lasts: float = 5.0


@dataclass(frozen=True, slots=True)
class Knock:
    """Something hits the tool: it shakes, and the force does not change for long.

    Attributes:
        at: when.
        shake: acceleration of the shake, m/s².
        spin: turn rate of the shake, rad/s.
        blip: swing of the force for an instant, share of it.
    """

    at: float
    shake: float = 8.0
    spin: float = 0.5
    blip: float = 0.0


@dataclass(frozen=True, slots=True)
class Sink:
    """Dead weight sinks in: the tool tilts slowly while the force stays."""

    at: float
    turn_deg: float = 2.0
    lasts: float = 10.0


Happening = (
    Release | Break | Slip | BoneContact | Shift | Press | Ease | Drift | Sigh | Knock | Sink
)
