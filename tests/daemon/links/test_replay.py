"""What a played file does when it is treated as a tool."""

import asyncio
from pathlib import Path

import pytest
from playable import SteppingClock, ramp, samples, write_recording
from scripted_tool import Recorder

from ql_release.clock import SystemClock, VirtualClock
from ql_release.links.replay import ReplayTool
from ql_release.signal.samples import SampleBlock
from ql_release.wire.control import Op, Status


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "played"


@pytest.fixture
def stepping() -> SteppingClock:
    return SteppingClock()


async def test_what_a_file_cannot_do_it_refuses(path: Path, stepping: SteppingClock) -> None:
    write_recording(path, ramp(10))
    tool = ReplayTool(path, stepping)
    hello = await tool.handshake()
    assert (await tool.replay(hello.uid, 0, 5)).status == Status.GONE
    assert (await tool.request(Op.TARE, b"\xff")).status == Status.UNSUPPORTED
    await tool.wait_closed()


async def test_close_ends_the_play(path: Path, sink: Recorder) -> None:
    block = SampleBlock(0, [0.0, 0.01, 3600.0], [[1.0]] * 3)
    write_recording(path, block)
    tool = ReplayTool(path, SystemClock())
    await tool.handshake()
    sink.wanted = 2
    running = asyncio.create_task(tool.run(sink))
    await sink.arrived.wait()
    tool.close()
    await running
    await tool.wait_closed()
    assert [frame.index for frame in samples(sink)] == [0]


async def test_can_be_cancelled(path: Path, sink: Recorder) -> None:
    write_recording(path, SampleBlock(0, [0.0, 3600.0], [[1.0]] * 2))
    tool = ReplayTool(path, SystemClock())
    await tool.handshake()
    running = asyncio.create_task(tool.run(sink))
    await sink.arrived.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await tool.wait_closed()


async def test_others_get_their_turn_during_a_fast_play(path: Path, sink: Recorder) -> None:
    write_recording(path, ramp(5000, imu=False))
    tool = ReplayTool(path, VirtualClock(speed=1_000_000, duration=50))
    await tool.handshake()
    running = asyncio.create_task(tool.run(sink))
    turns = 0
    while not running.done():
        turns += 1
        await asyncio.sleep(0)
    await tool.wait_closed()
    assert turns > 10


async def test_needs_a_handshake(path: Path, stepping: SteppingClock, sink: Recorder) -> None:
    tool = ReplayTool(path, stepping)
    with pytest.raises(RuntimeError, match="handshake"):
        await tool.run(sink)
    with pytest.raises(RuntimeError, match="handshake"):
        await tool.start()


async def test_one_that_is_closed_before_it_runs_plays_nothing(path: Path, sink: Recorder) -> None:
    write_recording(path, ramp(10))
    tool = ReplayTool(path, SteppingClock())
    await tool.handshake()
    tool.close()
    await tool.run(sink)
    await tool.wait_closed()
    assert not sink.frames
