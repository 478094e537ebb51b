"""What the daemon costs with one tool: memory, processor, start and stop.

`make bench`, or `PYTHONPATH=tests/support .venv/bin/python tests/bench/daemon.py`. The real
daemon's process, a real Mosquitto, and the real firmware under MicroPython that streams eight
force channels and an IMU at 100 Hz over TCP, with a simulated body lying on it. What the process
takes is what the kernel tells of it.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
from broker import Mosquitto
from chain import Chain, Process
from kernel_counts import MB, processor_s, resident_mb
from program_paths import BIN

from ql_release import simulate
from ql_release.simulate import Hold, Scenario, Sensor

TARGET_MB = 42
TARGET_CORE = 0.02
TARGET_START = 2.5
TARGET_STOP_S = 2.0
ZONES = 8
STREAM_S = 24.0
"""Long enough for the processor time, counted in hundredths of a second, to say something."""
STARTS = 11
SESSION_SPEED = 10.0
HOLD = Scenario(holds=(Hold(force_n=80.0, lasts=120.0, rest_s=1.0),), sensor=Sensor(zones=ZONES))
SESSION = simulate.demo_body(zones=ZONES)
"""Four holds with a release, a slip and a bone contact: all that a session loads."""

BARE = """
import asyncio, sys
import aiomqtt, pydantic
async def main():
    async with aiomqtt.Client("127.0.0.1", int(sys.argv[1])) as client:
        await client.publish("bare", "here", qos=1)
    print(open("/proc/self/status").read().split("VmRSS:")[1].split()[0])
asyncio.run(main())
"""
"""The least that a program with these libraries can do; it says how much memory it has, KiB."""


class Ear:
    """A client that notes when it first hears of whoever is starting."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._heard = asyncio.Event()
        self._at = 0.0

    async def listen(self) -> None:
        """Hear all there is."""
        async for _ in self._client.messages:
            if not self._heard.is_set():
                self._at = time.perf_counter()
                self._heard.set()

    async def seconds(self, process: Process) -> float:
        """Start a process and return the time until its first word."""
        self._heard.clear()
        started = time.perf_counter()
        await process.start()
        await asyncio.wait_for(self._heard.wait(), 30)
        return self._at - started


@asynccontextmanager
async def ear(port: int) -> AsyncIterator[Ear]:
    """Have an ear at a broker."""
    async with aiomqtt.Client("127.0.0.1", port) as client, asyncio.TaskGroup() as tasks:
        await client.subscribe("#")
        made = Ear(client)
        listening = tasks.create_task(made.listen())
        yield made
        listening.cancel()


async def measure_start(folder: Path, broker: Mosquitto) -> None:
    """Print how long the daemon takes to its first word, by turns with a bare script."""
    config = folder / "start.toml"
    config.write_text(
        f'[mqtt]\nurls = ["{broker.url}"]\n[tcp]\nenabled = false\n'
        f'[journal]\npath = "{folder / "start.db"}"\n'
    )
    bare = [sys.executable, "-c", BARE, str(broker.port)]
    daemon = [sys.executable, "-m", "ql_release", "run", "--config", str(config)]
    pairs = []
    async with ear(broker.port) as listener:
        for _ in range(STARTS + 1):
            script = Process(bare, folder / "bare.log")
            least = await listener.seconds(script)
            await script.wait()
            process = Process(daemon, folder / "start.log")
            pairs.append((await listener.seconds(process), least))
            await process.end()
            await asyncio.sleep(0.1)  # its last word is heard before the next one's first
    # The first pair made the journal and read everything from the disk.
    columns = list(zip(*pairs[1:], strict=True))
    took, least = map(statistics.median, columns)
    fastest = min(columns[0]) / min(columns[1])
    found = f"{took / least:.2f} x a bare script ({took * 1000:.0f} to {least * 1000:.0f} ms"
    found += f"; the fastest of each {fastest:.2f} x)"
    tell("start to first publish", found, f"{TARGET_START} x", met=took / least <= TARGET_START)
    kib = int(script.said.split()[-1])
    print(f"daemon, for comparison: the bare script has {kib / MB:.1f} MB resident")


async def measure_stream(folder: Path, broker: Mosquitto) -> None:
    """Print what a daemon takes while a tool streams, and how it stops in mid-session."""
    chain = Chain(folder, broker, BIN / "micropython")
    await chain.subscriber.start()
    try:
        daemon = await chain.daemon()
        await chain.tool(HOLD)
        await chain.heard_event("hold_started")
        before, began = processor_s(daemon.pid), time.monotonic()
        await asyncio.sleep(STREAM_S)
        core = (processor_s(daemon.pid) - before) / (time.monotonic() - began)
        resident = resident_mb(daemon.pid)
        numpy = has_numpy(daemon.pid)
        stop_s = await daemon.end()
    finally:
        await chain.close()
    assert "ended" not in chain.event_types()
    tell("memory", f"{resident:.1f} MB resident", f"{TARGET_MB} MB", met=resident <= TARGET_MB)
    tell("NumPy", "imported" if numpy else "not imported", "not imported", met=not numpy)
    tell("processor", f"{core:.2%} of a core", f"{TARGET_CORE:.0%}", met=core < TARGET_CORE)
    tell(
        "stop in mid-session",
        f"{stop_s:.2f} s, exit code {daemon.code}",
        f"{TARGET_STOP_S:.0f} s, 0",
        met=stop_s <= TARGET_STOP_S and daemon.code == 0,
    )


async def measure_session(folder: Path, broker: Mosquitto) -> None:
    """Print what a daemon has after a whole session, played faster than it happens."""
    chain = Chain(folder, broker, BIN / "micropython", speed=SESSION_SPEED, end_after_s=15.0)
    await chain.subscriber.start()
    try:
        daemon = await chain.daemon()
        await chain.tool(SESSION)
        await chain.heard_event("ended")
        resident = resident_mb(daemon.pid)
        await daemon.end()
    finally:
        await chain.close()
    met = resident <= TARGET_MB
    tell("memory after a session", f"{resident:.1f} MB resident", f"{TARGET_MB} MB", met=met)


def has_numpy(pid: int) -> bool:
    """Return whether a process has loaded any of NumPy's libraries."""
    return "numpy" in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


def tell(what: str, found: str, target: str, *, met: bool) -> None:
    """Print a figure."""
    print(f"daemon, {what}: {found}, target {target}: {'met' if met else 'missed'}", flush=True)


async def main() -> None:
    """Print the figures."""
    for name in ("mosquitto", "micropython"):
        if not (BIN / name).exists():
            print(f"daemon: not measured, {name} is missing (`make programs` says why)")
            return
    for measure in (measure_start, measure_stream, measure_session):
        with tempfile.TemporaryDirectory() as made:
            broker = Mosquitto(BIN / "mosquitto", Path(made))
            broker.start()
            try:
                await measure(Path(made), broker)
            finally:
                broker.stop()


if __name__ == "__main__":
    asyncio.run(main())
