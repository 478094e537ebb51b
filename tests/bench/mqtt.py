"""How fast events leave the journal, and how soon a live state is heard.

`make bench`, or `PYTHONPATH=tests/support .venv/bin/python tests/bench/mqtt.py`. A real Mosquitto;
each figure is a ratio to what others do at that broker in the same run, by turns:

- events out of the journal at QoS 1, against paho's own loop with 20 messages on their way, and
  against aiomqtt with one at a time, both with the same payloads in memory;
- from a frame's last byte on the daemon's TCP link to the line that mosquitto_sub prints, against
  a line into mosquitto_pub to the same line out of mosquitto_sub, both connected beforehand.
"""

import asyncio
import json
import statistics
import struct
import sys
import tempfile
import threading
import time
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiomqtt
import paho.mqtt.client as paho
from broker import Mosquitto, free_port
from program_paths import BIN
from scripted_tool import UID, ScriptedTool, make_info

from ql_release.clock import SystemClock
from ql_release.events import HoldStarted, body, complete
from ql_release.journal import Batch, Journal
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import Topics
from ql_release.payloads.base import rfc3339
from ql_release.settings import MqttSettings
from ql_release.units import MICROSECONDS
from ql_release.wire.calibration import Calibration, ZoneCalibration
from ql_release.wire.control import Op, Reply, Request, Status
from ql_release.wire.frames import SampleFrame
from ql_release.wire.framing import LengthFraming

TARGET_PAHO = 0.40
TARGET_SINGLE = 1.5
TARGET_STATE = 4.0

EVENTS = 2000
SINGLES = 1000
"""Events one at a time: fewer, so that all take about as long."""
ROUNDS = 7
"""The best round of each counts, since other programs only ever make one slower."""
IN_FLIGHT = 20
TOPIC = "ql_release/tool/mat/event/pressure"

STATES = 100
FRAMES_A_STATE = 3
"""A state goes out at most every 250 ms, so with every third frame."""
SETTLING_S = 3.0
"""Until the tool is in contact and states come at their full rate."""
PERIOD_US = 10_000
BATCH = 9
"""Samples a frame, as of a tool with four zones and an IMU."""
ZONES = 4
FRAME_S = BATCH * PERIOD_US / MICROSECONDS
N_PER_COUNT = 0.5
COUNT = 40
LEAST_N = ZONES * COUNT * N_PER_COUNT
CODES = 8
"""A frame is known by its force: each has half a newton more on one zone, up to so many. That is
too little to be anything that happens; eight frames are longer than any delay that is good."""
REST = COUNT.to_bytes(3, "little") * (ZONES - 1) + struct.pack("<6h", 0, 0, 2511, 0, 0, 0)
"""20 N on each other zone, and the tool lies still."""
CALIBRATION = Calibration(
    7, (ZoneCalibration(0, 0, N_PER_COUNT),) * ZONES, 2.0**-8, 2.0**-10, (1, 2, 3)
)

SETTLING = round(SETTLING_S / FRAME_S)


