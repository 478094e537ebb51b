"""The daemon's live side on a bench: a clock turned by hand, and tools that press themselves."""

import asyncio
import contextlib
import heapq
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, cast

from scripted_tool import make_info

from ql_release.context import ClockLine, Context, Limits
from ql_release.journal import Journal, JournalError
from ql_release.links.errors import LinkClosedError
from ql_release.links.source import FrameSink, ReplayAnswer, ToolHello
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import Topics, matches
from ql_release.payloads.base import rfc3339
from ql_release.payloads.session import Source
from ql_release.pipeline import Pipeline
from ql_release.sessions.tracker import ToolIdentity
from ql_release.settings import Settings
from ql_release.tools.desk import open_desk
from ql_release.tools.fleet import Fleet, seen_tools
from ql_release.tools.health import HealthReporter
from ql_release.tools.live import TICK_S, LiveTool
from ql_release.tools.people import People
from ql_release.tools.presence import HELLO_WAIT_S, Presences
from ql_release.tools.surroundings import Surroundings
from ql_release.wire.calibration import Calibration, ZoneCalibration
from ql_release.wire.control import Op, Reply, StartReply, Status
from ql_release.wire.frames import SampleFrame, StatusFrame

START_US = 1_800_000_000_000_000
"""When every test begins, Unix µs."""
PERIOD_US = 10_000
BATCH = 10
"""Samples a frame: with the period ten frames a second."""
N_PER_COUNT = 0.01
SERIAL = bytes.fromhex("00112233aabbccdd")
UID = 0xA1B2_C3D4_E5F6_0718
STEPS = 12
"""Turns of the event loop after which everything that can go on without time has."""
U32 = 0xFFFFFFFF


class HandClock:
    """A clock that stands still until somebody turns it."""

    def __init__(self) -> None:
        self._us = 0
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = count()

    def now_us(self) -> int:
        """Return Unix microseconds."""
        return START_US + self._us

    def monotonic(self) -> float:
        """Return seconds."""
        return self._us / 1_000_000

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been turned so far."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._us + round(seconds * 1_000_000)
        heapq.heappush(self._sleepers, (due, next(self._number), woken))
        await woken

    def real_seconds(self, seconds: float) -> float:
        """Return the argument."""
        return seconds

    async def turn(self, seconds: float) -> None:
        """Let so many seconds pass, waking everyone at their time."""
        target = self._us + round(seconds * 1_000_000)
        while self._sleepers and self._sleepers[0][0] <= target:
            self._us, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await settle()
        self._us = target
        await settle()


async def settle() -> None:
    """Let everything go on that waits neither for time nor for the disk."""
    for _ in range(STEPS):
        await asyncio.sleep(0)


