"""Which finding is which happening: one to one, the nearest first, within a tolerance."""

from collections.abc import Sequence

TOLERANCES_S = {"release": 3.0, "slip": 1.5, "bonecontact": 2.0}
"""How far a finding's time may be from the truth's, seconds. A release comes over up to 4.5 s, so
its onset is the least sharp."""


def match(true: Sequence[float], found: Sequence[float], tolerance_s: float) -> dict[int, int]:
    """Return which finding (its place) belongs to which truth (its place).

    Args:
        true: when things happened, seconds.
        found: when they were found to have happened.
        tolerance_s: how far apart the two may be.
    """
    near = sorted(
        (abs(t - f), truth, finding)
        for truth, t in enumerate(true)
        for finding, f in enumerate(found)
        if abs(t - f) <= tolerance_s
    )
    pairs: dict[int, int] = {}
    taken = set()
    for _, truth, finding in near:
        if truth not in pairs and finding not in taken:
            pairs[truth] = finding
            taken.add(finding)
    return pairs
