"""What is worth knowing after a session, one sentence each.

The rules follow the reasons for which work on this muscle fails: pressure that is too short,
a tool that slides or rests on bone, ends of the muscle that are left out; with a plan, what of it
was not done. What could not be judged is said, too. No sentence promises
an effect, and none asks for more force.
"""

from collections.abc import Iterator, Sequence

from ql_release.payloads.base import Side, Zone
from ql_release.payloads.session import CoverageEntry, DoseEntry, Insight, LeftRight
from ql_release.sessions.tally import Tally

UNEVEN_POINTS = 15.0
"""Percentage points between the sides from which an uneven session is mentioned: a mean
asymmetry of 13 % is ordinary (Kountouris 2012), so less says nothing."""

ZONES: tuple[Zone, ...] = ("upper", "middle", "lower")
ZONE_NAMES: dict[Zone, str] = {
    "upper": "the upper end",
    "middle": "the middle",
    "lower": "the lower end",
}
LANDMARKS: dict[tuple[str, Zone], str] = {
    ("quadratus_lumborum", "upper"): "by the lowest rib",
    ("quadratus_lumborum", "lower"): "by the hip crest",
}
"""Where a zone is found on the body, for the muscles where that is short to say."""


LEAST_UNJUDGED_S = 1.0
"""s; less is lost to every brief hiccup of a radio link."""


def insights(tally: Tally, dose_hold_s: float, dose: Sequence[DoseEntry] = ()) -> list[Insight]:
    """Return what is worth knowing, most important first.

    Args:
        tally: the session's counts.
        dose_hold_s: seconds from which a hold counts towards the dose.
        dose: what each spot of the plan got; empty without a plan.
    """
    entries = tally.coverage.entries()
    return [
        *_warnings(tally),
        *_trust(tally),
        *_dose(tally, dose_hold_s),
        *_plan(tally, dose),
        *_releases(tally),
        *_sinks(tally),
        *_zones_left_out(entries, dose),
        *_sides(tally.coverage.left_right()),
    ]


def _warnings(tally: Tally) -> Iterator[Insight]:
    if count := tally.over_pressures:
        text = f"The force went above your limit {_times(count)}; less is enough."
        yield _insight("over_pressure", text, count=count)
    if count := tally.bone_contacts:
        text = (
            f"The tool seems to have rested on bone {_times(count)}; "
            "a spot further from rib and hip crest keeps the pressure on the muscle."
        )
        yield _insight("bone_contact", text, count=count)
    if count := tally.slips:
        text = f"The tool slid {_times(count)}; after a slip the muscle needs time to settle again."
        yield _insight("slip", text, count=count)


def _trust(tally: Tally) -> Iterator[Insight]:
    """Say what of the measurement cannot be relied on."""
    if stuck := sorted(tally.stuck_zones):
        numbers = [str(zone + 1) for zone in stuck]
        names, their = ("zone", "its") if len(stuck) == 1 else ("zones", "their")
        text = (
            f"Force {names} {_listed(numbers)} did not follow the others: {their} force was left "
            f"out; check {their} wiring."
        )
        yield _insight("zone_stuck", text, zones=",".join(numbers))
    if tally.unjudged_s >= LEAST_UNJUDGED_S:
        seconds = round(tally.unjudged_s)
        text = (
            f"For {seconds} s of the holds samples were missing or a sensor was at its limit: "
            "what happened then could not be judged."
        )
        yield _insight("not_judged", text, seconds=seconds)


def _dose(tally: Tally, dose_hold_s: float) -> Iterator[Insight]:
    if not tally.holds:
        yield _insight("no_hold", "There was contact, but no hold of 3 s that reached 30 N.")
    elif not tally.counted_holds:
        text = f"No hold lasted the {dose_hold_s:g} s from which it counts."
        yield _insight("short_holds", text, dose_hold_s=dose_hold_s)


def _plan(tally: Tally, dose: Sequence[DoseEntry]) -> Iterator[Insight]:
    """Compare what was done with the plan; without any hold there is nothing to compare."""
    if not dose or not tally.holds:
        return
    if all(entry.done for entry in dose):
        text = "The plan is done: every spot of it got its holds."
        yield _insight("plan_done", text, spots=len(dose))
        return
    worked = {_spot(entry) for entry in dose if entry.hold_s}
    yield from _planned_left_out([entry for entry in dose if _spot(entry) not in worked])
    for entry in dose:
        if _spot(entry) in worked and not entry.done:
            yield _short(entry)


