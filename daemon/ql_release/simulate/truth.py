"""What really happens in a scenario, by the project's definitions.

Contacts, holds and sessions are found on the force that the body brings to the tool, without
breath, sway, noise and the sensor's faults. Whether a fall of force is a release is a matter of
the definition, too: its size, its pace, when in the hold it comes and how long it is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ql_release.simulate.force import HoldForce
from ql_release.simulate.happenings import Happening, Knock, Release, Slip
from ql_release.simulate.scenario import Hold, Scenario

SURVEY_S = 0.05
"""Seconds between two looks at the force; between them it is taken to go straight."""

CONTACT_ON_N = 8.0
"""Force at which a contact begins."""

CONTACT_OFF_N = 5.0
"""Force below which it ends."""

CONTACT_S = 1.0
"""Seconds that a contact must last to be one."""

REJOIN_S = 0.5
"""Seconds within which a contact that was lost and found again is one."""

HOLD_N = 30.0
"""Force that makes a contact a hold."""

HOLD_S = 3.0
"""Seconds that it must have lasted."""

SESSION_S = 120.0
"""Seconds without contact after which a session is over."""

RELEASE_FALL = (0.06, 0.40)
"""Shares of the force that a release takes: less is within what sway does, more loses contact."""

RELEASE_LASTS_S = (0.5, 5.0)
"""Seconds in which a release comes: faster it is a break, slower a drift."""

RELEASE_AFTER_S = 12.0
"""Seconds into the hold before which nothing is a release."""

RELEASE_KEPT_S = 6.0
"""Seconds for which a release is kept."""

OTHER_FALLS = ("smallfall", "deepfall", "break", "drift", "earlyfall", "latefall")
"""What a fall that is not a release is called."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What happened, for scoring.

    Attributes:
        kind: "session", "hold", "touch" (a contact that is no hold), "approach", "liftoff", or
            a happening's name in lower case ("release", "slip", "bonecontact"…); a `Release`
            that is none by the definition is one of `OTHER_FALLS`.
        at: when it began, seconds since the recording's first sample.
        ends: when it was over, seconds.
        size: how large it was, as its happening says: a share, newtons or degrees.
    """

    kind: str
    at: float
    ends: float
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody touches the tool for a second or more.

    Attributes:
        at: when it began, seconds since the recording's first sample.
        ends: when it was over.
        peak_n: the highest force, newtons.
    """

    at: float
    ends: float
    peak_n: float

    @property
    def is_hold(self) -> bool:
        """Whether it is a hold."""
        return self.ends - self.at >= HOLD_S and self.peak_n >= HOLD_N


def truth(scenario: Scenario) -> list[Truth]:
    """Return what happens in a scenario, in order of time."""
    found = contacts(scenario)
    happened = [*_sessions(found)]
    happened += [Truth("hold" if one.is_hold else "touch", one.at, one.ends) for one in found]
    for start, hold in zip(scenario.starts(), scenario.holds, strict=True):
        happened += _in_hold(start, hold)
    defect = scenario.sensor.defect
    if defect is not None:
        happened.append(Truth(f"{defect.kind}zone", defect.at, defect.at))
    return sorted(happened, key=lambda thing: thing.at)


def contacts(scenario: Scenario) -> list[Contact]:
    """Return the contacts of a second or more."""
    found: list[Contact] = []
    for start, hold in zip(scenario.starts(), scenario.holds, strict=True):
        for one in _touched(start, HoldForce(scenario.body, hold), hold.lasts):
            if found and one.at - found[-1].ends <= REJOIN_S:
                before = found.pop()
                found.append(Contact(before.at, one.ends, max(before.peak_n, one.peak_n)))
            else:
                found.append(one)
    return [one for one in found if one.ends - one.at >= CONTACT_S]


def _touched(start: float, force: HoldForce, lasts: float) -> Iterator[Contact]:
    """Yield the spans in which the force is that of a contact."""
    at: float | None = None
    peak = before = 0.0
    for look in range(int(lasts / SURVEY_S) + 1):
        t = look * SURVEY_S
        newtons = force.soft(t) + force.bone(t)
        if at is None and newtons >= CONTACT_ON_N:
            at, peak = t - _since(before, newtons, CONTACT_ON_N), newtons
        elif at is not None and newtons < CONTACT_OFF_N:
            yield Contact(start + at, start + t - _since(before, newtons, CONTACT_OFF_N), peak)
            at = None
        peak = max(peak, newtons)
        before = newtons
    if at is not None:
        yield Contact(start + at, start + lasts, peak)


def _since(before: float, now: float, level: float) -> float:
    """Return how long ago the force crossed a level since the look before, seconds."""
    return SURVEY_S * (now - level) / (now - before)


def _sessions(found: list[Contact]) -> Iterator[Truth]:
    """Yield the sessions: contacts with less than two minutes between them."""
    first = last = None
    for one in found:
        if first is None or last is None:
            first = one
        elif one.at - last.ends > SESSION_S:
            yield Truth("session", first.at, last.ends)
            first = one
        last = one
    if first is not None and last is not None:
        yield Truth("session", first.at, last.ends)


def _in_hold(start: float, hold: Hold) -> Iterator[Truth]:
    """Yield what happens in a hold, lying down and getting up included."""
    yield Truth("approach", start, start + hold.approach_s)
    gone = hold.lasts
    for thing in hold.happenings:
        lasts = 0.0 if isinstance(thing, Knock) else thing.lasts
        begins = start + thing.at
        yield Truth(_kind(thing, hold), begins, begins + lasts, _size(thing))
        if isinstance(thing, Slip) and thing.fall >= 1.0:
            gone = thing.at
    if gone == hold.lasts:
        yield Truth("liftoff", start + hold.lasts - hold.lift_s, start + hold.lasts, hold.bang)


def _kind(thing: Happening, hold: Hold) -> str:
    """Return what a happening is by the definitions."""
    if not isinstance(thing, Release):
        return type(thing).__name__.lower()
    least, most = RELEASE_FALL
    fastest, slowest = RELEASE_LASTS_S
    left = hold.lasts - hold.lift_s - thing.at - thing.lasts
    faults = (
        thing.fall < least,
        thing.fall > most,
        thing.lasts < fastest,
        thing.lasts > slowest,
        thing.at < RELEASE_AFTER_S,
        left < RELEASE_KEPT_S,
    )
    return next((kind for kind, fault in zip(OTHER_FALLS, faults, strict=True) if fault), "release")


def _size(thing: Happening) -> float:
    """Return how large a happening is, in its own unit."""
    for name in ("fall", "change", "depth", "rise_n", "turn_deg", "shake"):
        size = getattr(thing, name, None)
        if size is not None:
            return float(size)
    return 0.0
