"""The daemon itself goes away: `kill -9`, as a power cut or the kernel's memory killer does."""

import asyncio
import random
import signal
from pathlib import Path

from reliability.rig import Rig, rig
from reliability.row import Row
from reliability.undisturbed import Expected

SEED = 4
LONGEST_LIFE_S = 1.4
"""A daemon lives for a random time up to this before the next kill: from the middle of its own
start to a second of work, in which it journals some fifty events and sends them."""
KILLS_RATE = 900.0
"""Samples a second: 10,000 events take about as long as 200 lives."""


async def killed(folder: Path, expected: Expected, kills: int) -> Row:
    """Kill the daemon at random moments."""
    chance = random.Random(SEED)  # noqa: S311 - chooses moments, guards nothing
    async with rig(folder / "killed", expected.tape, rate=KILLS_RATE) as made:
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0, LONGEST_LIFE_S))
            await _kill(made)
            await made.start_daemon()
        await made.whole()
        lives = f"`kill -9` at {kills} random moments (seed {SEED}), each followed by a start"
        return await made.finish("daemon killed", lives, expected.events)


async def _kill(made: Rig) -> None:
    assert made.daemon is not None
    made.note_memory()
    await made.daemon.end(signal.SIGKILL)
