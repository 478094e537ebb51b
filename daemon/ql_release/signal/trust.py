"""Trust: for how much of a contact the samples were good enough to judge.

"Not measuring" is said, never hidden: what falls into a hole between samples, or behind a
sensor at its limit, is counted as time in which nothing could be judged.
"""

LONGEST_SILENCE_S = 0.5
"""Seconds without trusted samples after which the judged detectors begin anew: a fall hidden
in a hole cannot be told slow from fast. Shorter holes, lost packets, they bridge."""

LONGEST_HOLE_S = 1.2
"""Seconds that the slow detectors bridge: less than a third of a breath."""


class Trust:
    """Adds up the time in a contact that could not be judged.

    Args:
        start: the contact's start, seconds.
    """

    __slots__ = ("_last", "_unjudged")

    def __init__(self, start: float) -> None:
        self._last = start
        self._unjudged = 0.0

    def take(self, t: float, *, hidden: bool) -> float:
        """Take a bin of trusted samples.

        Args:
            t: its time, seconds.
            hidden: whether a sensor at its limit hides what happens.

        Returns:
            The seconds that are missing before it.
        """
        passed = t - self._last
        self._last = max(self._last, t)
        if hidden or passed > LONGEST_SILENCE_S:
            self._unjudged += max(0.0, passed)
        return passed

    def unjudged_until(self, end: float) -> float:
        """Return the seconds that could not be judged, should the contact end then."""
        rest = end - self._last
        return self._unjudged + (rest if rest > LONGEST_SILENCE_S else 0.0)
