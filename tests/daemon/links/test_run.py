"""Frames on their way from a real socket to a sink, and how a link ends."""

import asyncio
import logging
import socket
from itertools import pairwise

import pytest
from scripted_tool import Pair, Recorder, finish, make_frame, silent

from ql_release.clock import SystemClock, VirtualClock
from ql_release.links import connection as connection_module
from ql_release.links.channel import Channel
from ql_release.links.connection import StreamConnection
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import (
    RequestTimeoutError,
)
from ql_release.wire.control import Op
from ql_release.wire.framing import LengthFraming


async def test_frames_before_run_are_held_in_order(
    pair: Pair, clock: SystemClock, sink: Recorder
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    tool.answers[Op.START] = lambda r: [
        *tool.usual(r),
        *(make_frame(index).encode() for index in (42, 44, 46)),
    ]
    await driver.start()
    sink.wanted = 4
    running = asyncio.create_task(driver.run(sink))
    tool.send(make_frame(48).encode())
    await sink.arrived.wait()
    await finish(driver)
    await running
    assert [taken.index for taken in sink.frames] == [42, 44, 46, 48]
    assert sink.messages[0] == make_frame(42).encode()


async def test_frames_carry_their_arrival_on_the_clock(pair: Pair, sink: Recorder) -> None:
    clock = VirtualClock(speed=50, duration=10_000)
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    before = clock.now_us()
    tool.send(make_frame(0).encode())
    running = asyncio.create_task(driver.run(sink))
    await sink.arrived.wait()
    await finish(driver)
    await running
    assert before <= sink.times[0] <= clock.now_us()


async def test_ends_quietly_when_the_tool_goes(
    pair: Pair, clock: SystemClock, sink: Recorder
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    tool.send(make_frame(0).encode())
    tool.hang_up()
    await driver.run(sink)
    assert len(sink.frames) == 1


async def test_tells_the_time_again_and_again(pair: Pair, sink: Recorder) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, VirtualClock(speed=2000, duration=0))
    await driver.handshake()
    running = asyncio.create_task(driver.run(sink))
    await tool.until_asked(Op.TIME, times=4)
    await finish(driver)
    await running
    told = [
        int.from_bytes(request.payload, "little") for request in tool.asked if request.op == Op.TIME
    ]
    assert all(later - earlier >= 10_000_000 for earlier, later in pairwise(told))


async def test_a_tool_that_no_longer_answers_the_time_ends_the_link(
    pair: Pair, impatient: VirtualClock, sink: Recorder
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, impatient)
    await driver.handshake()
    tool.answers[Op.TIME] = silent
    with pytest.raises(RequestTimeoutError, match="does not answer TIME"):
        await driver.run(sink)
    times = [request for request in tool.asked if request.op == Op.TIME][1:]
    assert len(times) == 2
    assert times[0].payload != times[1].payload, "the second try tells a newer time"


async def test_frames_of_another_version_are_counted_and_told_of_once(
    pair: Pair, clock: SystemClock, sink: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    later = bytes([0x51]) + make_frame(0).encode()[1:]
    older = bytes([0x01]) + make_frame(0).encode()[1:]
    with caplog.at_level(logging.WARNING):
        tool.send(later, older, later, make_frame(2).encode())
        running = asyncio.create_task(driver.run(sink))
        await sink.arrived.wait()
        await finish(driver)
        await running
    assert driver.stats.other_version == 3
    assert [taken.index for taken in sink.frames] == [2]
    (line,) = [record.getMessage() for record in caplog.records]
    assert "wire version 5" in line
    assert "update the tool or the daemon" in line


async def test_messages_that_say_nothing_are_counted(
    pair: Pair, clock: SystemClock, sink: Recorder
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    tool.send(make_frame(0).encode()[:15], b"\x13" + bytes(15), make_frame(2).encode())
    running = asyncio.create_task(driver.run(sink))
    await sink.arrived.wait()
    await finish(driver)
    await running
    assert driver.stats.malformed == 2


async def test_garbage_between_frames_costs_no_frame(
    pair: Pair, clock: SystemClock, sink: Recorder
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    sink.wanted = 20
    running = asyncio.create_task(driver.run(sink))
    for index in range(0, 40, 2):
        tool.send_raw(bytes([index, 0, 255, 7]))
        tool.send(make_frame(index).encode())
    await sink.arrived.wait()
    await finish(driver)
    await running
    assert [taken.index for taken in sink.frames] == list(range(0, 40, 2))


async def test_an_error_of_the_sink_comes_out_of_run(pair: Pair, clock: SystemClock) -> None:
    class Broken:
        def on_frame(*_: object) -> None:
            raise LookupError("broken sink")

    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    tool.send(make_frame(0).encode())
    with pytest.raises(LookupError, match="broken sink"):
        await driver.run(Broken())
    await finish(driver)


async def test_can_be_cancelled_and_leaves_no_task(
    pair: Pair, clock: SystemClock, sink: Recorder
) -> None:
    connection, _ = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    running = asyncio.create_task(driver.run(sink))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await finish(driver)
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not {name for name in names if "test link" in name}


async def test_needs_a_handshake(pair: Pair, clock: SystemClock, sink: Recorder) -> None:
    connection, _ = await pair()
    with pytest.raises(RuntimeError, match="handshake"):
        await ToolDriver(connection, clock).run(sink)


async def test_a_flood_lets_others_have_their_turn(clock: SystemClock) -> None:
    """More is there whenever it is read, and reading would never wait."""
    reader = asyncio.StreamReader()
    ours, theirs = socket.socketpair()
    _, writer = await asyncio.open_connection(sock=ours)
    flood = 4000
    reader.feed_data(LengthFraming().encode(make_frame().encode()) * flood)
    reader.feed_eof()
    taken: list[bytes] = []
    connection = StreamConnection(reader, writer, "flood", LengthFraming)
    channel = Channel(connection, clock, lambda message, _frame, _host_us: taken.append(message))
    reading = asyncio.create_task(channel.read_all())
    seen = set()
    while not reading.done():
        seen.add(len(taken))
        await asyncio.sleep(0)
    assert len(taken) == flood
    assert seen - {0, flood}
    theirs.close()
    connection.close()
    await connection.wait_closed()


async def test_a_peer_that_takes_nothing_holds_up_no_closing(
    clock: SystemClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its link must be free again, with much still unsent."""
    monkeypatch.setattr(connection_module, "CLOSE_PATIENCE_S", 0.05)
    host, deaf = socket.socketpair()
    with deaf:
        reader, writer = await asyncio.open_connection(sock=host)
        driver = ToolDriver(StreamConnection(reader, writer, "deaf", LengthFraming), clock)
        driver._reading = asyncio.create_task(driver._channel.read_all())
        writer.write(bytes(20_000_000))
        await asyncio.sleep(0)
        driver.close()
        async with asyncio.timeout(30):
            await driver.wait_closed()
    assert driver._reading.done()
