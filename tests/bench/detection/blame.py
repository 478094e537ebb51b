"""What was going on when an alarm was false, and for how long that went on in all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from detection.judging import verdict
from detection.outcome import Outcome
from ql_release.simulate import Truth

BEFORE_S = 2.0
AFTER_S = 4.0
"""An alarm from so long before something until so long after it is blamed on it: onsets are
found a little early at times, and an alarm at a change's end is of that change."""

HOUR_S = 3600.0

QUIET = "quiet"
"""What an alarm in a hold is blamed on when nothing was going on."""

REAL = "real"
"""What an alarm on a recording of real muscle is blamed on: nothing goes on in it."""

WORDS = {
    QUIET: "holding still: breath, sway, tremor, decay",
    REAL: "real passive muscle, nothing lets go",
    "approach": "lying down",
    "liftoff": "getting up, with and without a bang",
    "touch": "a short touch between holds",
    "sigh": "a sigh",
    "knock": "a knock on the tool",
    "shift": "a weight shift",
    "press": "pressing harder on purpose",
    "ease": "easing off and coming back",
    "drift": "a slow drift",
    "break": "a break too fast to be a release",
    "smallfall": "a fall of 1.5 to 4.5 %: too small",
    "deepfall": "a fall of 46 to 65 %: too deep",
    "earlyfall": "a fall in the first 9 s: too early",
    "sink": "sinking in",
    "slip": "a slip",
    "bonecontact": "bone contact",
    "release": "a release, seen twice or at the wrong time",
    "stuckzone": "a zone that sticks",
    "deadzone": "a zone that dies",
}
"""What can be blamed, in the order of the page, in words."""

FRAMES = ("hold", "session")
"""Truths that say where things happen, and are not to blame."""


@dataclass(slots=True)
class Blame:
    """What was blamed on one thing.

    Attributes:
        times: how often it happened.
        hours: how long an alarm would have been blamed on it.
        alarms: false alarms of each method.
    """

    times: int
    hours: float
    alarms: dict[str, int]

    def per_hour(self, method: str) -> float:
        """Return a method's false alarms an hour."""
        return self.alarms[method] / self.hours


def blames(outcomes: list[Outcome], methods: Iterable[str], kind: str) -> dict[str, Blame]:
    """Return what the false alarms of a kind are blamed on.

    Args:
        outcomes: the cases.
        methods: whose alarms.
        kind: "release", "slip" or "bonecontact".
    """
    methods = list(methods)
    made = {name: Blame(0, 0.0, dict.fromkeys(methods, 0)) for name in WORDS}
    for outcome in outcomes:
        for name, times, seconds in _exposure(outcome):
            made[name].times += times
            made[name].hours += seconds / HOUR_S
        for method in methods:
            for false in verdict(outcome, method, kind).false:
                made[culprit(outcome, false.at)].alarms[method] += 1
    return {name: blame for name, blame in made.items() if blame.hours}


def culprit(outcome: Outcome, t: float) -> str:
    """Return what was going on at a time: what began last, if several things were."""
    if outcome.facts.real:
        return REAL
    around = [thing for thing in _things(outcome) if _begins(thing) <= t <= _ends(thing)]
    return max(around, key=lambda thing: thing.at).kind if around else QUIET


def _exposure(outcome: Outcome) -> Iterator[tuple[str, int, float]]:
    """Yield what there is in a case, how often, and for how many seconds."""
    held = sum(hold.ends - hold.at for hold in outcome.true("hold"))
    if outcome.facts.real:
        yield REAL, 1, held
        return
    for thing in _things(outcome):
        yield thing.kind, 1, _ends(thing) - _begins(thing)
    busy = sum(_overlap(outcome, hold) for hold in outcome.true("hold"))
    yield QUIET, len(outcome.true("hold")), held - busy


def _overlap(outcome: Outcome, hold: Truth) -> float:
    """Return for how many seconds of a hold something was going on."""
    busy = 0.0
    until = hold.at
    for thing in _things(outcome):
        begins, ends = max(until, _begins(thing)), min(hold.ends, _ends(thing))
        if ends > begins:
            busy += ends - begins
            until = ends
    return busy


def _things(outcome: Outcome) -> list[Truth]:
    """Return what may be blamed, in order of time."""
    return [thing for thing in outcome.truths if thing.kind not in FRAMES]


def _begins(thing: Truth) -> float:
    """Return from when on an alarm is blamed on something."""
    return thing.at - BEFORE_S


def _ends(thing: Truth) -> float:
    """Return until when an alarm is blamed on something."""
    return thing.ends + AFTER_S
