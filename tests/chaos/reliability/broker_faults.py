"""The broker goes away, hangs, forgets everything, or lets nobody in."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

from chain import BRIDGE, TOOL
from mqtt_bench import Login, signal_broker
from program_paths import BIN

from reliability.rig import Rig, rig, until
from reliability.row import Row
from reliability.undisturbed import Expected
from reliability.watcher import Watcher

KEEPALIVE = "keepalive_s = 5\n"
"""The shortest that can be set: a hung broker is to be noticed within a few seconds."""
KEPT = ["allow_anonymous true", "persistence true"]
AWAY_S = 1.5
"""How long the broker stays away each time: some four hundred events."""
HURRY = 30.0
"""Speed of the daemon's clock where it waits half a minute for a person to mend the password."""
NEWCOMERS, NEWCOMER_S = 10, 2.0
"""What is published once somebody has come reaches them, but not as retained: another looks."""
RETAINED = {
    f"ql_release/bridge/{BRIDGE}/status",
    f"ql_release/tool/{TOOL}/hello",
    f"ql_release/tool/{TOOL}/availability",
}
"""What a broker that has lost everything must have again."""


async def killed(folder: Path, expected: Expected, times: int) -> Row:
    """Kill the broker, which keeps what it had on its disk, and start it again."""
    async with rig(folder / "broker_killed", expected.tape) as made:
        made.broker.configure([*KEPT, f"persistence_location {made.chain.folder}/"])
        for number in range(times):
            await made.heard((number + 0.5) / (times + 1))
            made.broker.kill()
            await asyncio.sleep(AWAY_S)
            made.broker.start()
            await made.whole()
        did = f"`kill -9` of Mosquitto {times} times, away for {AWAY_S} s each"
        return await made.finish("broker killed", did, expected.events)


async def restarted_empty(folder: Path, expected: Expected, times: int) -> Row:
    """Stop the broker and start it without anything that it had."""
    async with rig(folder / "broker_empty", expected.tape) as made:
        for number in range(times):
            await made.heard((number + 0.5) / (times + 1))
            made.broker.stop()
            made.broker.start()
            await made.whole()
        back = await _stands_again(made)
        did = f"Mosquitto restarted {times} times without anything retained or queued"
        row = await made.finish("broker restarted empty", did, expected.events)
        return row if back else row.with_problem("not all that is retained was there again")


async def stopped(folder: Path, expected: Expected, times: int) -> Row:
    """Stop the broker's process (SIGSTOP): its connections stand, and nothing answers."""
    async with rig(folder / "broker_stopped", expected.tape, mqtt=KEEPALIVE) as made:
        noticed = True
        for number in range(times):
            await made.heard((number + 0.5) / (times + 1))
            signal_broker(made.broker, signal.SIGSTOP)
            noticed &= await until(_losses(made, number + 1))
            signal_broker(made.broker, signal.SIGCONT)
            await made.whole()
        did = f"SIGSTOP of Mosquitto {times} times, until the daemon gave the connection up"
        row = await made.finish("broker stopped", did, expected.events)
        return row if noticed else row.with_problem("the daemon did not notice")


async def refused(folder: Path, expected: Expected, times: int) -> Row:
    """Change the password at the broker; the daemon's file is mended later."""
    async with rig(folder / "password", expected.tape, speed=HURRY) as made:
        login = Login(made.broker, BIN / "mosquitto_passwd", made.chain.folder)
        for number in range(times):
            await made.heard((number + 0.5) / (times + 1))
            login.require("ql", f"new-{number}")
            await until(lambda: login.refusals() > 0)
            await asyncio.sleep(AWAY_S)
            made.broker.configure(["allow_anonymous true"])
            made.broker.stop()
            made.broker.start()
            await made.whole()
        did = f"login refused {times} times, for {AWAY_S} s each"
        return await made.finish("password refused", did, expected.events)


async def _stands_again(made: Rig) -> bool:
    """Return whether somebody who comes now, or soon, finds all that must stand at the broker."""
    for _ in range(NEWCOMERS):
        newcomer = Watcher(made.broker.port, BRIDGE)
        newcomer.start()
        stands = await until(partial(_knows_all, newcomer), NEWCOMER_S)
        await newcomer.stop()
        if stands:
            return True
    return False


def _knows_all(newcomer: Watcher) -> bool:
    return newcomer.retained.keys() >= RETAINED


def _losses(made: Rig, count: int) -> Callable[[], bool]:
    """Return a condition: the daemon has said so often that it lost the connection."""
    return lambda: made.daemon is not None and made.daemon.said.count(" was lost (") >= count
