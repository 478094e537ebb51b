"""Listening for tools: who may, how many, and how it ends."""

import asyncio
import logging

import pytest
from scripted_tool import Recorder, ScriptedTool, make_frame

from ql_release.clock import SystemClock
from ql_release.links import tcp
from ql_release.links.connection import Connection
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import AuthenticationError, ListenError
from ql_release.links.tcp import serve_tcp
from ql_release.wire.control import Op
from ql_release.wire.framing import LengthFraming

KEY = bytes(range(32))


async def ignore(_connection: Connection) -> None:
    await asyncio.sleep(3600)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.168.1.2", "10.0.0.1", "raspberrypi", "::ffff:0.0.0.0"],  # noqa: S104 - refused here
)
async def test_an_address_that_others_reach_is_refused_without_a_key(host: str) -> None:
    with pytest.raises(ValueError, match=r"set tcp\.key_file, or set tcp\.host to 127\.0\.0\.1"):
        async with serve_tcp(host, 0, None, ignore):
            pytest.fail("it must not listen")


async def test_with_a_key_any_address_may_be_listened_on() -> None:
    async with serve_tcp("0.0.0.0", 0, KEY, ignore) as port:  # noqa: S104 - with a key it may
        assert port > 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3"])
async def test_loopback_needs_no_key(host: str) -> None:
    async with serve_tcp(host, 0, None, ignore) as port:
        assert port > 0


async def test_a_port_in_use_is_one_sentence() -> None:
    async with serve_tcp("127.0.0.1", 0, None, ignore) as port:
        with pytest.raises(ListenError) as caught:
            async with serve_tcp("127.0.0.1", port, None, ignore):
                pytest.fail("it must not listen")
    assert str(caught.value) == (
        f"cannot listen for tools on 127.0.0.1 port {port} (address already in use): stop what "
        "uses it, or set another tcp.host or tcp.port"
    )


async def test_a_host_that_is_none_is_one_sentence_without_numbers_of_errors() -> None:
    with pytest.raises(ListenError) as caught:
        async with serve_tcp("no such host", 7390, KEY, ignore):
            pytest.fail("it must not listen")
    assert str(caught.value).startswith("cannot listen for tools on no such host port 7390 (")
    assert "Errno" not in str(caught.value)


async def test_a_tool_that_connects_is_served_and_its_address_told(
    clock: SystemClock, sink: Recorder
) -> None:
    served = asyncio.get_running_loop().create_future()

    async def serve(connection: Connection) -> None:
        driver = ToolDriver(connection, clock, KEY)
        hello = await driver.handshake()
        await driver.run(sink)
        await driver.wait_closed()
        served.set_result((hello, connection.label))

    async with serve_tcp("127.0.0.1", 0, KEY, serve) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        local = writer.get_extra_info("sockname")[1]
        tool = ScriptedTool(reader, writer, LengthFraming(), KEY)
        serving = asyncio.create_task(tool.serve())
        await tool.until_asked(Op.TIME)
        tool.send(make_frame(0).encode())
        await sink.arrived.wait()
        tool.hang_up()
        hello, label = await served
        await serving
    assert hello.info.name == "left"
    assert label == f"tcp 127.0.0.1:{local}"


async def test_a_tool_with_another_key_is_hung_up_on(
    clock: SystemClock, caplog: pytest.LogCaptureFixture
) -> None:
    failures = []

    async def serve(connection: Connection) -> None:
        driver = ToolDriver(connection, clock, KEY)
        try:
            await driver.handshake()
        except AuthenticationError as error:
            failures.append(str(error))

    async with serve_tcp("127.0.0.1", 0, KEY, serve) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await ScriptedTool(reader, writer, LengthFraming(), bytes(32)).serve()
    assert len(failures) == 1
    assert "put the same key on both" in failures[0]


async def test_an_error_in_one_connection_is_logged_and_the_next_is_served(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen = []

    async def serve(connection: Connection) -> None:
        seen.append(connection.label)
        raise LookupError("broken")

    async with serve_tcp("127.0.0.1", 0, None, serve) as port:
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
    assert len(seen) == 2
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2


async def test_strangers_cannot_use_up_memory(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "MAX_CONNECTIONS", 2)
    async with serve_tcp("127.0.0.1", 0, None, ignore) as port:
        kept = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        assert "there are 2 connections already" in caplog.text
        for _, other in [*kept, (reader, writer)]:
            other.close()
            await other.wait_closed()


async def test_leaving_ends_what_is_running() -> None:
    ended = []

    async def serve(connection: Connection) -> None:
        try:
            await connection.read()
        finally:
            ended.append(connection.label)

    async with serve_tcp("127.0.0.1", 0, None, serve) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.01)
    assert len(ended) == 1
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_a_connection_that_was_reset_reads_as_ended() -> None:
    ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def serve(connection: Connection) -> None:
        ended.set_result(await connection.read())

    async with serve_tcp("127.0.0.1", 0, None, serve) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.01)
        writer.transport.abort()
        assert await ended == b""
