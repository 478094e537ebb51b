"""Times from before the time was known.

A Raspberry Pi has no clock of its own: after a power cut it starts with whatever time it saved
last, or in 1970, until a time server answers. Until then the daemon counts microseconds from
1970 by the machine's uptime (`bootclock`), so that a time tells by itself whether it is a date:
one before the year 2000 is not. It becomes one by a shift that is the same for all of them.
"""

FIRST_DATE_US = 946_684_800_000_000
"""2000-01-01, Unix µs: no tool of ours ran before it, and no machine runs for thirty years."""


def is_date(host_us: int) -> bool:
    """Return whether a wall time is one, rather than a count from before the time was known."""
    return host_us >= FIRST_DATE_US


def dated(host_us: int, shift_us: int) -> int:
    """Return a time as a date, now that the shift is known; a date stays as it is."""
    return host_us if is_date(host_us) else host_us + shift_us
