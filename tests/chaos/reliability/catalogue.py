"""Every fault, how large it is in `make chaos` and how small in `make test`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reliability import (
    broker_faults,
    clock_faults,
    daemon_faults,
    day_faults,
    disk_faults,
    firmware_faults,
    link_faults,
    many_faults,
    tool_faults,
    twin_faults,
)
from reliability.row import Row
from reliability.tape import END_AFTER_S, FOREVER_S, Tape, sessions_for
from reliability.undisturbed import Expected, undisturbed

Run = Callable[[Path, Expected, int], Awaitable[Row]]
"""Does a fault in a folder, to a daemon of which this is expected, so many times."""

LANES = (1, 2)
"""What runs one after another; the two go on side by side, for a machine of two cores."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a fault is.

    Attributes:
        events: the least events of the tool's tape.
        times: how often, or how much, it is done.
    """

    events: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault.

    Attributes:
        name: what it is called on the command line.
        run: does it.
        full: its size in `make chaos`.
        quick: its size in `make test`; None where another test there has it.
        lane: where it has its turn.
        end_after_s: after how long without contact the tape's sessions end.
        needs: returns whether this machine can do it at all.
    """

    name: str
    run: Run
    full: Size
    quick: Size | None
    lane: int = 2
    end_after_s: float = END_AFTER_S
    needs: Callable[[], bool] = lambda: True

    async def done(self, folder: Path, size: Size) -> Row:
        """Do it, and return how it went."""
        return await self.run(folder, _expected(size.events, self.end_after_s), size.times)


@cache
def _expected(events: int, end_after_s: float) -> Expected:
    return Expected.of(Tape(sessions_for(events), end_after_s=end_after_s))


SHORT = 1_600
"""Events of an ordinary stream, which lasts six seconds or more."""
TINY = Size(320)

FAULTS = (
    Fault("none", undisturbed, Size(10_000), TINY, lane=1),
    Fault("daemon-killed", daemon_faults.killed, Size(10_000, 200), Size(320, 4), lane=1),
    Fault("firmware", firmware_faults.killed, Size(0, 6), None, lane=1),
    Fault("power-cut", twin_faults.power_cut, Size(SHORT, 3), TINY),
    Fault("broker-killed", broker_faults.killed, Size(SHORT, 5), TINY),
    Fault("broker-stopped", broker_faults.stopped, Size(SHORT, 2), TINY),
    Fault("broker-empty", broker_faults.restarted_empty, Size(SHORT, 5), TINY),
    Fault("password", broker_faults.refused, Size(SHORT, 3), TINY),
    Fault(
        "day",
        day_faults.unreachable,
        Size(10_000, 2_000_000),
        Size(320, 20_000),
        lane=1,
        end_after_s=FOREVER_S,
    ),
    Fault(
        "cut",
        link_faults.cut_at_every_byte,
        Size(8_000, 1),
        Size(320, 121),
        lane=1,
        end_after_s=FOREVER_S,
    ),
    Fault("disk-full", disk_faults.full, Size(SHORT, 2), TINY, needs=disk_faults.has_small_disks),
    Fault("truncated", disk_faults.truncated, Size(240, 10), Size(160, 1)),
    Fault("twins", twin_faults.second_daemon, Size(SHORT, 2), TINY),
    Fault("clock", clock_faults.stepped, Size(SHORT, 2), TINY),
    Fault("garbage", tool_faults.garbage, Size(SHORT), TINY),
    Fault("repeated", tool_faults.repeated, Size(SHORT), TINY),
    Fault("reordered", tool_faults.reordered, Size(SHORT), TINY),
    Fault("flood", tool_faults.flood, Size(SHORT), TINY),
    Fault("many", many_faults.many_tools, Size(0, 50), Size(0, 10)),
)
