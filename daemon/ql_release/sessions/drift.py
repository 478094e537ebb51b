"""A zero that has drifted, told after the session in which it was seen."""

from ql_release.payloads.session import Insight
from ql_release.signal.zero import MN_PER_N

ZERO_DRIFT_N = 2.0
"""Newtons beyond which a resting level is told: twenty times a load cell's noise, and still well
below the 5 N that would keep a contact from ending."""

FORCE_DIGITS = 1


def zero_drift(level_mn: int | None) -> list[Insight]:
    """Return what is worth knowing of the zero, if anything.

    Args:
        level_mn: what the tool showed with nobody on it, millinewtons; None: not seen.
    """
    if level_mn is None or abs(level_mn) <= ZERO_DRIFT_N * MN_PER_N:
        return []
    newtons = level_mn / MN_PER_N
    text = f"With nobody on it the tool showed {newtons:.0f} N: tare it before the next session."
    return [Insight(code="zero_drift", text=text, data={"zero_n": round(newtons, FORCE_DIGITS)})]
