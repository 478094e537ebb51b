"""Tells one session: what happened, what was found, and what of it was wrong."""

from detection.cases import Case
from detection.judging import mistakes
from detection.outcome import OURS
from detection.playing import play


def show(case: Case) -> None:
    """Print a case's truth and findings in order of time."""
    outcome = play(case)
    print(outcome.facts)
    lines = [(t.at, f"{t.kind} until {t.ends:.1f} s, size {t.size:.3g}") for t in outcome.truths]
    lines += [
        (f.at, f"    found {f.kind}, confidence {f.confidence:.2f}, known at {f.decided:.1f} s")
        for f in outcome.found[OURS]
    ]
    for at, line in sorted(lines):
        print(f"{at:7.1f} s  {line}")
    for mistake in mistakes(outcome):
        print(f"wrong: {mistake}")
