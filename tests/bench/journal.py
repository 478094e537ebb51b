"""What the journal costs: the gain of its group commit, commits for an event, a year's disk.

Run it on the disk that matters: `python tests/bench/journal.py [FOLDER]`. Every commit flushes
the disk, so that the ratios say much and the rows a second only something about that disk. Ends
with 1 when a year of daily use takes 200 MB or more, raw frames apart, or an event more than one
commit.
"""

import asyncio
import json
import random
import statistics
import struct
import sys
import tempfile
import time
from pathlib import Path

from ql_release.events import Event, body, parse
from ql_release.journal import (
    Batch,
    FinishedSession,
    Journal,
    Limits,
    SegmentRecord,
    SegmentStart,
)
from ql_release.journal.chunks import RECORDS_IN_CHUNK
from ql_release.journal.limits import DAY_US, MEGABYTE
from ql_release.journal.upkeep import Upkeep, used_bytes
from ql_release.journal.writer import GROUP_WINDOW_S
from ql_release.payloads.base import rfc3339

ROUNDS = 5
ROWS = 1000
SINGLES = 100
"""Rows with a commit each: fewer, for they take long."""
TOOLS = 50
FRAME = bytes(220)
"""About a frame of 8 zones and IMU at 100 Hz, 6 samples."""

YEAR_MB = 200
"""Target for a year of daily use without raw frames."""
SESSIONS_A_YEAR = 2 * 365
MEASURED_SESSIONS = 4
"""Sessions of the year with frames: what is measured is a session's, and it takes its time."""
SESSION_EVERY_US = DAY_US // 2
START_US = 1_790_000_000_000_000
HOLDS = 12
"""Holds of a session: two to three for each of three zones and two sides would be a long one."""
FELT_SHARE = 0.5
SESSION_S = 600
RATE_HZ = 100
SAMPLES_IN_FRAME = 6
EXAMPLE_FOLDER = Path(__file__).parents[1] / "contract" / "mqtt" / "examples"
EXAMPLES: dict[str, Event] = {
    event.type: event
    for event in map(parse, (f.read_text() for f in EXAMPLE_FOLDER.glob("event*")))
}
"""An event of each type, as full as the contract shows it."""


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


async def _group_commit(folder: Path) -> None:
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


class _Tool:
    """A tool of which the daemon journals as the pipeline tells it.

    Args:
        chance: what happens, and the noise in the frames.
        journal: where it goes.
    """

    def __init__(self, chance: random.Random, journal: Journal) -> None:
        self._chance = chance
        self._journal = journal
        self.events = 0
        self.frames_bytes = 0

    async def session(self, number: int, *, frames: bool) -> None:
        """Journal a session as the daemon does: a batch a second, and one with each event."""
        opened_us = START_US + number * SESSION_EVERY_US
        events = self._events(number, opened_us)
        records = self._records(opened_us) if frames else []
        await self._journal.write(
            Batch(
                "tool-1",
                open_segment=SegmentStart(b"12345678", '{"source": "tool"}', opened_us),
                records=records,
                events=events[:-1],
            )
        )
        ended = events[-1]
        summary = json.dumps({"session": ended.id, "summary": body(ended).decode()}).encode()
        finished = FinishedSession(ended.session or "", "p1", opened_us, summary)
        stored = await self._journal.write(
            Batch("tool-1", events=[ended], summary=finished, close_segment=True)
        )
        await self._journal.sent(range(self.events + 1, stored[-1].seq + 1))
        self.events = stored[-1].seq
        self.frames_bytes += sum(len(record.data) for record in records)

    def _events(self, number: int, opened_us: int) -> list[Event]:
        """Return a session's events; examples of the contract, each at its own time."""
        session = f"{number:032x}"
        told = ["started"]
        for _ in range(HOLDS):
            told += [
                "hold_started",
                *self._chance.choices(("slip", "bone_contact", "released"), k=2),
            ]
            told += ["felt"] * (self._chance.random() < FELT_SHARE) + ["hold_ended"]
        return [
            EXAMPLES[kind].model_copy(
                update={
                    "id": session if kind == "started" else f"{self._chance.getrandbits(128):032x}",
                    "at": rfc3339(opened_us + 1_000_000 * n),
                    "decided_at": rfc3339(opened_us + 1_000_000 * n),
                    "session": session,
                    "person": "p1",
                }
            )
            for n, kind in enumerate([*told, "ended"])
        ]

    def _records(self, opened_us: int) -> list[SegmentRecord]:
        """Return a session's frames: four zones and an IMU at 100 Hz, with a sensor's noise."""
        gauss = self._chance.gauss
        records = []
        for first in range(0, SESSION_S * RATE_HZ, SAMPLES_IN_FRAME):
            samples = b"".join(
                b"".join(round(gauss(2e5, 60)).to_bytes(3, "little", signed=True) for _ in range(4))
                + struct.pack("<6h", *(round(gauss(1000, 8)) for _ in range(6)))
                for _ in range(SAMPLES_IN_FRAME)
            )
            head = struct.pack("<BBHIIHBB", 0x11, 0, 7, first, first * 10_000, 10_000, 0x14, 6)
            records.append(SegmentRecord("frame", opened_us + first, 7, first, head + samples))
        return records


