"""64-bit device microseconds out of ticks that wrap after 17.9 minutes.

A board's `ticks_us` counts to 2^30 and starts again. The clock keeps its time as two small
integers, because an integer above 2^30 costs a 32-bit board an allocation, and the sampler
asks for the time of every sample.
"""

from release_tool.compat import const
from release_tool.wire.frame import TIME_LOW_BITS

_LOW_SPAN = const(1 << 28)


class DeviceClock:
    """Device time since boot.

    `low` and `high` are the time last asked for: `high << 28 | low` microseconds.

    Args:
        ticks: function that returns the present ticks.
        diff: function that returns the signed distance of two ticks; right as long as they
            are less than half a wrap (8.9 minutes) apart, so the clock must be asked oftener.
    """

    def __init__(self, ticks, diff):
        self._ticks = ticks
        self._diff = diff
        self._last = ticks()
        self.low = 0
        self.high = 0

    def at(self, ticks):
        """Move `low` and `high` to the time of these ticks, which may lie a little back."""
        low = self.low + self._diff(ticks, self._last)
        self._last = ticks
        while low >= _LOW_SPAN:
            low -= _LOW_SPAN
            self.high += 1
        while low < 0:
            low += _LOW_SPAN
            self.high -= 1
        self.low = low

    def now_us(self):
        """Return the present device time, an integer of up to 64 bits that never wraps."""
        self.at(self._ticks())
        return self.high << TIME_LOW_BITS | self.low