def _planned_left_out(entries: list[DoseEntry]) -> Iterator[Insight]:
    """Say of each muscle and side which planned zones got no hold at all."""
    missing: dict[tuple[str, Side], list[Zone]] = {}
    for entry in entries:
        zones = missing.setdefault((entry.muscle, entry.side), [])
        if entry.zone not in zones:
            zones.append(entry.zone)
    for (muscle, side), zones in missing.items():
        verb = "was" if len(zones) == 1 else "were"
        names = _listed([_zone(muscle, zone) for zone in zones])
        text = f"{_muscle(muscle, side)}: {names} {verb} planned, but left out."
        yield _insight("planned_left_out", text, muscle=muscle, side=side, missing=",".join(zones))


def _short(entry: DoseEntry) -> Insight:
    """Say of a spot that was worked how many of its holds were long enough."""
    name = f"{_muscle(entry.muscle, entry.side)}, {ZONE_NAMES[entry.zone]}"
    length_s = entry.hold_s_wanted / entry.holds_wanted
    text = (
        f"{name}: {entry.holds} of {entry.holds_wanted} planned holds "
        f"lasted the planned {length_s:g} s."
    )
    return _insight(
        "dose_short",
        text,
        muscle=entry.muscle,
        side=entry.side,
        zone=entry.zone,
        holds=entry.holds,
        holds_wanted=entry.holds_wanted,
        hold_s=length_s,
    )


def _releases(tally: Tally) -> Iterator[Insight]:
    if count := tally.releases:
        text = f"The pressure eased by itself {_times(count)}: a possible release."
        yield _insight("pressure_eased", text, count=count)


def _sinks(tally: Tally) -> Iterator[Insight]:
    if count := tally.possible_sinks:
        text = (
            f"The tool sank in slowly {_times(count)} while the force stayed; "
            "that is noted, but not counted as a release."
        )
        yield _insight("possible_sink", text, count=count)


def _zones_left_out(entries: list[CoverageEntry], dose: Sequence[DoseEntry]) -> Iterator[Insight]:
    """Say of each muscle and side that was worked which of its zones were not.

    Those of the plan are spoken of there.
    """
    planned = {_spot(entry) for entry in dose}
    worked: dict[tuple[str, Side], set[Zone]] = {}
    for entry in entries:
        worked.setdefault((entry.muscle, entry.side), set()).add(entry.zone)
    for (muscle, side), zones in sorted(worked.items()):
        told = zones | {zone for zone in ZONES if (muscle, side, zone) in planned}
        missing = [zone for zone in ZONES if zone not in told]
        if missing:
            yield _left_out(muscle, side, zones, missing)


def _left_out(muscle: str, side: Side, zones: set[Zone], missing: list[Zone]) -> Insight:
    left_out = _listed([_zone(muscle, zone) for zone in missing])
    verb = "was" if len(missing) == 1 else "were"
    only = f"only {ZONE_NAMES[next(iter(zones))]} was worked; " if len(zones) == 1 else ""
    text = f"{_muscle(muscle, side)}: {only}{left_out} {verb} left out."
    return _insight("zone_left_out", text, muscle=muscle, side=side, missing=",".join(missing))


def _spot(entry: CoverageEntry | DoseEntry) -> tuple[str, Side, Zone]:
    return entry.muscle, entry.side, entry.zone


def _muscle(muscle: str, side: Side) -> str:
    return f"{side.capitalize()} {muscle.replace('_', ' ')}"


def _zone(muscle: str, zone: Zone) -> str:
    """Name a zone, with its landmark where there is one."""
    landmark = LANDMARKS.get((muscle, zone))
    return f"{ZONE_NAMES[zone]} ({landmark})" if landmark else ZONE_NAMES[zone]


def _sides(share: LeftRight | None) -> Iterator[Insight]:
    if share is None or abs(share.left_pct - share.right_pct) <= UNEVEN_POINTS:
        return
    more, less = ("left", "right") if share.left_pct > share.right_pct else ("right", "left")
    figures = {"left_pct": share.left_pct, "right_pct": share.right_pct}
    if 0 in figures.values():
        yield _insight("one_side", f"Only the {more} side was worked.", side=more, **figures)
        return
    percent = max(figures.values())
    text = f"The {more} side got {percent:.0f} % of the time, the {less} side the rest."
    yield _insight("uneven_sides", text, side=more, **figures)


def _insight(code: str, text: str, **data: str | float) -> Insight:
    return Insight(code=code, text=text, data=data)


def _listed(names: list[str]) -> str:
    """Join names as a sentence does: `1, 2 and 3`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _times(count: int) -> str:
    """Say how often."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
