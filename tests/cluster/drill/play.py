"""The drill itself: one node after another is killed and brought back while events flow."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mqtt_bench import until

from drill.bridge import Bridge
from drill.cluster import Cluster
from drill.node import Node
from drill.retained import differing, documents
from drill.verdict import Verdict, judge
from drill.watcher import CLIENT_ID, Watcher

AGREE_TRIES = 10
AGREE_AGAIN_S = 1.0
"""What is retained reaches the other nodes a moment later."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a drill is; stretches are counted in events that arrive at the watcher.

    Attributes:
        bridges: how many daemons.
        tools: on each of them.
        victims: how many nodes are killed, one after another, the leader first.
        before: events before the first node is killed.
        away: events while a node is away.
        after: events after it is back in step, before the next.
    """

    bridges: int
    tools: int
    victims: int
    before: int
    away: int
    after: int


FULL = Plan(bridges=4, tools=14, victims=3, before=1000, away=1500, after=1500)
"""100 events a second: 10 s before, then each time 15 s with two nodes and 15 s with all."""
SMALL = Plan(bridges=1, tools=14, victims=1, before=50, away=75, after=50)
"""For a test: 25 events a second, only the leader is killed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happened around the loss of one node.

    Attributes:
        node: its name.
        led: which streams it led (`meta`: the cluster itself).
        daemons: how many were connected to it.
        watched: whether the watcher was.
        silence_s: longest time without an event at the watcher, until the next node's turn.
        back_s: from its new start until it was in step again.
    """

    node: str
    led: tuple[str, ...]
    daemons: int
    watched: bool
    silence_s: float
    back_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a drill found.

    Attributes:
        faults: in their order.
        verdict: over all events.
        rate: events a second that were journaled while people lay on the tools.
        seconds: the whole drill, from the first daemon to the verdict.
        connections: how often the watcher connected.
        pages: how many pages of history it asked for.
        documents: retained documents that no longer change.
        differing: of those, how many are not the same on every node.
        node_mb: resident memory of each node at the end, MB.
    """

    faults: tuple[Fault, ...]
    verdict: Verdict
    rate: float
    seconds: float
    connections: int
    pages: int
    documents: int
    differing: int
    node_mb: tuple[float, ...]

    @property
    def good(self) -> bool:
        """Whether exactly what was journaled has arrived, and all nodes agree."""
        return self.verdict.good and self.documents > 0 and not self.differing


@dataclass
class Drill:
    """A cluster with daemons and a watcher; made by `staged`.

    Attributes:
        say: is told what happens, a line each.
    """

    plan: Plan
    cluster: Cluster
    bridges: list[Bridge]
    watcher: Watcher
    say: Callable[[str], None]
    _faults: list[Fault] = field(default_factory=list)

    async def play(self) -> Outcome:
        """Play the whole plan."""
        began = time.monotonic()
        self.say("three nodes are up, and the daemons start")
        self.watcher.start()
        for bridge in self.bridges:
            await bridge.start(self.plan.tools)
        busy = time.monotonic()
        await self._more(self.plan.before)
        for _ in range(self.plan.victims):
            await self._lose(await self._victim())
        busy_s, journaled = time.monotonic() - busy, self._journaled()
        self.say("everyone gets up; waiting for the last events")
        await asyncio.gather(*(bridge.finish() for bridge in self.bridges))
        await self._catch_up()
        nodes = self.cluster.living
        told = await self._documents(nodes)
        return Outcome(
            faults=tuple(self._faults),
            verdict=judge(self.bridges, self.watcher),
            rate=journaled / busy_s,
            seconds=time.monotonic() - began,
            connections=self.watcher.connections,
            pages=self.watcher.history_pages,
            documents=len(set().union(*told)),
            differing=len(differing(told)),
            node_mb=tuple(node.rss_mb for node in nodes),
        )

    async def _lose(self, node: Node) -> None:
        """Kill a node, bring it back, and note what came of it."""
        clients = await node.clients()
        led = await self.cluster.led_by(node.name)
        daemons = sum(name.startswith("ql-release-") for name in clients)
        watched = CLIENT_ID in clients
        self.watcher.begin_to_listen()
        await node.kill()
        self.say(f"{node.name} is killed: it led {len(led)} and had {daemons} of the daemons")
        await self._more(self.plan.away)
        await node.start()
        started = time.monotonic()
        await node.until_healthy()
        back_s = time.monotonic() - started
        self.say(f"{node.name} is back, and in step after {back_s:.1f} s")
        await self._more(self.plan.after)
        silence_s = self.watcher.longest_silence_s
        self._faults.append(Fault(node.name, tuple(led), daemons, watched, silence_s, back_s))
        self.say(f"longest time without an event: {silence_s:.1f} s")

    async def _victim(self) -> Node:
        """Return the leader, the first time; then the nodes that had no turn yet."""
        if not self._faults:
            return await self.cluster.leader()
        had = {fault.node for fault in self._faults}
        return next(node for name, node in self.cluster.nodes.items() if name not in had)

    async def _more(self, events: int) -> None:
        """Wait until so many more events have reached the watcher."""
        wanted = self.watcher.count() + events
        await until(lambda: self.watcher.count() >= wanted)

    async def _catch_up(self) -> None:
        """Let the watcher look once more; what it then still lacks is lost."""
        self.watcher.look_again()
        journaled = self._journaled()
        with contextlib.suppress(TimeoutError):
            await until(lambda: self.watcher.count() >= journaled)

    async def _documents(self, nodes: list[Node]) -> list[dict[str, bytes]]:
        """Return what is retained on each node, once they agree or never will."""
        told: list[dict[str, bytes]] = []
        for _ in range(AGREE_TRIES):
            told = [await documents(node, self.cluster.ca_file) for node in nodes]
            if not differing(told):
                break
            await asyncio.sleep(AGREE_AGAIN_S)
        return told

    def _journaled(self) -> int:
        return sum(bridge.journaled() for bridge in self.bridges)


@asynccontextmanager
async def staged(
    plan: Plan, program: Path, folder: Path, say: Callable[[str], None]
) -> AsyncIterator[Drill]:
    """Set up a drill whose cluster runs; end every process afterwards.

    Args:
        plan: how large.
        program: the NATS server.
        folder: an empty one, for everything.
        say: is told what happens.
    """
    cluster = Cluster(program, folder)
    names = [f"home-{number + 1}" for number in range(plan.bridges)]
    bridges = [Bridge(name, n, cluster, folder / name) for n, name in enumerate(names)]
    watcher = Watcher(cluster.urls, cluster.ca_file, names)
    async with AsyncExitStack() as closing:
        for node in cluster.nodes.values():
            closing.push_async_callback(node.close)
        for bridge in bridges:
            closing.push_async_callback(bridge.close)
        closing.push_async_callback(watcher.close)
        await cluster.start()
        yield Drill(plan, cluster, bridges, watcher, say)
