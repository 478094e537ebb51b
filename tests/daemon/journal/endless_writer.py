"""Journals events without end and says which are safe; made to be killed.

Usage: endless_writer.py JOURNAL FIRST
"""

import asyncio
import sys
from pathlib import Path

from ql_release.events import HoldStarted
from ql_release.journal import Batch, Journal, SegmentRecord, SegmentStart
from ql_release.payloads.base import rfc3339


def _batch(n: int) -> Batch:
    moment = rfc3339(1_790_000_000_000_000 + n * 1000)
    event = HoldStarted(
        id=f"{n:032x}",
        bridge="pi",
        tool="mat",
        at=moment,
        decided_at=moment,
        session=None,
        person=None,
        placement=None,
    )
    record = SegmentRecord("frame", n, 1, n, bytes(200))
    return Batch("mat", records=[record], events=[event])


async def _main(path: Path, first: int) -> None:
    async with await Journal.open(path, window_s=0.002) as journal:
        if not await journal.open_segments():
            await journal.write(Batch("mat", open_segment=SegmentStart(b"serial", "{}", 0)))
        n = first
        while True:
            await asyncio.gather(*(journal.write(_batch(n + step)) for step in range(10)))
            n += 10
            sys.stdout.write(f"{n}\n")
            sys.stdout.flush()


asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2])))