def event(n: int) -> HoldStarted:
    """Return the n-th event."""
    now = rfc3339(time.time_ns() // 1000)
    return HoldStarted(
        id=f"{n:032x}",
        bridge="pi",
        tool="mat",
        at=now,
        decided_at=now,
        session=f"{n:032x}",
        person="p1",
        placement=None,
    )


async def drain(broker: Mosquitto, folder: Path) -> float:
    """Return the events a second that leave the journal."""
    path = Path(tempfile.mkdtemp(dir=folder)) / "journal.db"
    async with await Journal.open(path) as journal:
        await journal.write(Batch("mat", events=[event(n) for n in range(EVENTS)]))
        began: list[float] = []
        publisher = Publisher(
            MqttSettings(urls=[broker.url]),
            Topics("ql_release", "pi"),
            journal,
            SystemClock(),
            on_command=_ignore,
            on_connected=lambda: began.append(time.perf_counter()),
        )
        running = asyncio.create_task(publisher.run())
        await publisher._outbox.settled()
        took = time.perf_counter() - began[0]
        assert await journal.outbox_depth() == 0
        await publisher.stop()
        await running
    return EVENTS / took


async def _ignore(_topic: Any, _message: Any) -> None:
    """Do nothing with a command."""


def payloads(count: int) -> list[bytes]:
    """Return events as they are published."""
    return [complete(body(event(n)), "0" * 16, n + 1, live=True) for n in range(count)]


async def by_paho(broker: Mosquitto, _folder: Path) -> float:
    """Return the messages a second of paho's own loop, as many on their way as we have."""
    return await asyncio.to_thread(_paho, broker.port, payloads(EVENTS))


def _paho(port: int, messages: list[bytes]) -> float:
    acknowledged = threading.Semaphore(0)
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.max_inflight_messages_set(IN_FLIGHT)
    connected = threading.Event()
    client.on_connect = lambda *_: connected.set()
    client.on_publish = lambda *_: acknowledged.release()
    client.connect("127.0.0.1", port)
    client.loop_start()
    connected.wait()
    began = time.perf_counter()
    for message in messages:
        client.publish(TOPIC, message, qos=1)
    for _ in messages:
        acknowledged.acquire()
    took = time.perf_counter() - began
    client.disconnect()
    client.loop_stop()
    return len(messages) / took


async def one_at_a_time(broker: Mosquitto, _folder: Path) -> float:
    """Return the messages a second of aiomqtt, each waited for."""
    messages = payloads(SINGLES)
    version = aiomqtt.ProtocolVersion.V5
    async with aiomqtt.Client("127.0.0.1", broker.port, protocol=version) as client:
        began = time.perf_counter()
        for message in messages:
            await client.publish(TOPIC, message, qos=1)
        return len(messages) / (time.perf_counter() - began)


Run = Callable[[Mosquitto, Path], Awaitable[float]]


async def measure_drain(broker: Mosquitto, folder: Path) -> None:
    """Print how fast events leave the journal."""
    runs: tuple[Run, ...] = (drain, by_paho, one_at_a_time)
    rates: dict[Run, list[float]] = {run: [] for run in runs}
    for _ in range(ROUNDS):
        for run in runs:
            rates[run].append(await run(broker, folder))
    ours, pipelined, single = (max(rates[run]) for run in runs)
    of_paho, of_single = ours / pipelined, ours / single
    print(f"mqtt, events out of the journal: {ours:,.0f} a second")
    tell("of paho's pipelined loop", of_paho, f"{TARGET_PAHO} x", met=of_paho >= TARGET_PAHO)
    tell(
        "of aiomqtt one at a time", of_single, f"{TARGET_SINGLE} x", met=of_single >= TARGET_SINGLE
    )


class Ear:
    """A mosquitto_sub that stays, and when it printed what."""

    def __init__(self, port: int, topic: str) -> None:
        self._command = [BIN / "mosquitto_sub", "-p", str(port), "-t", topic]
        self.lines: list[tuple[float, bytes]] = []
        self._heard = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*self._command, stdout=pipe)
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                self.lines.append((time.perf_counter(), line))
                self._heard.set()
        finally:
            process.terminate()
            await process.wait()

    async def until(self, count: int) -> None:
        """Wait until so many lines have come."""
        while len(self.lines) < count:
            self._heard.clear()
            await self._heard.wait()


class Mouth:
    """A mosquitto_pub that stays, and publishes each line it is given."""

    def __init__(self, port: int) -> None:
        self._command = [BIN / "mosquitto_pub", "-p", str(port), "-t", "bench", "-l"]
        self.said: list[float] = []
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Connect."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe)

    def say(self, line: bytes) -> None:
        """Publish a line."""
        assert self._process is not None
        assert self._process.stdin is not None
        self.said.append(time.perf_counter())
        self._process.stdin.write(line)

    async def stop(self) -> None:
        """Leave."""
        assert self._process is not None
        self._process.terminate()
        await self._process.wait()


def frame(n: int) -> bytes:
    """Return the n-th frame of somebody who lies still."""
    index = 42 + n * BATCH
    sample = (COUNT + n % CODES).to_bytes(3, "little") + REST
    return SampleFrame(
        flags=0,
        stream=UID & 0xFFFF,
        index=index,
        t0_us=index * PERIOD_US,
        period_us=PERIOD_US,
        n_force=ZONES,
        imu=1,
        n=BATCH,
        body=sample * BATCH,
    ).encode()


