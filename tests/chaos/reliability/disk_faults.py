"""The journal's disk: full for a while, and a file that lost its end."""

import asyncio
import json
import random
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from reliability.rig import Rig, rig, until
from reliability.row import Row
from reliability.tape import Tape
from reliability.undisturbed import Expected

PROGRAM = Path(__file__).parent / "programs" / "small_disk.py"
DISK = "64m"
FULL_S = 4.0
"""How long the disk stays full: some five hundred events."""
RATE = 1600.0
BALLAST = 1 << 20
FULL = "disk is full"
RESCUE_S = 20.0
"""How long a start on a damaged journal may take; it has a few hundred events."""
SEED = 4
SHARES = (0.05, 1.0)
"""How much of a file is left of it at the least and at the most."""


def has_small_disks() -> bool:
    """Return whether this machine lets us have a disk of our own."""
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-rm", "mount", "-t", "tmpfs", "small-disk", "/tmp"]  # noqa: S108
    return subprocess.run(tried, check=False, capture_output=True).returncode == 0


async def full(folder: Path, expected: Expected, times: int) -> Row:
    """Fill the journal's disk in mid-session, and make room again."""
    disk = folder / "full" / "disk"
    program = (str(PROGRAM), str(disk), DISK)
    more: dict[str, Any] = {"program": program, "journal_file": "disk/journal.db", "rate": RATE}
    disk.mkdir(parents=True)
    async with rig(folder / "full", expected.tape, **more) as made:
        told = True
        for number in range(times):
            await made.heard((number + 0.5) / (times + 1))
            ballast = _fill(made, disk)
            told &= await until(lambda: made.daemon is not None and FULL in made.daemon.said)
            await asyncio.sleep(FULL_S)
            ballast.unlink()
            await made.whole()
        did = f"disk filled to its last byte {times} times, for {FULL_S:g} s each"
        row = await made.finish("disk full", did, expected.events)
    return row if told else row.with_problem("the log does not tell that the disk is full")


async def truncated(folder: Path, expected: Expected, times: int) -> Row:
    """Cut the journal at a random byte, so many times; what SQLite still reads must arrive.

    The broker is away until the cut, and the tool for good after it: the journal alone has what
    nobody has got. What cannot be read any more is counted, and is no loss of the daemon's.
    """
    chance = random.Random(SEED)  # noqa: S311 - chooses bytes, guards nothing
    rows = [
        await _truncate(folder / f"truncated{number}", expected.tape, number, chance)
        for number in range(times)
    ]
    gone = sum(gone for _, gone in rows)
    measured = sum(row.expected for row, _ in rows) + gone
    did = f"journal cut at {times} random bytes (seed {SEED}), nothing sent before; "
    did += f"{gone} of {measured} events were not readable any more"
    return replace(
        rows[0][0],
        did=did,
        expected=sum(row.expected for row, _ in rows),
        lost=sum(row.lost for row, _ in rows),
        doubled=sum(row.doubled for row, _ in rows),
        strange=sum(row.strange for row, _ in rows),
        peak_mb=max(row.peak_mb for row, _ in rows),
        whole_s=max((row.whole_s for row, _ in rows if row.whole_s is not None), default=None),
        problem=next((row.problem for row, _ in rows if row.problem), None),
    )


async def _truncate(
    folder: Path, tape: Tape, number: int, chance: random.Random
) -> tuple[Row, int]:
    """Cut one journal; return how it went, and how many events were not readable any more."""
    most = len(tape.due)
    async with rig(folder, tape, rate=RATE) as made:
        await until(lambda: made.tool.measured > 0)
        made.broker.kill()
        await until(lambda: made.over)
        await until(lambda: len(_readable(made.chain.journal, most)) == most)
        await made.kill_daemon()
        await made.tool.stop()
        _cut(made.chain.journal, number, chance)
        left = _readable(made.chain.journal, most)
        measured = {due.id: due.contents for due in tape.due}
        expected = {name: contents for name, contents in measured.items() if name in left}
        made.broker.start()
        again = await made.start_daemon()
        await until(lambda: again.code is not None or not made.watcher.missing(expected), RESCUE_S)
        lost = len(made.watcher.missing(expected))
        if lost:
            row = Row("journal truncated", "", len(expected), lost, 0, 0, made.peak_mb)
            trouble = "some of what can be read is not sent"
            trouble = trouble if again.code is None else "the daemon does not start on it"
            return row.with_problem(trouble), most - len(left)
        row = await made.finish("journal truncated", "", expected, measured)
    return row, most - len(left)


def _cut(journal: Path, number: int, chance: random.Random) -> None:
    """Cut the file, its log, or both, by turns, each at a random byte."""
    main, log = _files(journal)
    for file in ((main,), (log,), (main, log))[number % 3]:
        size = round(file.stat().st_size * chance.uniform(*SHARES))
        with file.open("r+b") as opened:
            opened.truncate(size)


def _readable(journal: Path, most: int) -> set[str]:
    """Return the ids of the events that SQLite can read from a copy, each asked for by itself."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / journal.name
        for file in _files(journal):
            if file.exists():
                shutil.copy(file, folder)
        with closing(sqlite3.connect(copy)) as connection:
            rows = (_row(connection, seq) for seq in range(1, most + 1))
            return {row for row in rows if row is not None}


def _files(journal: Path) -> list[Path]:
    """Return the journal's file and its log's."""
    return [journal, journal.with_name(f"{journal.name}-wal")]


def _row(connection: sqlite3.Connection, seq: int) -> str | None:
    try:
        found = connection.execute("SELECT id, body FROM events WHERE seq = ?", (seq,)).fetchone()
    except sqlite3.DatabaseError:
        return None
    return found[0] if found is not None and _is_whole(*found) else None


def _is_whole(name: object, body: bytes) -> bool:
    """Return whether a row is what was written: a cut within its page leaves zeros at its end."""
    try:
        return bool(json.loads(body)["id"] == name)
    except ValueError:
        return False


def _fill(made: Rig, disk: Path) -> Path:
    """Fill the daemon's disk; return the file that does."""
    assert made.daemon is not None
    ballast = Path(f"/proc/{made.daemon.pid}/root{disk}/ballast")
    with ballast.open("wb", buffering=0) as file:
        size = BALLAST
        while size:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2
    return ballast
