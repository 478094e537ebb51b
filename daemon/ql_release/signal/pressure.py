"""Over-pressure: more force than the limit that the person's profile sets.

Told after half a second above the limit, so that a knock is no warning, and once per excursion:
the warning arms itself again when the force has come below nine tenths of the limit.
"""

from ql_release.signal.contact import TIME_EPSILON_S

ABOVE_S = 0.5
"""Seconds above the limit before it is told (design, MQTT contract)."""

REARM_SHARE = 0.9
"""Share of the limit below which the warning arms itself again (design, MQTT contract)."""


class OverPressureWatch:
    """Watches one contact's force against a limit."""

    __slots__ = ("_above_since", "_armed")

    def __init__(self) -> None:
        self._above_since: float | None = None
        self._armed = True

    def take(self, t: float, force: float, limit: float) -> float | None:
        """Take a sample.

        Args:
            t: its time, seconds.
            force: its total force, newtons.
            limit: the limit in force, newtons.

        Returns:
            When the excursion began, seconds, if it is to be told now; else None.
        """
        if force <= limit:
            self._above_since = None
            if force < REARM_SHARE * limit:
                self._armed = True
            return None
        if self._above_since is None:
            self._above_since = t
        if not self._armed or t - self._above_since < ABOVE_S - TIME_EPSILON_S:
            return None
        self._armed = False
        return self._above_since