@dataclass
class Notice:
    """Stands in for the publisher: notes what was handed in, and lets a test play the broker.

    Attributes:
        documents: what stands at each retained topic; emptied ones are not there.
        told: every document in order, with its topic; None for an emptied one.
        states: every live value, with its topic and whether it was retained.
        replies: every reply, with its topic.
        healths: every health report.
        connected: whether a broker is there.
    """

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[tuple[str, dict[str, Any] | None]] = field(default_factory=list)
    states: list[tuple[str, dict[str, Any], bool]] = field(default_factory=list)
    replies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    healths: list[dict[str, Any]] = field(default_factory=list)
    connected: bool = True
    woken: int = 0
    watchers: dict[str, Callable[[Incoming], None]] = field(default_factory=dict)

    def set_document(self, topic: str, payload: bytes | None) -> None:
        """Note a document."""
        self.told.append((topic, None if payload is None else json.loads(payload)))
        if payload is None:
            self.documents.pop(topic, None)
        else:
            self.documents[topic] = json.loads(payload)

    def drop_document(self, topic: str) -> None:
        """Let somebody else have a topic."""
        self.documents.pop(topic, None)

    def publish_state(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Note a live value."""
        if self.connected:
            self.states.append((topic, json.loads(payload), retain))

    def set_health(self, payload: bytes) -> None:
        """Note a health report."""
        self.healths.append(json.loads(payload))

    def reply(self, topic: str, payload: bytes) -> None:
        """Note a reply."""
        self.replies.append((topic, json.loads(payload)))

    def wake(self) -> None:
        """Note that there are new events."""
        self.woken += 1

    def watch(self, topic_filter: str, watcher: Callable[[Incoming], None]) -> None:
        """Note who wants to see what."""
        self.watchers[topic_filter] = watcher

    def arrive(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Have a message come from the broker."""
        for topic_filter, watcher in self.watchers.items():
            if matches(topic_filter, topic):
                watcher(Incoming(topic, payload, retained, None))


@dataclass
class BenchTool:
    """A tool with one force zone that measures what it is told, at 100 Hz, and keeps it all.

    Attributes:
        asked: the ops asked of it, with their payloads.
        replays: the stretches asked for again: stream, first sample, how many.
        answers: for an op the status and payload of its reply; OK and nothing by default.
        gate: when there is one, no REPLAY is answered until it is set.
        mute: REPLAY is granted, but nothing comes.
        oldest: what lies before this sample is not kept any more.
        link: the newest connection.
    """

    clock: HandClock
    serial: bytes = SERIAL
    name: str = "mat"
    uid: int = UID
    index: int = 0
    scale: float = N_PER_COUNT
    asked: list[tuple[Op, bytes]] = field(default_factory=list)
    replays: list[tuple[int, int, int]] = field(default_factory=list)
    answers: dict[Op, tuple[int, bytes]] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    mute: bool = False
    oldest: int = 0
    link: "BenchLink | None" = None
    ring: list[SampleFrame] = field(default_factory=list)

    @property
    def calibration(self) -> Calibration:
        """What its counts mean."""
        return Calibration(7, (ZoneCalibration(0, 0, self.scale),), 0.0, 0.0, (0, 0, 0))

    async def press(self, force_n: float, seconds: float, *, lost: bool = False) -> None:
        """Measure a force for so long, and send it unless it gets lost on the way."""
        for _ in range(round(seconds * 1_000_000 / PERIOD_US / BATCH)):
            await self.clock.turn(BATCH * PERIOD_US / 1_000_000)
            frame = self.measure(force_n)
            if not lost:
                self.send(frame)
        await settle()

    async def hold(self, force_n: float, seconds: float, *, eases: float = 0.0) -> None:
        """Bear a hold that relaxes as tissue does, and at 20 s eases by a share within 2 s."""
        for tenth in range(1, round(seconds * 10) + 1):
            relaxed = force_n * (1 - 0.03 * math.log1p(tenth / 10))
            await self.press(relaxed * (1 - eases * min(1, max(0, tenth / 20 - 10))), 0.1)

    def send(self, frame: SampleFrame | StatusFrame) -> None:
        """Send a frame, if anybody listens."""
        if self.link is not None and self.link.sink is not None:
            self.link.sink.on_frame(frame.encode(), frame, self.clock.now_us())

    def report(self, *, battery: int = 255) -> None:
        """Send a status frame."""
        self.send(
            StatusFrame(
                flags=0,
                stream=self.uid & 0xFFFF,
                index=self.index,
                t0_us=self._device_us(self.index) & U32,
                period_us=PERIOD_US,
                n_force=1,
                imu=0,
                uid=self.uid,
                device_us=self._device_us(self.index),
                host_us=0,
                time_age_s=0,
                battery=battery,
                mask=1,
                limit_n=0.0,
                calibration=self.calibration,
                calibration_block=self.calibration.encode(),
            )
        )

    def restart(self, uid: int) -> None:
        """Forget everything and begin another stream; the link is gone."""
        self.hang_up()
        self.uid, self.index, self.oldest = uid, 0, 0
        self.ring.clear()

    def hang_up(self) -> None:
        """Let the link be gone."""
        if self.link is not None:
            self.link.close()

    def replayable(self, uid: int, first: int, count: int) -> ReplayAnswer:
        """Return what a tool answers to REPLAY."""
        end = first + count
        if uid != self.uid or end <= self.oldest:
            return ReplayAnswer(Status.GONE, first, 0)
        kept = max(first, self.oldest)
        return ReplayAnswer(Status.PARTIAL if kept > first else Status.OK, kept, end - kept)

    def send_again(self, answer: ReplayAnswer) -> None:
        """Send what REPLAY granted."""
        end = answer.first + answer.count
        for frame in [] if self.mute else self.ring:
            if frame.end > answer.first and frame.index < end:
                self.send(replace(frame, replayed=True))

    def measure(self, force_n: float) -> SampleFrame:
        """Return the next frame, which is kept for REPLAY."""
        frame = SampleFrame(
            flags=0,
            stream=self.uid & 0xFFFF,
            index=self.index,
            t0_us=self._device_us(self.index) & U32,
            period_us=PERIOD_US,
            n_force=1,
            imu=0,
            n=BATCH,
            body=round(force_n / N_PER_COUNT).to_bytes(3, "little", signed=True) * BATCH,
        )
        self.index += BATCH
        self.ring.append(frame)
        return frame

    def _device_us(self, index: int) -> int:
        return 1_000_000 + index * PERIOD_US


class BenchLink:
    """One connection to a bench tool; the daemon's `Tool`."""

    def __init__(self, tool: BenchTool, label: str) -> None:
        self.label = label
        self.damaged = 0
        self.sink: FrameSink | None = None
        self.closed = asyncio.Event()
        self._tool = tool
        tool.link = self

    async def handshake(self) -> ToolHello:
        """Say who is here."""
        tool = self._tool
        info = replace(
            make_info(), n_force=1, max_hz=100, serial=tool.serial, uid=tool.uid, name=tool.name
        )
        block = tool.calibration.encode()
        return ToolHello(info, info.encode(), tool.calibration, block, tool.uid)

    async def start(self, hz: int = 0, batch: int = 0, mask: int = 0xFF) -> StartReply:
        """Say what will come."""
        return StartReply(100, BATCH, self._tool.uid, self._tool.index)

    async def run(self, sink: FrameSink) -> None:
        """Let the tool's frames go to the sink until the link ends."""
        self.sink = sink
        await self.closed.wait()

    async def replay(self, uid: int, first: int, count: int) -> ReplayAnswer:
        """Answer from the tool's ring, and send what it has of it."""
        tool = self._tool
        tool.replays.append((uid, first, count))
        answer = tool.replayable(uid, first, count)
        if tool.gate is not None:
            await tool.gate.wait()
        elif self.closed.is_set():
            raise LinkClosedError(f"{self.label} has ended")
        asyncio.get_running_loop().call_soon(tool.send_again, answer)
        return answer

    async def request(self, op: Op, payload: bytes = b"") -> Reply:
        """Note what is asked, and answer as told."""
        if self.closed.is_set():
            raise LinkClosedError(f"{self.label} has ended")
        self._tool.asked.append((op, payload))
        status, answer = self._tool.answers.get(op, (Status.OK, b""))
        return Reply(op, 0, status, answer)

    def close(self) -> None:
        """End the link."""
        self.sink = None
        self.closed.set()

    async def wait_closed(self) -> None:
        """Return at once: nothing is left open."""


class SmallDaemon:
    """The daemon without its sockets; may be stopped or crashed, and started again.

    Attributes:
        clock: the time.
        fields: its settings, by section; may be changed between starts.
        broker: what was handed to the publisher since the last start.
        fleet: the tools.
        journal: a real one.
        people: the profiles.
        presences: what stands at the broker of the tools.
        reporter: makes health reports.
    """

    journal: Journal
    fleet: Fleet
    people: People
    presences: Presences
    reporter: HealthReporter

    def __init__(self, path: Path, clock: HandClock | None = None) -> None:
        self.clock = clock or HandClock()
        self.fields: dict[str, Any] = {"bridge": {"id": "pi"}, "tcp": {"enabled": False}}
        self.broker = Notice()
        self.topics = Topics("ql_release", "pi")
        self._path = path
        self._tasks: list[asyncio.Task[Any]] = []
        self._running: asyncio.Task[None] | None = None
        self._links = count(1)
        self._commands = count(1)

    async def start(self, *, connected: bool = True) -> None:
        """Start on the journal as it is."""
        self.broker = Notice(connected=connected)
        self.journal = await Journal.open(self._path, window_s=0.0)
        await self.restored()
        publisher = cast("Publisher", self.broker)
        settings = Settings.model_validate(self.fields)
        self.people = People(settings, await self.journal.profiles())
        known = {
            tool: json.dumps(fields["hello"]).encode()
            for tool, fields in (await seen_tools(self.journal)).items()
        }
        self.presences = Presences(publisher, self.topics, self.clock, known)
        around = Surroundings(
            settings,
            self.clock,
            self.journal,
            publisher,
            self.topics,
            self.people,
            self.presences,
        )
        self.fleet = await Fleet.restore(around)
        self.reporter = HealthReporter(around, self.fleet)
        self._desk = open_desk(around, self.fleet)
        self._running = asyncio.create_task(self.fleet.run())
        self._tasks = [asyncio.create_task(self.presences.settle())]
        await settle()

    async def restored(self) -> None:
        """Do what comes before the tools are restored; nothing here."""

    async def stop(self) -> None:
        """Stop in good order."""
        await self._cancel()
        if self._running is not None:
            self.fleet.close()
            while not self._running.done():
                await self.turn(TICK_S)  # it is looked at once a tick whether to go on
            await self._running
            self._running = None
            await self.journal.close()

    async def crash(self) -> None:
        """Stop without a word: what was not on its way to the disk is lost."""
        if self._running is not None:
            self._tasks.append(self._running)
            self._running = None
        await self._cancel()
        await self.journal.close()

    async def connect(self, tool: BenchTool, *, source: Source = "tool") -> BenchLink:
        """Let a tool connect."""
        link = BenchLink(tool, f"tcp 192.0.2.1:{next(self._links)}")
        self._tasks.append(asyncio.create_task(self.fleet.serve(link, source=source)))
        await self.on_disk()
        return link

    async def on_disk(self) -> None:
        """Wait until everything that can be has been written, and what follows from that."""
        for _ in range(3):  # a write, and what waited for it
            await settle()
            with contextlib.suppress(JournalError):
                await self.journal.sent([])  # it comes back after everything before it
        await settle()

    async def fill_disk(self, *, full: bool = True) -> None:
        """Let the disk take no more, or again."""
        pragma = f"PRAGMA query_only = {int(full)}"
        await self.journal._writer.read(lambda db: db.execute(pragma).fetchall())

    def live(self, tool: str = "mat") -> LiveTool:
        """Return a tool that was heard."""
        live = self.fleet.get(tool)
        assert live is not None
        return live

    async def events(self) -> list[dict[str, Any]]:
        """Return all events that are journaled."""
        await self.on_disk()
        return [json.loads(stored.body) for stored in await self.journal.unsent(1000)]

    async def kinds(self) -> list[str]:
        """Return the families and types of all events that are journaled."""
        return [f"{event['family']}/{event['type']}" for event in await self.events()]

    async def ask(self, owner: str, op: str, **fields: Any) -> dict[str, Any]:
        """Send a command to a tool or, as `bridge`, to the bridge; return the reply."""
        await self.on_disk()
        topic = self.topics.bridge_command if owner == "bridge" else self.topics.command(owner)
        sent = {"v": 1, "id": f"c{next(self._commands)}", "op": op}
        sent["sent"] = rfc3339(self.clock.now_us())
        parsed = self.topics.parse_command(topic)
        assert parsed is not None
        before = len(self.broker.replies)
        payload = json.dumps(sent | fields).encode()
        await self._desk.handle(parsed, Incoming(topic, payload, False, None))
        await self.on_disk()
        replies = self.broker.replies[before:]
        assert len(replies) == 1
        return replies[0][1]

    async def health(self) -> dict[str, Any]:
        """Return a health report made now."""
        await self.on_disk()
        reporting = asyncio.create_task(self.reporter.run())
        await self.on_disk()
        reporting.cancel()
        await asyncio.gather(reporting, return_exceptions=True)
        return self.broker.healths[-1]

    def states(self, tool: str = "mat") -> list[dict[str, Any]]:
        """Return the live values that were published of a tool."""
        topic = self.topics.state(tool)
        return [payload for at, payload, _ in self.broker.states if at == topic]

    def presence(self, tool: str = "mat") -> str | None:
        """Return what stands at the broker of a tool: online, offline or nothing."""
        document = self.broker.documents.get(self.topics.availability(tool))
        return None if document is None else document["state"]

    async def turn(self, seconds: float) -> None:
        """Let time pass, and the disk do what follows."""
        await self.clock.turn(seconds)
        await self.on_disk()

    async def settled_broker(self) -> None:
        """Let pass the time in which the broker sends what it retained."""
        await self.turn(HELLO_WAIT_S)

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []


def make_pipeline(tool: BenchTool, limits: Limits) -> Pipeline:
    """Return a pipeline for a bench tool that has measured nothing yet."""
    line = ClockLine(0, START_US)
    context = Context(uid=tool.uid, line=line, calibration=tool.calibration.encode(), limits=limits)
    return Pipeline(ToolIdentity(tool.serial, tool.name, "pi"), context, 0)
