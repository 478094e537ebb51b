"""The wall clock of the daemon's machine is set: NTP after a boot, or somebody's mistake."""

import time
from pathlib import Path

from reliability.rig import rig
from reliability.row import Row
from reliability.undisturbed import Expected

PROGRAM = Path(__file__).parent / "programs" / "stepped.py"
HOUR_S = 3600.0
MICROSECONDS = 1_000_000


async def stepped(folder: Path, expected: Expected, times: int) -> Row:
    """Set the clock an hour forward, back, and back again by another hour, in mid-session."""
    folder = folder / "stepped"
    offset = folder / "offset"

    def now_us() -> int:
        return time.time_ns() // 1000 + round(float(offset.read_text()) * MICROSECONDS)

    folder.mkdir(parents=True)
    offset.write_text("0")
    program = (str(PROGRAM), str(offset))
    async with rig(folder / "rig", expected.tape, program=program, now_us=now_us) as made:
        steps = [HOUR_S, 0.0, -HOUR_S, 0.0] * times
        for number, step in enumerate(steps):
            await made.heard((number + 0.5) / (len(steps) + 1))
            _set(offset, step)
            await made.whole()
        did = f"wall clock set {len(steps)} times by an hour, forward and back"
        return await made.finish("clock stepped", did, expected.events)


def _set(offset: Path, seconds: float) -> None:
    """Replace the file in one step: the daemon may be reading it."""
    fresh = offset.with_suffix(".new")
    fresh.write_text(f"{seconds:g}")
    fresh.replace(offset)
