"""Two daemons with one id: the newcomer stops and says so; one that restarts is no newcomer."""

import asyncio
import signal
from pathlib import Path

from chain import Chain

from reliability.rig import PATIENCE_S, Rig, rig
from reliability.row import Row
from reliability.undisturbed import Expected

SAID = "another daemon with the bridge id"
ALIVE_S = 3.0
"""A daemon that refuses itself would have stopped within this: the guard judges at connecting."""


async def second_daemon(folder: Path, expected: Expected, times: int) -> Row:
    """Start a second daemon with the same bridge id and a journal of its own."""
    async with rig(folder / "twins", expected.tape, rate=1600.0) as made:
        problem = None
        for number in range(times):
            await made.heard((number + 0.5) / (times + 1))
            problem = problem or await _newcomer(made, folder / f"newcomer{number}")
            await made.whole()
        did = f"a second daemon with the same id started {times} times; it stops and says so"
        row = await made.finish("two daemons with one id", did, expected.events)
        alive = made.daemon is not None and made.daemon.code is None
        return row.with_problem(problem or (None if alive else "the older daemon stopped"))


async def power_cut(folder: Path, expected: Expected, times: int) -> Row:
    """Cut the power of daemon and broker together; the broker still has the last health."""
    async with rig(folder / "power", expected.tape, rate=1600.0) as made:
        made.broker.configure(
            ["allow_anonymous true", "persistence true", f"persistence_location {folder}/power/"]
        )
        problem = None
        for number in range(times):
            await made.heard((number + 0.5) / (times + 1))
            await made.kill_daemon()
            made.broker.kill()
            made.broker.start()
            again = await made.start_daemon()
            await made.whole()
            await asyncio.sleep(ALIVE_S)
            problem = problem or (None if again.code is None else "it refused itself")
        did = f"daemon and broker killed together {times} times, and started again"
        return (await made.finish("power cut", did, expected.events)).with_problem(problem)


async def _newcomer(made: Rig, folder: Path) -> str | None:
    """Start a second daemon; return what was wrong with how it ended."""
    folder.mkdir(parents=True)
    chain = Chain(folder, made.broker, made.chain.micropython, settings=made.chain.settings)
    process = await chain.daemon()
    try:
        await asyncio.wait_for(process.wait(), PATIENCE_S)
    except TimeoutError:
        return "the newcomer did not stop"
    finally:
        if process.code is None:
            await process.end(signal.SIGKILL)
    return None if process.code and SAID in process.said else "the newcomer did not say why"
