"""A daemon that is killed in mid-write loses nothing that it was told is safe."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from ql_release.journal import Journal

WRITER = Path(__file__).parent / "endless_writer.py"
ROUNDS = 8


def _write_until_killed(path: Path, first: int, lines: int) -> int:
    """Start a writer, kill it after so many reports, and return what it last called safe."""
    with subprocess.Popen(
        [sys.executable, WRITER, path, str(first)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(lines):
            assert writer.stdout.readline()
        writer.kill()
        # What it still said before it died counts as well; its last line may be cut.
        whole = [line for line in writer.stdout.read().splitlines(keepends=True) if "\n" in line]
    return int(whole[-1]) if whole else first + 10 * lines


@pytest.mark.parametrize("seed", [1])
async def test_nothing_that_was_committed_is_lost_over_many_kills(path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - chooses moments, guards nothing
    safe, epochs = 0, set()
    for _ in range(ROUNDS):
        safe = _write_until_killed(path, safe, chance.randrange(1, 12))
        async with await Journal.open(path) as journal:
            epochs.add(journal.epoch)
            events = await journal.unsent(1_000_000)
            [segment] = await journal.open_segments()
            records = [record.index async for record in journal.segment_records(segment.id)]
        ids = [int(event.id, 16) for event in events]
        assert set(range(safe)) <= set(ids)
        assert len(ids) == len(set(ids))
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        # An event and the frame that decided it were written together or not at all. (A round
        # begins at what was called safe, so that later records may be there twice.)
        assert set(records) == set(ids)
    assert len(epochs) == 1
