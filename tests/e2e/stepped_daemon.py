"""The real daemon on a machine whose clock somebody sets: stepped_daemon.py CONFIG FILE.

FILE holds by how many seconds the machine's clock is off, and may change at any time.
"""

import asyncio
import sys
from pathlib import Path

from ql_release import service
from ql_release.bootclock import BootClock
from ql_release.settings import load

_OFF = Path(sys.argv[2])
MICROSECONDS = 1_000_000


class SteppedClock(BootClock):
    """The machine's clock, set as the file says."""

    def machine_us(self) -> int:
        """Return what this machine takes the time to be."""
        return super().machine_us() + int(_OFF.read_text(encoding="ascii")) * MICROSECONDS


asyncio.run(service.run(load(Path(sys.argv[1])), SteppedClock()))
