"""Fifty tools at once, as in a studio: what they cost, and that none is mistaken for another."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kernel_counts import processor_s, resident_mb

from ql_release import simulate
from ql_release.wire.calibration import Calibration, ZoneCalibration, ZoneKind
from ql_release.wire.frames import SampleFrame
from ql_release.wire.limits import U32
from reliability.rig import Rig, rig, until
from reliability.ringtool import RingTool
from reliability.row import Row
from reliability.tape import BATCH, Tape
from reliability.undisturbed import Expected

BASE_MB = 48.0
"""What the daemon may have with one tool in these tests …"""
FURTHER_MB = 1.0
"""… and what each further tool may add (the project's own target)."""
RATE = 8000.0
"""Samples a second of all tools together."""

COST_HZ = 100
COST_PERIOD_US = 10_000
COST_ZONES = 4
COST_S = 20.0
"""Seconds over which the processor time is taken, which is counted in hundredths."""
N_PER_COUNT = 2.0**-10


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many tools take of the daemon.

    Attributes:
        tools: how many.
        share: of one core.
        resident_mb: resident memory, MB.
    """

    tools: int
    share: float
    resident_mb: float

    def per_further(self, alone: "Cost") -> float:
        """Return the memory of each tool beyond the first, MB."""
        return (self.resident_mb - alone.resident_mb) / (self.tools - alone.tools)


@dataclass(frozen=True)
class BodyTape:
    """A simulated body on four zones at 100 Hz, without end."""

    number: int
    period_us: int = COST_PERIOD_US

    @property
    def serial(self) -> bytes:
        """The tool's serial number."""
        return self.number.to_bytes(8, "big")

    @property
    def uid(self) -> int:
        """The stream's uid."""
        return self.number

    @property
    def name(self) -> str:
        """What the tool calls itself."""
        return f"tool-{self.number}"

    @property
    def calibration(self) -> Calibration:
        """What its counts mean."""
        zone = ZoneCalibration(ZoneKind.LOAD_CELL, 0, N_PER_COUNT)
        return Calibration(1, (zone,) * COST_ZONES, 0.0, 0.0, (0, 0, 0))

    def frame(self, index: int, *, replayed: bool = False, count: int = BATCH) -> SampleFrame:
        """Return the frame of so many samples from an index on."""
        rows = body()
        return SampleFrame(
            flags=0,
            stream=self.uid & 0xFFFF,
            index=index,
            t0_us=index * COST_PERIOD_US & U32,
            period_us=COST_PERIOD_US,
            n_force=COST_ZONES,
            imu=0,
            n=count,
            body=b"".join(rows[place % len(rows)] for place in range(index, index + count)),
            replayed=replayed,
        )


@cache
def body() -> list[bytes]:
    """Return a hold of a minute as raw samples."""
    hold = simulate.Hold(force_n=80.0, lasts=60.0, rest_s=1.0)
    sensor = simulate.Sensor(zones=COST_ZONES, rate_hz=COST_HZ, imu=False)
    scenario = simulate.Scenario(holds=(hold,), sensor=sensor)
    return [
        b"".join(round(n / N_PER_COUNT).to_bytes(3, "little", signed=True) for n in forces)
        for _, forces, _ in simulate.rows(scenario)
    ]


def tapes(count: int) -> list[Tape]:
    """Return a session for each of so many tools."""
    return [
        Tape(1, serial=(0xC0DE00 + n).to_bytes(8, "big"), uid=0xF1EE7_0000 + n, name=f"tool-{n}")
        for n in range(count)
    ]


async def many_tools(folder: Path, _expected: Expected, count: int) -> Row:
    """Let so many tools measure a session each at the same time."""
    first, *others = tapes(count)
    expected = {due.id: due.contents for tape in (first, *others) for due in tape.due}
    rate = RATE / count
    async with rig(folder / "many", first, rate=rate) as made, AsyncExitStack() as stack:
        for tape in others:
            tool = RingTool(tape, made.chain.tcp_port, rate=rate)
            tool.start()
            stack.push_async_callback(tool.stop)
        row = await made.finish(
            f"{count} tools at once", "a session on each at the same time", expected
        )
    return replace(row, limit_mb=BASE_MB + FURTHER_MB * (count - 1))


async def cost(folder: Path, count: int, seconds: float = COST_S) -> Cost:
    """Return what so many tools of 100 Hz and four zones take of the daemon in mid-session."""
    async with rig(folder / f"cost-{count}", tapes(1)[0], playing=False) as made:
        tools = [RingTool(BodyTape(n), made.chain.tcp_port, rate=COST_HZ) for n in range(count)]
        for tool in tools:
            tool.start()
        await until(lambda: _in_hold(made) == count)
        assert made.daemon is not None
        before, began = processor_s(made.daemon.pid), time.monotonic()
        await asyncio.sleep(seconds)
        share = (processor_s(made.daemon.pid) - before) / (time.monotonic() - began)
        resident = resident_mb(made.daemon.pid)
        for tool in tools:
            await tool.stop()
    return Cost(count, share, resident)


def _in_hold(made: Rig) -> int:
    """Return how many tools have begun a hold."""
    return sum(event["type"] == "hold_started" for event in made.watcher.events.values())
