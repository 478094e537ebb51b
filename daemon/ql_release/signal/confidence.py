"""How far a break in a hold's decay may be believed to be a release.

One half is where users are told: at the least fall with an IMU that saw the tool keep still, at
a larger one without. A fall that hardly stands out of the rest is hardly believed.
"""

from math import exp

LEAST_FALL = 0.06
"""Share of the force that a release takes off beyond the decay (design: on real standing sway
falls of 5 % occur in most minutes without any cause, of 7 % hardly ever)."""

CLEAR = 3.0
"""Standard errors at which a break is half believed: among hundreds of onsets that are tried, sway
alone reaches two."""

UNCLEAR_SHARE = 0.15
"""Share of its belief that is left to a break that does not stand out at all."""

SURE_PCT = 4.0
"""Percent beyond the least fall at which two thirds of the remaining doubt are gone."""

SENSELESS_FALL = 0.08
"""The least fall without an IMU that users are told of (design)."""

SENSELESS_CEILING = 0.85
"""Confidence is never higher without an IMU: nobody saw that the body kept still."""


def confidence(drop_pct: float, clearness: float, *, seen: bool) -> float:
    """Return how far a break may be believed to be a release, 0 to 1.

    Args:
        drop_pct: its fall beyond the decay, percent.
        clearness: the fall in standard errors.
        seen: whether an IMU saw the tool keep still.
    """
    least = 100.0 * (LEAST_FALL if seen else SENSELESS_FALL)
    beyond = (drop_pct - least) / SURE_PCT
    size = 1.0 - 0.5 * exp(-beyond) if beyond >= 0.0 else 0.5 * exp(2.0 * beyond)
    clear = UNCLEAR_SHARE + (1.0 - UNCLEAR_SHARE) * min(1.0, clearness / (2 * CLEAR))
    return round(min(size, 1.0 if seen else SENSELESS_CEILING) * clear, 3)
