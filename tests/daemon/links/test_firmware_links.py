"""The tool's real firmware under MicroPython, over TCP and over a pseudo-terminal."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from serial_cable import SerialCable

from ql_release.clock import Clock, VirtualClock
from ql_release.links.clockfit import ClockFit
from ql_release.links.connection import Connection
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import AuthenticationError
from ql_release.links.recording_header import RecordingHeader, column_names
from ql_release.links.recording_writer import RecordingWriter
from ql_release.links.serial import open_serial
from ql_release.links.source import Frame, ReplayAnswer, ToolHello
from ql_release.links.tcp import serve_tcp
from ql_release.settings.secrets import read_key
from ql_release.signal.samples import SampleBlock
from ql_release.wire.control import StartReply, Status
from ql_release.wire.deviceclock import extend_us
from ql_release.wire.frames import SampleFrame, StatusFrame

FIRMWARE = Path(__file__).parents[3] / "firmware"
SPEED = 20
UID = 0x00C0_FFEE_0000_1234
PATIENCE_S = 60
"""A test that waits for so long has failed; nothing is measured by it."""
KEY = bytes(range(32))
REPLAYED = 10
"""How many samples are asked for once more."""

RunTool = Callable[..., Awaitable[asyncio.subprocess.Process]]


def press(t: float) -> float:
    """A second and a half of a push of 40 N."""
    return 40 * math.sin(math.pi * t / 1.5) if 0 < t < 1.5 else 0.0


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "trace.csv"
    header = RecordingHeader(
        start=datetime(2026, 1, 31, tzinfo=UTC),
        columns=column_names(2, imu=True),
        rate_hz=100.0,
    )
    times = [i / 100 for i in range(300)]
    zones = [[press(t), press(t) / 2] for t in times]
    with RecordingWriter(path, header) as writer:
        writer.write(SampleBlock(0, times, zones, [[0.0, 0.0, 9.81, 0.0, 0.0, 0.0]] * 300))
    return path


@pytest.fixture
def run_tool(micropython_program: Path, trace: Path, tmp_path: Path) -> RunTool:
    """Start the firmware; returns its process."""

    async def run(*options: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            str(micropython_program),
            str(FIRMWARE / "run_unix.py"),
            "--trace",
            str(trace),
            "--config",
            str(tmp_path / "tool"),
            "--speed",
            str(SPEED),
            "--uid",
            f"{UID:016x}",
            "--end",
            "30",
            *options,
            cwd=FIRMWARE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    return run


@pytest.fixture
def virtual() -> VirtualClock:
    return VirtualClock(speed=SPEED, duration=3600)


async def end(process: asyncio.subprocess.Process) -> str:
    """End a tool that this test started; show what it said."""
    if process.returncode is None:
        process.terminate()
    output, _ = await process.communicate()
    return output.decode()


class Samples:
    """Collects frames until enough samples are there."""

    def __init__(self, wanted: int) -> None:
        self.frames: list[SampleFrame] = []
        self.statuses: list[StatusFrame] = []
        self.times: list[int] = []
        self.enough = asyncio.Event()
        self.replayed = asyncio.Event()
        self._wanted = wanted

    def on_frame(self, message: bytes, decoded: Frame, host_us: int) -> None:
        """Keep a frame, which must encode to what came."""
        assert decoded.encode() == message
        if isinstance(decoded, SampleFrame):
            self.frames.append(decoded)
            self.times.append(host_us)
        elif isinstance(decoded, StatusFrame):
            self.statuses.append(decoded)
        if sum(frame.n for frame in self.frames) >= self._wanted:
            self.enough.set()
        if sum(frame.n for frame in self.frames if frame.replayed) >= REPLAYED:
            self.replayed.set()


Conversation = tuple[ToolHello, StartReply, Samples, ReplayAnswer, ReplayAnswer]


async def converse(
    connection: Connection, clock: Clock, key: bytes | None = None, wanted: int = 300
) -> Conversation:
    """Shake hands, take so many samples and ask for the first ones again."""
    driver = ToolDriver(connection, clock, key)
    samples = Samples(wanted)
    async with asyncio.timeout(PATIENCE_S):
        hello = await driver.handshake()
        start = await driver.start()
        running = asyncio.create_task(driver.run(samples))
        await samples.enough.wait()
        answer = await driver.replay(hello.uid, start.index, REPLAYED)
        gone = await driver.replay(hello.uid ^ 1, 0, 10)
        await samples.replayed.wait()
        driver.close()
        await running
        await driver.wait_closed()
    return hello, start, samples, answer, gone


def check(
    hello: ToolHello, start: StartReply, samples: Samples, answer: ReplayAnswer, gone: ReplayAnswer
) -> None:
    assert hello.uid == start.uid == UID
    assert (hello.info.n_force, hello.info.imu) == (2, 1)
    live = [frame for frame in samples.frames if not frame.replayed]
    assert live[0].index == start.index
    assert all(one.end == other.index for one, other in pairwise(live))
    assert samples.statuses[0].uid == UID
    scale = hello.calibration.zones[0]
    forces = [(row[0] - scale.offset) * scale.n_per_count for frame in live for row in frame.rows()]
    assert max(forces) == pytest.approx(40, abs=0.5)
    assert (answer.status, answer.first, answer.count) == (Status.OK, start.index, REPLAYED)
    assert gone.status == Status.GONE
    again = [row for frame in samples.frames if frame.replayed for row in frame.rows()]
    assert again[:REPLAYED] == [row for frame in live for row in frame.rows()][:REPLAYED]


async def serve_one(
    key: bytes | None, talk: Callable[[Connection], Awaitable[Conversation]]
) -> tuple[AbstractAsyncContextManager[int], asyncio.Future[Conversation]]:
    """Listen for one connection; return the port's context and the future of its outcome."""
    outcome = asyncio.get_running_loop().create_future()

    async def serve(connection: Connection) -> None:
        try:
            result = await talk(connection)
        except Exception as error:  # noqa: BLE001 - handed to the test
            if not outcome.done():
                outcome.set_exception(error)
        else:
            if not outcome.done():
                outcome.set_result(result)

    return serve_tcp("127.0.0.1", 0, key, serve), outcome


