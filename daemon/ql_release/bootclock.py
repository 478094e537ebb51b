"""The machine's clock, held back until its time can be believed.

Until then it counts from 1970 by the machine's uptime (see `provisional`): steadily, whatever
is done to the machine's own clock meanwhile, and on over restarts of the daemon.
"""

import time

from ql_release.clock import SystemClock


def uptime_us() -> int:
    """Return microseconds since the machine's start; nothing sets this clock."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


class BootClock(SystemClock):
    """The machine's clock, once it is `believe`d.

    Attributes:
        known: whether the time is known.
    """

    def __init__(self) -> None:
        self.known = False
        self._base_us = 0

    def begin(self, base_us: int) -> None:
        """Count on from another zero: what the uptime is added to, µs."""
        self._base_us = base_us

    def uptime_us(self) -> int:
        """Return microseconds since the machine's start."""
        return uptime_us()

    def now_us(self) -> int:
        """Return Unix microseconds, UTC, or the count that stands in for them."""
        return self.machine_us() if self.known else self._base_us + self.uptime_us()

    def machine_us(self) -> int:
        """Return what the machine takes the time to be, Unix microseconds."""
        return super().now_us()

    def shift_us(self) -> int:
        """Return what makes dates of all that was counted, if the machine is right now."""
        return self.machine_us() - self._base_us - self.uptime_us()

    def believe(self) -> None:
        """Take the machine's time to be right from here on."""
        self.known = True
