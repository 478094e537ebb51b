"""Virtual time: the tool's own microseconds, at a multiple of the machine's."""

from release_tool.compat import const, sleep_ms, ticks_diff, ticks_us

_TICKS_MASK = const((1 << 30) - 1)
_HALF_WRAP = const(1 << 29)

# At speed 0 samples set the pace, but waits without samples (to connect again) need one too.
_WAITING_SPEED = const(10)


def wrap_diff(later, earlier):
    """Return the signed distance of two ticks that wrap at 2^30, on every build."""
    distance = later - earlier
    if distance >= _HALF_WRAP:
        return distance - _HALF_WRAP - _HALF_WRAP
    if distance < -_HALF_WRAP:
        return distance + _HALF_WRAP + _HALF_WRAP
    return distance


class VirtualTime:
    """Microseconds since they were first asked for, `speed` times as fast as the machine's.

    Args:
        speed: virtual seconds for each real one; 0 lets `reach` set the time.
        start_ticks: the ticks at the beginning; near 2^30 a wrap comes soon.
    """

    def __init__(self, speed, start_ticks=0):
        self._speed = speed
        self._start = start_ticks
        self._real = None
        self._elapsed = 0.0
        self._reached = 0

    def now(self):
        """Return the virtual microseconds since the beginning."""
        real = ticks_us()
        if self._real is not None:
            self._elapsed += ticks_diff(real, self._real) * self._speed
        self._real = real
        return max(int(self._elapsed), self._reached)

    def ticks(self, at=None):
        """Return ticks, wrapped at 2^30, for a virtual time or for now."""
        return (self._start + (self.now() if at is None else at)) & _TICKS_MASK

    def reach(self, at):
        """Let at least this much time have passed."""
        self._reached = max(self._reached, at)

    async def until(self, at):
        """Wait until that virtual time, which may already be past; others always get a turn."""
        wait = at - self.now() if self._speed else 0
        await sleep_ms(int(wait / self._speed / 1000) + 1 if wait > 0 else 0)
        self.reach(at)

    async def sleep_ms(self, milliseconds):
        """Wait for so many virtual milliseconds."""
        await sleep_ms(int(milliseconds / (self._speed or _WAITING_SPEED)) + 1)
