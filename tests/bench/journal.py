"""How much the journal's group commit gains: rows a second, as ratios of one run.

Run it on the disk that matters: `python tests/bench/journal.py [FOLDER]`. Every commit flushes
the disk, so that the ratios say much and the rows a second only something about that disk.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from ql_release.journal import Batch, Journal, SegmentRecord, SegmentStart
from ql_release.journal.writer import GROUP_WINDOW_S

ROUNDS = 5
ROWS = 1000
SINGLES = 100
"""Rows with a commit each: fewer, for they take long."""
TOOLS = 50
FRAME = bytes(220)
"""About a frame of 8 zones and IMU at 100 Hz, 6 samples."""


def _batch(tool: str, n: int) -> Batch:
    return Batch(tool, records=[SegmentRecord("frame", n, 1, n, FRAME)])


async def _in_groups(journal: Journal, rows: int, together: int) -> None:
    """Write rows, so many requests at a time."""
    for first in range(0, rows, together):
        numbers = range(first, first + together)
        await asyncio.gather(*(journal.write(_batch(f"tool-{n % TOOLS}", n)) for n in numbers))


async def _rate(folder: Path, window_s: float, together: int) -> float:
    """Return the rows a second that a new journal takes."""
    path = Path(tempfile.mkdtemp(dir=folder)) / "journal.db"
    rows = SINGLES if together == 1 else ROWS
    async with await Journal.open(path, window_s=window_s) as journal:
        for tool in range(TOOLS):
            start = SegmentStart(b"12345678", "{}", 0)
            await journal.write(Batch(f"tool-{tool}", open_segment=start))
        began = time.perf_counter()
        await _in_groups(journal, rows, together)
        return rows / (time.perf_counter() - began)


async def _main(folder: Path) -> None:
    cases = {
        "a commit for each row": (0.0, 1),
        "10 requests at a time, no window": (0.0, 10),
        "100 requests at a time, no window": (0.0, 100),
        "500 requests at a time, no window": (0.0, 500),
        "500 requests at a time, the daemon's window": (GROUP_WINDOW_S, 500),
    }
    rates: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, (window_s, together) in cases.items():
            rates[name].append(await _rate(folder, window_s, together))
    medians = {name: statistics.median(of_one) for name, of_one in rates.items()}
    base = medians["a commit for each row"]
    for name, rate in medians.items():
        print(f"{name:45} {rate:9,.0f} rows/s, {rate / base:5.1f} times as many")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as made:
        asyncio.run(_main(Path(made)))
