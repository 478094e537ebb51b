"""The tables of the page, as Markdown."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import isnan

from detection import pelt, threshold
from detection.blame import WORDS, blames
from detection.judging import (
    Only,
    hits,
    holds_exact,
    holds_right,
    judged,
    mistakes,
    sessions_right,
    tally,
    verdict,
)
from detection.outcome import OURS, Facts, Outcome
from detection.scores import brier, quantile
from ql_release.simulate import Truth

METHODS = (OURS, threshold.NAME, pelt.NAME)
"""Who is scored, in the order of the columns."""

KINDS = {"release": "release", "slip": "slip", "bonecontact": "bone contact"}
"""What is scored, and what the page calls it."""

DROPS = (0.075, 0.10, 0.15, 0.20, 0.30)
"""Edges of the groups by size of the fall, shares of the force."""

NONE = "-"
"""What stands where there is no figure."""

WORST = 12
"""Sessions that are named as the worst."""

TISSUES = {
    "LogLinear": "logarithm of time",
    "PowerLaw": "power law",
    "Prony": "three exponentials",
    "StandardLinear": "one exponential",
    "Stretched": "stretched exponential",
    "Fractional": "fractional",
    "QuasiLinear": "Fung's spectrum",
    "real": "real muscle",
}
"""What the page calls the laws of tissue."""

Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> str:
    """Return a table; all columns but the first are set to the right."""
    rule = ["---", *("--:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def number(value: float, digits: int = 2) -> str:
    """Return a number as the page has it; a dash for none."""
    return NONE if isnan(value) else f"{value:.{digits}f}"


def percent(value: float, digits: int = 0) -> str:
    """Return a share in percent."""
    return f"{100 * value:.{digits}f} %"


def summary(outcomes: list[Outcome]) -> str:
    """Return the table of what is found, with and without an IMU."""
    head = ["", "there were", "found", "false", "precision", "recall", "F1"]
    rows = []
    for kind, word in KINDS.items():
        for name, only in TOOLS.items():
            chosen = pick(outcomes, only)
            total = tally(chosen, OURS, kind)
            true = total.hits + total.missed
            rows.append([f"{word}, {name}", str(true), str(total.hits), str(total.false)])
            rows[-1] += [number(total.precision), number(total.recall), f"**{number(total.f1)}**"]
    return table(head, rows)


def baselines(outcomes: list[Outcome]) -> str:
    """Return the table of releases by method."""
    head = ["releases", "found", "missed", "false", "precision", "recall", "F1"]
    rows = []
    for name, only in TOOLS.items():
        for method in METHODS:
            total = tally(pick(outcomes, only), method, "release")
            counts = [str(total.hits), str(total.missed), str(total.false)]
            shares = [number(total.precision), number(total.recall), number(total.f1)]
            rows.append([f"{method}, {name}", *counts, *shares])
    return table(head, rows)


def manners(outcomes: list[Outcome]) -> str:
    """Return the table of slips and bone contacts by how they come about, on sound tools."""
    chosen = [outcome for outcome in outcomes if sound(outcome.facts)]
    rows = []
    for name, (kind, is_so) in MANNERS.items():
        found = missed = 0
        for outcome in chosen:
            judged_so = verdict(outcome, OURS, kind)
            found += sum(is_so(outcome, hit.truth) for hit in judged_so.hits)
            missed += sum(is_so(outcome, truth) for truth in judged_so.missed)
        there = found + missed
        recall = number(found / there) if there else NONE
        rows.append([name, str(there), str(found), recall])
    return table(["", "there were", "found", "recall"], rows)


def _loses_contact(_outcome: Outcome, slip: Truth) -> bool:
    """Return whether a slip takes all the force."""
    return slip.size >= 1.0


def _on_the_way(outcome: Outcome, bone: Truth) -> bool:
    """Return whether bone is met while lying down."""
    return any(way.at <= bone.at < way.ends for way in outcome.true("approach"))


MANNERS: dict[str, tuple[str, Callable[[Outcome, Truth], bool]]] = {
    "slip that keeps contact": ("slip", lambda outcome, slip: not _loses_contact(outcome, slip)),
    "slip that loses contact": ("slip", _loses_contact),
    "bone met during a hold": ("bonecontact", lambda outcome, bone: not _on_the_way(outcome, bone)),
    "bone met on the way down": ("bonecontact", _on_the_way),
}
"""Ways in which slips and bone contacts come about."""


def timing(outcomes: list[Outcome]) -> str:
    """Return the table of onset errors and lags."""
    head = ["", "onset error, median", "90 %", "known after, median", "90 %"]
    rows = []
    for kind, word in KINDS.items():
        found = hits(outcomes, OURS, kind)
        errors, lags = [hit.error_s for hit in found], [hit.lag_s for hit in found]
        values = [quantile(errors, 0.5), quantile(errors, 0.9)]
        values += [quantile(lags, 0.5), quantile(lags, 0.9)]
        rows.append([word, *(f"{number(value)} s" for value in values)])
    return table(head, rows)


def counting(outcomes: list[Outcome]) -> str:
    """Return the table of holds and sessions."""
    rows = []
    groups: dict[str, Only] = {
        "simulated": lambda facts: not facts.real and sound(facts),
        "simulated, a zone broken or at its limit": lambda facts: not sound(facts),
        "real": lambda facts: facts.real,
    }
    for name, only in groups.items():
        chosen = pick(outcomes, only)
        exact = NONE if name == "real" else share(holds_exact, chosen)
        rows.append([name, share(holds_right, chosen), exact, share(sessions_right, chosen)])
    return table(["", "number of holds", "and each within 1 s", "number of sessions"], rows)


def false_alarms(outcomes: list[Outcome]) -> str:
    """Return the table of false alarms of releases by what is to blame."""
    found = blames(outcomes, METHODS, "release")
    rows = [
        [
            WORDS[name],
            str(blame.times),
            f"{blame.hours:.2f}",
            *(f"{blame.per_hour(method):.1f} ({blame.alarms[method]})" for method in METHODS),
        ]
        for name, blame in found.items()
    ]
    return table(["false releases an hour, while", "times", "hours", *METHODS], rows)


def other_alarms(outcomes: list[Outcome]) -> str:
    """Return the table of false slips and bone contacts by what is to blame."""
    slips, bones = (blames(outcomes, [OURS], kind) for kind in ("slip", "bonecontact"))
    rows = []
    for name, slip in slips.items():
        both = (slip, bones[name])
        if any(each.alarms[OURS] for each in both):
            rates = (f"{each.per_hour(OURS):.1f} ({each.alarms[OURS]})" for each in both)
            rows.append([WORDS[name], str(slip.times), *rates])
    if not rows:
        return "There were none."
    return table(["false alarms an hour, while", "times", "slip", "bone contact"], rows)


def drops(outcomes: list[Outcome]) -> str:
    """Return the table of releases by the size of their fall."""
    rows = []
    for least, most in pairwise(DROPS):
        row = [f"{100 * least:g} to {100 * most:g} %"]
        row.append(str(sum(count_drops(outcomes, OURS, least, most))))
        for method in METHODS:
            found, missed = count_drops(outcomes, method, least, most)
            row.append(number(found / (found + missed)) if found + missed else NONE)
        rows.append(row)
    return table(["fall", "releases", *METHODS], rows)


def count_drops(outcomes: list[Outcome], method: str, least: float, most: float) -> tuple[int, int]:
    """Return how many releases of a size were found, and how many missed."""
    verdicts = [verdict(outcome, method, "release") for outcome in outcomes]
    found = [hit.truth.size for each in verdicts for hit in each.hits]
    missed = [truth.size for each in verdicts for truth in each.missed]
    return (
        sum(least <= size < most for size in found),
        sum(least <= size < most for size in missed),
    )


def conditions(outcomes: list[Outcome]) -> str:
    """Return the table of results by what the session was like."""
    rows = []
    simulated = pick(outcomes, lambda facts: not facts.real)
    for name, only in _groups(simulated).items():
        chosen = pick(simulated, only)
        scores = [tally(chosen, OURS, kind) for kind in KINDS]
        release = scores[0]
        if not chosen:
            continue
        row = [name, str(len(chosen)), str(release.hits + release.missed)]
        row += [number(release.precision), number(release.recall)]
        rows.append([*row, *(number(score.f1) for score in scores)])
    head = ["sessions with", "sessions", "releases", "precision", "recall"]
    return table([*head, "F1 release", "F1 slip", "F1 bone"], rows)


def confidence(outcomes: list[Outcome]) -> str:
    """Return the table of how good the confidence is."""
    rows = []
    for kind, word in KINDS.items():
        pairs = judged(outcomes, kind)
        true = sum(right for _, right in pairs)
        rows.append([word, str(len(pairs)), str(true), number(brier(pairs), 3)])
    for method in METHODS[1:]:
        total = tally(outcomes, method, "release")
        # An alarm without a confidence is one that is sure.
        score = brier([(1.0, True)] * total.hits + [(1.0, False)] * total.false)
        made = str(total.hits + total.false)
        rows.append([f"release by {method}", made, str(total.hits), number(score, 3)])
    return table(["", "candidates", "of them true", "Brier score"], rows)


def worst(outcomes: list[Outcome]) -> str:
    """Return the table of the sessions with the most mistakes."""
    wrong = [(outcome, list(mistakes(outcome))) for outcome in outcomes]
    ordered = sorted(wrong, key=lambda each: -len(each[1]))[:WORST]
    rows = [
        [outcome.facts.name, _told(outcome), "; ".join(found)]
        for outcome, found in ordered
        if found
    ]
    lines = table(["session", "what it is like", "what went wrong"], rows)
    return lines.replace("--:", "---")


def _told(outcome: Outcome) -> str:
    """Return what a session is like, in a few words."""
    facts = outcome.facts
    words = [TISSUES[facts.tissue], f"{facts.rate_hz:g} Hz", f"breath {percent(facts.breath, 1)}"]
    if not facts.imu:
        words.append("no IMU")
    return ", ".join([*words, *facts.traits])


def pick(outcomes: Iterable[Outcome], only: Only) -> list[Outcome]:
    """Return the outcomes of those cases that count."""
    return [outcome for outcome in outcomes if only(outcome.facts)]


def share(right: Callable[[Outcome], bool], outcomes: list[Outcome]) -> str:
    """Return in how many cases something is right."""
    return f"{sum(map(right, outcomes))} of {len(outcomes)}"


def sound(facts: Facts) -> bool:
    """Return whether a tool measures all there is."""
    return not any(trait in UNSOUND for trait in facts.traits)


def _groups(outcomes: list[Outcome]) -> dict[str, Only]:
    """Return ways in which sessions differ."""
    tissues = sorted({outcome.facts.tissue for outcome in outcomes})
    traits = sorted({trait for outcome in outcomes for trait in outcome.facts.traits})
    groups = dict(FIXED)
    groups |= {f"tissue: {TISSUES[name]}": _of_tissue(name) for name in tissues}
    return groups | {name: _with_trait(name) for name in traits}


def _of_tissue(name: str) -> Only:
    """Return what picks the sessions of one law."""
    return lambda facts: facts.tissue == name


def _with_trait(name: str) -> Only:
    """Return what picks the sessions with one trait."""
    return lambda facts: name in facts.traits


UNSOUND = ("stuck zone", "dead zone", "a zone at its limit")
"""Traits of a tool that does not measure all there is."""

TOOLS: dict[str, Only] = {
    "with an IMU": lambda facts: facts.imu and sound(facts),
    "without an IMU": lambda facts: not facts.imu and sound(facts),
    "a zone broken or at its limit": lambda facts: not sound(facts),
    "all": lambda _: True,
}
"""The split that matters most: without an IMU nobody can tell a weight shift from a release."""

FIXED: dict[str, Only] = {
    "an IMU": lambda facts: facts.imu,
    "no IMU": lambda facts: not facts.imu,
    "less than 80 Hz": lambda facts: facts.rate_hz < 80.0,
    "80 to 104 Hz": lambda facts: 80.0 <= facts.rate_hz <= 104.0,
    "more than 104 Hz": lambda facts: facts.rate_hz > 104.0,
    "1 zone": lambda facts: facts.zones == 1,
    "2 to 4 zones": lambda facts: 2 <= facts.zones <= 4,
    "5 to 8 zones": lambda facts: facts.zones >= 5,
    "breath under 2 %": lambda facts: facts.breath < 0.02,
    "breath 2 to 4 %": lambda facts: 0.02 <= facts.breath < 0.04,
    "breath 4 to 8 %": lambda facts: facts.breath >= 0.04,
    "sway under 0.4 %": lambda facts: facts.sway < 0.004,
    "sway 0.4 to 0.8 %": lambda facts: 0.004 <= facts.sway < 0.008,
    "sway 0.8 to 1.4 %": lambda facts: facts.sway >= 0.008,
}
"""Groups of sessions by what is measured and how."""