async def measure_state(broker: Mosquitto, folder: Path) -> None:
    """Print how soon a live state is heard."""
    port = free_port()
    config = folder / "daemon.toml"
    config.write_text(
        f'[mqtt]\nurls = ["{broker.url}"]\n[tcp]\nport = {port}\n'
        f'[journal]\npath = "{folder / "daemon.db"}"\n[log]\nlevel = "error"\n'
    )
    command = [sys.executable, "-m", "ql_release", "run", "--config", str(config)]
    daemon = await asyncio.create_subprocess_exec(*command)
    states, echoes = Ear(broker.port, "ql_release/tool/+/state"), Ear(broker.port, "bench")
    hellos, mouth = Ear(broker.port, "ql_release/tool/+/hello"), Mouth(broker.port)
    ears = [asyncio.create_task(ear.run()) for ear in (states, echoes, hellos)]
    await mouth.start()
    try:
        tool, serving = await connect(port)
        await tool.until_asked(Op.START)
        await hellos.until(1)
        sent = await stream(tool, states, mouth)
        await echoes.until(len(mouth.said))
    finally:
        daemon.terminate()
        await daemon.wait()
        await mouth.stop()
        for task in ears:
            task.cancel()
        await asyncio.gather(*ears, return_exceptions=True)
    serving.cancel()
    ours = state_delays(sent, states.lines)
    theirs = [at - said for (at, _), said in zip(echoes.lines, mouth.said, strict=True)]
    p50, base = statistics.median(ours), statistics.median(theirs)
    print(f"mqtt, a frame to mosquitto_sub: {p50 * 1e3:.2f} ms, of {len(ours)} states")
    print(f"mqtt, mosquitto_pub to mosquitto_sub: {base * 1e3:.2f} ms")
    tell("a state is heard within", p50 / base, f"{TARGET_STATE} x", met=p50 / base <= TARGET_STATE)


async def connect(port: int) -> tuple[ScriptedTool, asyncio.Task[None]]:
    """Have a tool connect to the daemon as soon as that listens."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
            continue
        tool = ScriptedTool(reader, writer, LengthFraming())
        info = replace(make_info(), n_force=ZONES, imu=1).encode()
        for op, block in ((Op.INFO, info), (Op.GET_CAL, CALIBRATION.encode())):
            tool.answers[op] = answer(block)
        return tool, asyncio.create_task(tool.serve())


def answer(block: bytes) -> Callable[[Request], list[bytes]]:
    """Return what answers a request with a block."""
    return lambda request: [Reply(request.op, request.req_id, Status.OK, block).encode()]


async def stream(tool: ScriptedTool, states: Ear, mouth: Mouth) -> list[float]:
    """Send frames, and between them lines of the same length; return when each frame went out."""
    sent, framing = [], LengthFraming()
    began = time.perf_counter()
    for n in range(SETTLING + STATES * FRAMES_A_STATE):
        await asyncio.sleep(max(0.0, began + n * FRAME_S - time.perf_counter()))
        line = framing.encode(frame(n))
        sent.append(time.perf_counter())
        tool.send_raw(line)
        await asyncio.sleep(FRAME_S / 2)
        if n >= SETTLING and n % FRAMES_A_STATE == 0:
            mouth.say(states.lines[-1][1])
    return sent


def state_delays(sent: list[float], lines: list[tuple[float, bytes]]) -> list[float]:
    """Return how long after its frame each state was heard, once states come at their full rate."""
    delays = []
    for at, line in lines:
        code = round((json.loads(line)["force_n"] - LEAST_N) / N_PER_COUNT)
        number = bisect_right(sent, at) - 1
        if number >= SETTLING:
            delays.append(at - sent[number - (number - code) % CODES])
    return delays


def tell(what: str, found: float, target: str, *, met: bool) -> None:
    """Print a figure."""
    print(f"mqtt, {what}: {found:.2f} x, target {target}: {'met' if met else 'missed'}", flush=True)


async def main() -> None:
    """Print the figures."""
    for name in ("mosquitto", "mosquitto_pub", "mosquitto_sub"):
        if not (BIN / name).exists():
            print(f"mqtt: not measured, {name} is missing (`make programs` says why)")
            return
    for measure in (measure_drain, measure_state):
        with tempfile.TemporaryDirectory() as made:
            broker = Mosquitto(BIN / "mosquitto", Path(made))
            broker.configure(["allow_anonymous true", "log_type error"])
            broker.start()
            try:
                await measure(broker, Path(made))
            finally:
                broker.stop()


if __name__ == "__main__":
    asyncio.run(main())
