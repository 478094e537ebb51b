"""The daemon itself goes away: `kill -9`, as a power cut or the kernel's memory killer does."""

import asyncio
import random
from pathlib import Path

from reliability.rig import rig
from reliability.row import Row
from reliability.undisturbed import Expected

SEED = 4
RATE = 1600.0
"""Samples a second: some 140 events a second, so that a daemon sees some before its end."""
LONGEST_WAIT_S = 0.05
"""A kill comes within this after its event: anywhere in what the daemon does with it."""


async def killed(folder: Path, expected: Expected, kills: int, seed: int = SEED) -> Row:
    """Kill the daemon when so many events have been heard, so many times.

    The moments are drawn from the whole stream. Where two lie close together, the second kill
    comes while the daemon still starts or rebuilds what was open.
    """
    chance = random.Random(seed)  # noqa: S311 - chooses moments, guards nothing
    moments = sorted(chance.random() for _ in range(kills))
    async with rig(folder / "killed", expected.tape, rate=RATE) as made:
        for moment in moments:
            await made.heard(moment)
            await asyncio.sleep(chance.uniform(0, LONGEST_WAIT_S))
            await made.kill_daemon()
            await made.start_daemon()
        await made.whole()
        did = f"`kill -9` at {kills} random moments (seed {seed}), started again each time"
        return await made.finish("daemon killed", did, expected.events)
