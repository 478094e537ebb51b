"""What is worth knowing after a session, one sentence each.

The rules follow the reasons for which work on this muscle fails: pressure that is too short,
a tool that slides or rests on bone, ends of the muscle that are left out. No sentence promises
an effect, and none asks for more force.
"""

from collections.abc import Iterator

from ql_release.payloads.base import Side, Zone
from ql_release.payloads.session import CoverageEntry, Insight, LeftRight
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


def insights(tally: Tally, dose_hold_s: float) -> list[Insight]:
    """Return what is worth knowing, most important first.

    Args:
        tally: the session's counts.
        dose_hold_s: seconds from which a hold counts towards the dose.
    """
    entries = tally.coverage.entries()
    return [
        *_warnings(tally),
        *_dose(tally, dose_hold_s),
        *_releases(tally),
        *_sinks(tally),
        *_zones_left_out(entries),
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


def _dose(tally: Tally, dose_hold_s: float) -> Iterator[Insight]:
    if not tally.holds:
        yield _insight("no_hold", "There was contact, but no hold of 3 s that reached 30 N.")
    elif not tally.counted_holds:
        text = f"No hold lasted the {dose_hold_s:g} s from which it counts."
        yield _insight("short_holds", text, dose_hold_s=dose_hold_s)


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


def _zones_left_out(entries: list[CoverageEntry]) -> Iterator[Insight]:
    """Say of each muscle and side that was worked which of its zones were not."""
    worked: dict[tuple[str, Side], set[Zone]] = {}
    for entry in entries:
        worked.setdefault((entry.muscle, entry.side), set()).add(entry.zone)
    for (muscle, side), zones in sorted(worked.items()):
        missing = [zone for zone in ZONES if zone not in zones]
        if missing:
            yield _left_out(muscle, side, zones, missing)


def _left_out(muscle: str, side: Side, zones: set[Zone], missing: list[Zone]) -> Insight:
    name = f"{side.capitalize()} {muscle.replace('_', ' ')}"
    left_out = " and ".join(_zone(muscle, zone) for zone in missing)
    verb = "was" if len(missing) == 1 else "were"
    only = f"only {ZONE_NAMES[next(iter(zones))]} was worked; " if len(zones) == 1 else ""
    text = f"{name}: {only}{left_out} {verb} left out."
    return _insight("zone_left_out", text, muscle=muscle, side=side, missing=",".join(missing))


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


def _times(count: int) -> str:
    """Say how often."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