async def _tidied(journal: Journal, limits: Limits) -> None:
    """Let the journal do all the tidying there is."""
    upkeep = Upkeep(limits)
    while await journal._tidy(upkeep, START_US + 400 * DAY_US):
        pass


async def _a_year(folder: Path) -> bool:
    """Print what a year of daily use takes, and whether that is less than its target."""
    path = folder / "year.db"
    keep = Limits.of(keep_days=3650, keep_mb=1000, frames_days=90, frames_mb=2000)
    async with await Journal.open(path, window_s=0.0) as journal:
        tool = _Tool(random.Random(1), journal)  # noqa: S311 - makes up data
        for number in range(SESSIONS_A_YEAR):
            await tool.session(number, frames=number >= SESSIONS_A_YEAR - MEASURED_SESSIONS)
        records = await journal._writer.read(
            lambda db: db.execute("SELECT count(*), sum(length(data)) FROM records").fetchone()
        )
        before = await journal._writer.read(used_bytes)
        began = time.perf_counter()
        await _tidied(journal, keep)
        took = time.perf_counter() - began
        used = await journal._writer.read(used_bytes)
        chunks = await journal._writer.read(
            lambda db: db.execute("SELECT sum(bytes) FROM segments").fetchone()[0]
        )
    print(f"a year of {SESSIONS_A_YEAR} sessions, {tool.events:,} events: ", end="")
    print(f"{used / MEGABYTE:.1f} MB without raw frames (target: below {YEAR_MB} MB)")
    print(
        f"raw frames of one session: {tool.frames_bytes / MEASURED_SESSIONS / MEGABYTE:.2f} MB, "
        f"{chunks / MEASURED_SESSIONS / MEGABYTE:.2f} MB compressed, "
        f"{2 * 90 * chunks / MEASURED_SESSIONS / MEGABYTE:.0f} MB in 90 days"
    )
    steps = records[0] / RECORDS_IN_CHUNK
    print(f"compressing: {took / steps * 1000:.1f} ms a step, {before / MEGABYTE:.1f} MB before")
    return bool(used < YEAR_MB * MEGABYTE)


async def _commits(folder: Path) -> bool:
    """Print how many commits events cost, one by one and together."""
    worst = 0.0
    for together in (1, 10, 100):
        async with await Journal.open(folder / f"commits-{together}.db") as journal:
            trace: list[str] = []
            await journal._writer.read(lambda db, told=trace: db.set_trace_callback(told.append))
            tool = _Tool(random.Random(2), journal)  # noqa: S311 - makes up data
            events = [
                event
                for number in range(5)
                for event in tool._events(number, START_US + number * SESSION_EVERY_US)
            ]
            for first in range(0, len(events), together):
                some = events[first : first + together]
                await asyncio.gather(
                    *(journal.write(Batch("tool-1", events=[event])) for event in some)
                )
            share = trace.count("COMMIT") / len(events)
            trace.clear()
            for first in range(0, len(events), together):
                await journal.sent(range(first + 1, first + together + 1))
            noted = trace.count("COMMIT") / len(events)
        worst = max(worst, share)
        print(
            f"{together:3} events at a time: {share:.3f} commits an event (target: at most 1), and "
            f"{noted:.3f} once the broker has them"
        )
    return worst <= 1


async def _main(folder: Path) -> bool:
    await _group_commit(folder)
    return all([await _commits(folder), await _a_year(folder)])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as made:
        sys.exit(not asyncio.run(_main(Path(made))))
