"""Time as a port: the real clock, and a virtual one for simulated speeds.

Everything in the daemon that waits or asks for the time does so through a `Clock`,
so that a demonstration at ten times the speed, or a test, runs the same code.
The pure parts (`wire`, `signal`, `sessions`, `pipeline`) have no clock at all.
"""

import asyncio
import time
from typing import Protocol

from ql_release.units import MICROSECONDS


class Clock(Protocol):
    """What the daemon may ask of time."""

    def now_us(self) -> int:
        """Return the wall-clock time in Unix microseconds, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary zero."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of this clock."""
        ...

    def real_seconds(self, seconds: float) -> float:
        """Return how long so many seconds of this clock last on the real one."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_us(self) -> int:
        """Return the wall-clock time in Unix microseconds, UTC."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for so many real seconds."""
        await asyncio.sleep(seconds)

    def real_seconds(self, seconds: float) -> float:
        """Return the argument: this clock is the real one."""
        return seconds


class VirtualClock:
    """A clock that runs `speed` times as fast as the machine's and ends at now.

    After `duration` virtual seconds its wall time meets the machine's, so that what
    was played at ten times the speed appears to have just happened.

    Args:
        speed: virtual seconds for each real one; above 0.
        duration: virtual seconds to be played, 0 or more.
        started_us: the real wall time when the play began, Unix microseconds; now by default.
            Two processes given the same three values share one virtual time.

    Raises:
        ValueError: for a speed that is not above 0 or a negative duration.
    """

    def __init__(self, speed: float, duration: float, started_us: int | None = None) -> None:
        if speed <= 0:
            raise ValueError(f"the speed must be above 0, not {speed}")
        if duration < 0:
            raise ValueError(f"the duration must not be negative, not {duration}")
        self._speed = speed
        now_us = time.time_ns() // 1000
        real_us = now_us if started_us is None else started_us
        self._real_zero = time.monotonic() - (now_us - real_us) / MICROSECONDS
        self._virtual_zero_us = real_us + round((duration / speed - duration) * MICROSECONDS)

    def now_us(self) -> int:
        """Return the virtual wall-clock time in Unix microseconds, UTC."""
        return self._virtual_zero_us + round(self.monotonic() * MICROSECONDS)

    def monotonic(self) -> float:
        """Return the virtual seconds played so far."""
        return (time.monotonic() - self._real_zero) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so many virtual seconds."""
        await asyncio.sleep(seconds / self._speed)

    def real_seconds(self, seconds: float) -> float:
        """Return how long so many virtual seconds last on the machine's clock."""
        return seconds / self._speed