async def test_over_tcp(run_tool: RunTool, virtual: VirtualClock) -> None:
    server, outcome = await serve_one(None, lambda connection: converse(connection, virtual))
    async with server as port:
        process = await run_tool("--tcp", f"127.0.0.1:{port}")
        try:
            check(*await outcome)
        finally:
            await end(process)


async def test_over_a_serial_port(run_tool: RunTool, virtual: VirtualClock) -> None:
    cable = SerialCable()
    try:
        process = await run_tool("--serial", cable.ends[0])
        try:
            check(*await converse(await open_serial(cable.ends[1]), virtual))
        finally:
            await end(process)
    finally:
        cable.unplug()


async def test_tool_and_daemon_prove_the_key_of_the_same_file(
    run_tool: RunTool, virtual: VirtualClock, tmp_path: Path
) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY.hex() + "\n")
    key = read_key(key_file)
    server, outcome = await serve_one(key, lambda link: converse(link, virtual, key))
    async with server as port:
        process = await run_tool("--tcp", f"127.0.0.1:{port}", "--key-file", str(key_file))
        try:
            check(*await outcome)
        finally:
            await end(process)


@pytest.mark.parametrize("tools_key", [bytes(32).hex(), None])
async def test_a_tool_with_another_key_or_none_is_refused(
    run_tool: RunTool, virtual: VirtualClock, tmp_path: Path, tools_key: str | None
) -> None:
    key_file = tmp_path / "key"
    options = [] if tools_key is None else ["--key-file", str(key_file)]
    key_file.write_text(tools_key or "")
    server, outcome = await serve_one(KEY, lambda link: converse(link, virtual, KEY))
    async with server as port:
        process = await run_tool("--tcp", f"127.0.0.1:{port}", *options)
        try:
            with pytest.raises(AuthenticationError, match="put the same key on both"):
                await outcome
        finally:
            await end(process)


async def test_a_daemon_without_the_tools_key_is_told_what_to_set(
    run_tool: RunTool, virtual: VirtualClock, tmp_path: Path
) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY.hex())
    server, outcome = await serve_one(None, lambda link: converse(link, virtual))
    async with server as port:
        process = await run_tool("--tcp", f"127.0.0.1:{port}", "--key-file", str(key_file))
        try:
            with pytest.raises(AuthenticationError, match=r"set tcp\.key_file"):
                await outcome
        finally:
            await end(process)


async def test_the_tools_clock_is_fitted(run_tool: RunTool, virtual: VirtualClock) -> None:
    """Arrival jitters by whatever this machine does; the line stays straight and below it."""
    fit = ClockFit()
    server, outcome = await serve_one(None, lambda link: converse(link, virtual, wanted=1500))
    async with server as port:
        process = await run_tool("--tcp", f"127.0.0.1:{port}")
        try:
            _, _, samples, _, _ = await outcome
        finally:
            await end(process)
    device_us = samples.statuses[0].device_us
    observed = []
    for frame, host_us in zip(samples.frames, samples.times, strict=True):
        if not frame.replayed:
            device_us = extend_us(frame.t0_us, device_us)
            observed.append((device_us + (frame.n - 1) * frame.period_us, host_us))
            fit.observe(*observed[-1])
    late = [host_us - fit.host_us(device_us) for device_us, host_us in observed]
    assert min(late) >= -1
    assert sorted(late)[len(late) // 2] < 1_000_000, "virtual µs: a twentieth of that in real ones"
