"""`make chaos`: every fault at its full size, and docs/reliability.md with what was seen.

    python -m reliability [NAME…]

With names only those are done, and the page is left alone.
"""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from program_paths import BIN

from reliability import page
from reliability.catalogue import FAULTS, LANES
from reliability.many_faults import FURTHER_MB, Cost, cost
from reliability.row import Row

PROGRAMS = ("mosquitto", "micropython")
TOOLS = 50


async def run_lane(lane: int, names: list[str], rows: dict[str, Row]) -> None:
    """Do the faults of a lane in a process of its own; print and keep each row as it comes."""
    mine = [fault.name for fault in FAULTS if fault.lane == lane and fault.name in names]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "reliability.lane", *mine, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async for line in process.stdout:
        name, fields = json.loads(line)
        rows[name] = Row(**fields)
        print(rows[name].line(), flush=True)
    await process.wait()


async def measure_cost() -> tuple[Cost, Cost]:
    """Return what one tool takes and what fifty do, while nothing else runs."""
    with tempfile.TemporaryDirectory(prefix="ql-release-chaos-") as folder:
        alone, many = await cost(Path(folder), 1), await cost(Path(folder), TOOLS)
    print(
        f"{TOOLS} tools x 100 Hz x 4 channels: {many.share:.0%} of a core, "
        f"{many.per_further(alone):.2f} MB for each further tool "
        f"({alone.resident_mb:.1f} MB with one, {many.resident_mb:.1f} MB with {TOOLS})"
    )
    return alone, many


async def main(wanted: list[str]) -> int:
    """Run; return the exit code: 0 if every row is good."""
    missing = [name for name in PROGRAMS if not (BIN / name).exists()]
    if missing:
        print(
            f"chaos needs {', '.join(missing)}: run `make programs`, which says why it is missing"
        )
        return 1
    if unknown := [name for name in wanted if name not in _all()]:
        print(f"There is no fault {', '.join(unknown)}. There are: {', '.join(_all())}")
        return 2
    names = [fault.name for fault in FAULTS if fault.needs() and fault.name in (wanted or _all())]
    for fault in FAULTS:
        if not fault.needs():
            print(f"{fault.name}: not done, this machine does not allow it")
    rows: dict[str, Row] = {}
    await asyncio.gather(*(run_lane(lane, names, rows) for lane in LANES))
    good = len(rows) == len(names) and all(row.good for row in rows.values())
    if not wanted:
        alone, many = await measure_cost()
        good &= many.per_further(alone) <= FURTHER_MB and many.share <= 1.0
        page.write_faults([rows[name] for name in names if name in rows], alone, many)
    print("all good" if good else "NOT all good", f"(load {os.getloadavg()[0]:.1f})")
    return 0 if good else 1


def _all() -> list[str]:
    return [fault.name for fault in FAULTS]


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
