"""What events are called for people: plain words, nothing that sounds like medicine.

Reads the JSON of the contract (docs/mqtt.md) and nothing else: whoever subscribes with
another program sees the same fields. What a newer contract adds is shown by its name.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ql_release.cli.console import Style

TOLD_CONFIDENCE = 0.5
"""From this confidence on people are told of a possible release, slip or bone contact."""
SECONDS_A_MINUTE = 60

Document = Mapping[str, Any]


def told(event: Document) -> bool:
    """Return whether an event is certain enough to tell people of it."""
    return number(event, "confidence", 1.0) >= TOLD_CONFIDENCE


def describe(event: Document) -> str:
    """Return what happened, as a short clause."""
    words = WORDS.get((event.get("family"), event.get("type")))
    return words(event) if words else f"{event.get('family')}: {event.get('type')}"


def style(event: Document) -> Style:
    """Return how an event is to look."""
    if not told(event):
        return Style.FAINT
    return STYLES.get(event.get("type"), Style.PLAIN)


def number(document: Document, key: str, default: float = 0.0) -> float:
    """Return a number of a document; the default where there is none."""
    value = document.get(key)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else default  # type: ignore[arg-type]


def minutes(seconds: float) -> str:
    """Return a duration as `m:ss`."""
    whole = round(max(0.0, seconds))
    return f"{whole // SECONDS_A_MINUTE}:{whole % SECONDS_A_MINUTE:02d}"


def counted(count: float, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 hold`, `3 holds`."""
    return f"{count:g} {one if count == 1 else many or one + 's'}"


def readable(name: object) -> str:
    """Return an id as words: `quadratus_lumborum` is `quadratus lumborum`."""
    return str(name).replace("_", " ")


def place(spot: object) -> str:
    """Return a placement as words; nothing where there is none."""
    if not isinstance(spot, Mapping):
        return ""
    return ", ".join(readable(spot.get(key)) for key in ("muscle", "side", "zone"))


def _session_ended(event: Document) -> str:
    counts = (
        counted(number(event, "holds"), "hold"),
        counted(number(event, "releases"), "possible release"),
    )
    return f"session ended after {minutes(number(event, 'duration_s'))}: {', '.join(counts)}"


def _hold_started(event: Document) -> str:
    spot = place(event.get("placement"))
    return f"hold started: {spot}" if spot else "hold started"


def _hold_ended(event: Document) -> str:
    forces = (
        f"mean {number(event, 'mean_force_n'):.0f} N, peak {number(event, 'peak_force_n'):.0f} N"
    )
    unjudged = round(number(event, "unjudged_s"))
    unseen = f", {unjudged} s unseen" if unjudged else ""
    return f"hold ended after {number(event, 'hold_s'):.0f} s, {forces}{unseen}"


def progress(state: Document) -> str | None:
    """Return how far the measurement of a threshold has come; None while none is told of."""
    told = state.get("calibration")
    if not isinstance(told, Mapping):
        return None
    if told.get("ending") is not None:
        return ENDINGS.get(told["ending"], f"measurement ended: {readable(told['ending'])}")
    press = f"press {number(told, 'press'):.0f} of {number(told, 'of'):.0f}"
    if told.get("holding_s") is not None:
        return f"{press}: kept {number(told, 'holding_s'):.0f} s"
    last = "" if told.get("last_n") is None else f"{number(told, 'last_n'):.0f} N; "
    return f"{last}{press}: lean on slowly to 7 of 10, keep it 5 s, get off"


def measuring(state: Document) -> bool:
    """Return whether the measurement of a threshold goes on."""
    told = state.get("calibration")
    return isinstance(told, Mapping) and told.get("ending") is None


def _calibrated(event: Document) -> str:
    measured = f"your threshold was measured: {number(event, 'threshold_n'):.0f} N"
    if event.get("presses") is None:
        return measured
    presses = counted(number(event, "presses"), "press", "presses")
    return f"{measured} ({presses}, within {number(event, 'spread_pct'):.0f} %)"


def _over_pressure(event: Document) -> str:
    force, limit = number(event, "force_n"), number(event, "limit_n")
    return f"high pressure: {force:.0f} N, your limit is {limit:.0f} N; ease off"


def _released(event: Document) -> str:
    eased = f"pressure eased {number(event, 'drop_pct'):.0f} %"
    what = ": possible release" if told(event) else ", not a clear release"
    return f"{eased}{what} {_confidence(event)}"


def _felt(event: Document) -> str:
    return "you felt it let go" if event.get("felt") else "you did not feel it let go"


def _confidence(event: Document) -> str:
    return f"(confidence {number(event, 'confidence'):.2f})"


WORDS: dict[tuple[Any, Any], Callable[[Document], str]] = {
    ("session", "started"): lambda _: "session started",
    ("session", "ended"): _session_ended,
    ("session", "reassigned"): lambda event: f"session is now {event.get('person') or 'nobody'}'s",
    ("session", "calibrated"): _calibrated,
    ("pressure", "hold_started"): _hold_started,
    ("pressure", "hold_ended"): _hold_ended,
    ("pressure", "over_pressure"): _over_pressure,
    ("pressure", "bone_contact"): lambda event: (
        f"possible bone contact, shift the tool {_confidence(event)}"
    ),
    ("pressure", "slip"): lambda event: f"possible slip of the tool {_confidence(event)}",
    ("release", "released"): _released,
    ("release", "felt"): _felt,
}
"""The words for every event of the contract."""

ENDINGS = {
    "measured": "the measurement is done",
    "disagree": "the presses differ too much for a result; rest, and measure another day",
    "nobody": "nobody got on the tool; the measurement is over",
    "too_long": "the measurement took too long and is over",
    "stopped": "the measurement was stopped",
    "restarted": "the tool restarted; begin the measurement again",
    "silence": "the tool went silent; begin the measurement again",
}
"""Why the measurement of a threshold is over."""

STYLES: dict[Any, Style] = {
    "started": Style.STRONG,
    "ended": Style.STRONG,
    "released": Style.GOOD,
    "felt": Style.GOOD,
    "slip": Style.CAREFUL,
    "bone_contact": Style.CAREFUL,
    "over_pressure": Style.WRONG,
}
