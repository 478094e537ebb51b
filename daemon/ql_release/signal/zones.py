"""Several force zones: what share each carries, and where the force acts on the whole."""

from collections.abc import Sequence

LEAST_FORCE_N = 5.0
"""Newtons in all below which shares are nothing but the zones' noise and drift."""

Place = tuple[float, float]
"""Where a zone sits on the tool, mm along and across it."""


def shares(zones: Sequence[float]) -> list[float]:
    """Return each zone's share of the force, 0 to 1; none when nobody is on the tool.

    A zone that reads less than nothing, by a drifted zero, carries nothing.
    """
    carried = [max(0.0, force) for force in zones]
    total = sum(carried)
    if total < LEAST_FORCE_N:
        return []
    return [force / total for force in carried]


def centre(zones: Sequence[float], places: Sequence[Place]) -> Place | None:
    """Return where the force acts, mm; None when nobody is on the tool or a place is missing.

    Args:
        zones: newtons per zone.
        places: where each of them sits.
    """
    parts = shares(zones)
    if not parts or len(parts) != len(places):
        return None
    return (
        sum(part * x for part, (x, _) in zip(parts, places, strict=True)),
        sum(part * y for part, (_, y) in zip(parts, places, strict=True)),
    )
