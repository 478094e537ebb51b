"""Judges outcomes: what of the findings was right, and what was not."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from detection.matching import TOLERANCES_S, match
from detection.outcome import OURS, Facts, Found, Outcome
from detection.scores import Tally
from ql_release.simulate import Truth

HOLD_S = 1.0
"""How far a hold's beginning and end may be from the truth's to be called exact, seconds."""

Only = Callable[[Facts], bool]
"""Which cases count."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A happening that was found.

    Attributes:
        facts: the case.
        truth: what happened.
        found: what was found.
    """

    facts: Facts
    truth: Truth
    found: Found

    @property
    def error_s(self) -> float:
        """How far its time is from the truth's, seconds."""
        return abs(self.found.at - self.truth.at)

    @property
    def lag_s(self) -> float:
        """How long after it began it was known, seconds."""
        return self.found.decided - self.truth.at


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of one case's findings of a kind was right.

    Attributes:
        hits: what was found.
        false: what was found and is not there.
        missed: what is there and was not found.
    """

    hits: list[Hit]
    false: list[Found]
    missed: list[Truth]


def verdict(outcome: Outcome, method: str, kind: str) -> Verdict:
    """Return what of a method's findings of a kind was right in a case."""
    return _verdict(outcome, outcome.alarms(method, kind), kind)


def _verdict(outcome: Outcome, found: list[Found], kind: str) -> Verdict:
    """Return what of these findings is right."""
    true = outcome.true(kind)
    pairs = match([t.at for t in true], [f.at for f in found], TOLERANCES_S[kind])
    taken = set(pairs.values())
    return Verdict(
        [Hit(outcome.facts, true[t], found[f]) for t, f in sorted(pairs.items())],
        [each for place, each in enumerate(found) if place not in taken],
        [each for place, each in enumerate(true) if place not in pairs],
    )


def tally(outcomes: Iterable[Outcome], method: str, kind: str) -> Tally:
    """Return how often a method was right about a kind."""
    total = Tally()
    for outcome in outcomes:
        found = verdict(outcome, method, kind)
        total.add(len(found.hits), len(found.false), len(found.missed))
    return total


def hits(outcomes: Iterable[Outcome], method: str, kind: str) -> list[Hit]:
    """Return everything of a kind that a method found."""
    return [hit for outcome in outcomes for hit in verdict(outcome, method, kind).hits]


def judged(outcomes: Iterable[Outcome], kind: str) -> list[tuple[float, bool]]:
    """Return (confidence, whether it is true) of everything that was considered, told or not."""
    pairs = []
    for outcome in outcomes:
        found = _verdict(outcome, outcome.ours(kind), kind)
        pairs += [(hit.found.confidence, True) for hit in found.hits]
        pairs += [(each.confidence, False) for each in found.false]
    return pairs


def holds_right(outcome: Outcome) -> bool:
    """Return whether there are as many holds as there should be."""
    return len(outcome.ours("hold")) == len(outcome.true("hold"))


def sessions_right(outcome: Outcome) -> bool:
    """Return whether there are as many sessions as there should be."""
    return len(outcome.ours("session")) == len(outcome.true("session"))


def holds_exact(outcome: Outcome) -> bool:
    """Return whether each hold also begins and ends when it should."""
    pairs = zip(outcome.ours("hold"), outcome.true("hold"), strict=False)
    return holds_right(outcome) and all(
        abs(found.at - true.at) <= HOLD_S and abs(found.ends - true.ends) <= HOLD_S
        for found, true in pairs
    )


def mistakes(outcome: Outcome) -> Iterator[str]:
    """Yield what went wrong in a case, in words."""
    for kind, word in (("release", "release"), ("slip", "slip"), ("bonecontact", "bone contact")):
        found = verdict(outcome, OURS, kind)
        for missed in found.missed:
            yield f"{word} at {missed.at:.0f} s missed"
        for false in found.false:
            yield f"{word} at {false.at:.0f} s not there"
    if not holds_right(outcome):
        yield f"{len(outcome.ours('hold'))} holds, not {len(outcome.true('hold'))}"
    if not sessions_right(outcome):
        yield f"{len(outcome.ours('session'))} sessions, not {len(outcome.true('session'))}"
