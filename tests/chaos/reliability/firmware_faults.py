"""The tool's own firmware, with a body on it, while the daemon is killed in mid-session."""

import asyncio
import random
import signal
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from typing import Any

from broker import Mosquitto
from chain import BRIDGE, Chain
from kernel_counts import peak_mb
from program_paths import BIN

from ql_release import simulate
from ql_release.analysis import analyze
from ql_release.journal.archive import sessions, write_session_capture
from reliability.rig import until
from reliability.row import Row
from reliability.tape import contents_of
from reliability.undisturbed import Expected
from reliability.watcher import Watcher

BODY = simulate.demo_body()
"""Four holds with a release, a slip and a bone contact: two minutes and three quarters."""
SPEED = 10.0
END_AFTER_S = 60.0
END_S = "120"
SEED = 4
LONGEST_WAIT_S = 1.0
"""A kill comes within this after its event: ten seconds of the body."""


async def killed(folder: Path, _expected: Expected, kills: int) -> Row:
    """Kill the daemon so many times while a body lies on the real tool.

    The firmware begins its stream anew in each run, so an undisturbed run has other ids. What is
    compared is what the body must give, by type and in order, and what an undisturbed analysis
    of the very frames gives, by id and contents.
    """
    folder /= "firmware"
    folder.mkdir()
    chance = random.Random(SEED)  # noqa: S311 - chooses moments, guards nothing
    broker = Mosquitto(BIN / "mosquitto", folder)
    chain = Chain(folder, broker, BIN / "micropython", speed=SPEED, end_after_s=END_AFTER_S)
    watcher = Watcher(broker.port, BRIDGE, chain.clock.now_us)
    broker.start()
    watcher.start()
    try:
        peak = await _play(chain, watcher, kills, chance)
    finally:
        await watcher.stop()
        await chain.close()
        broker.stop()
    expected = _types(folder / "trace.csv")
    heard = list(watcher.events.values())
    same = _of_the_frames(chain.journal, folder)
    return Row(
        "daemon killed, real firmware",
        f"`kill -9` at {kills} random moments of a session under MicroPython",
        expected=len(expected),
        lost=len(expected) - _matched(expected, [event["type"] for event in heard]),
        doubled=len(watcher.doubled),
        strange=sum(same.get(event["id"]) != event for event in heard),
        peak_mb=peak,
    )


async def _play(chain: Chain, watcher: Watcher, kills: int, chance: random.Random) -> float:
    """Play the session; return the daemon's peak memory, MB."""
    daemon = await chain.daemon()
    await chain.tool(BODY, "--end", END_S)
    peak = 0.0
    expected = len(_types(chain.folder / "trace.csv"))
    for moment in sorted(chance.sample(range(1, expected - 1), kills)):
        await until(partial(_has_heard, watcher, moment))
        await asyncio.sleep(chance.uniform(0, LONGEST_WAIT_S))
        peak = max(peak, peak_mb(daemon.pid))
        await daemon.end(signal.SIGKILL)
        daemon = await chain.daemon()
    await until(lambda: _has_ended(watcher))
    peak = max(peak, peak_mb(daemon.pid))
    await daemon.end()
    return peak


def _has_heard(watcher: Watcher, events: int) -> bool:
    return len(watcher.events) >= events


def _has_ended(watcher: Watcher) -> bool:
    return any(event["type"] == "ended" for event in watcher.events.values())


def _types(trace: Path) -> list[str]:
    """Return the types of the body's events."""
    return [found.event.type for found in analyze(trace)]


def _matched(expected: list[str], heard: list[str]) -> int:
    """Return how many of the expected came, in order."""
    matcher = SequenceMatcher(None, expected, heard, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def _of_the_frames(journal: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Return what an undisturbed analysis of the journaled frames gives, by id."""
    found: dict[str, dict[str, Any]] = {}
    for number, session in enumerate(sessions(journal)):
        capture = folder / f"session{number}.qlcap"
        write_session_capture(journal, session.id, capture)
        found |= {one.event.id: contents_of(one.event) for one in analyze(capture)}
    return found
