"""Figures as events tell them: the same whatever the time is counted from."""

NOISE_DIGITS = 6
"""A microsecond: what lies below it is noise of floating point."""


def rounded(value: float, digits: int) -> float:
    """Return a figure rounded, first to where it is more than noise.

    Durations are differences of sample times, which are whole microseconds since the tool was
    switched on, or since its 32 bits were last full when the daemon came. The last bits of such a
    difference depend on that: they would decide whether 5.125 s is told as 5.12 or 5.13, before a
    restart so and after it otherwise.
    """
    return round(round(value, NOISE_DIGITS), digits)
