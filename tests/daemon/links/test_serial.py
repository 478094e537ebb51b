"""Serial ports, over pseudo-terminals: real tty devices without hardware."""

import asyncio
import logging
import os
import re
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from playable import SteppingClock
from scripted_tool import Recorder, ScriptedTool, make_frame

from ql_release.clock import SystemClock, VirtualClock
from ql_release.links.connection import Connection
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import LinkClosedError
from ql_release.links.serial import open_serial, serve_serial
from ql_release.wire.framing import CobsFraming

SPEED = 1000
"""Waits of seconds become milliseconds."""


class TtyEnd:
    """The tool's end of a pseudo-terminal, with what a stream reader and writer have."""

    def __init__(self) -> None:
        self._fd, host = os.openpty()
        tty.setraw(host)
        self.path = os.ttyname(host)
        os.close(host)
        os.set_blocking(self._fd, False)
        self._ended = False

    async def read(self, size: int) -> bytes:
        """Wait for bytes; empty once this end is closed."""
        while not self._ended:
            try:
                return os.read(self._fd, size)
            except BlockingIOError:
                await asyncio.sleep(0.001)
            except OSError:
                # No one has the host's end open: on a tty that is an error, and passes.
                await asyncio.sleep(0.001)
        return b""

    def write(self, data: bytes) -> None:
        """Write at once."""
        os.write(self._fd, data)

    def close(self) -> None:
        """Unplug."""
        if not self._ended:
            self._ended = True
            os.close(self._fd)


@pytest.fixture
def terminal() -> Iterator[TtyEnd]:
    end = TtyEnd()
    yield end
    end.close()


@pytest.fixture
def stepping() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def fast() -> VirtualClock:
    return VirtualClock(speed=SPEED, duration=0)


async def test_a_tool_on_a_port_is_spoken_with(
    terminal: TtyEnd, clock: SystemClock, sink: Recorder
) -> None:
    tool = ScriptedTool(terminal, terminal, CobsFraming())
    serving = asyncio.create_task(tool.serve())
    connection = await open_serial(terminal.path)
    driver = ToolDriver(connection, clock)
    hello = await driver.handshake()
    sink.wanted = 50
    running = asyncio.create_task(driver.run(sink))
    tool.send_raw(b"MicroPython v1.26 on a board\r\n>>> \x00\x00")
    for index in range(0, 100, 2):
        tool.send(make_frame(index).encode())
    await sink.arrived.wait()
    driver.close()
    await running
    await driver.wait_closed()
    terminal.close()
    await serving
    assert hello.info.model == "test"
    assert driver.label == f"serial {terminal.path}"
    assert [taken.index for taken in sink.frames] == list(range(0, 100, 2))


async def test_unplugging_reads_as_the_end(terminal: TtyEnd) -> None:
    connection = await open_serial(terminal.path)
    terminal.close()
    assert await connection.read() == b""
    with pytest.raises(LinkClosedError, match="has closed"):
        await connection.write(b"x")
    connection.close()
    await connection.wait_closed()


async def test_a_port_serves_one_program_at_a_time(terminal: TtyEnd) -> None:
    connection = await open_serial(terminal.path)
    with pytest.raises(OSError, match="locked by another process"):
        await open_serial(terminal.path)
    connection.close()
    await connection.wait_closed()
    again = await open_serial(terminal.path)
    again.close()
    await again.wait_closed()


async def test_a_file_that_is_no_port_is_an_os_error(tmp_path: Path) -> None:
    path = tmp_path / "not-a-port"
    path.write_bytes(b"")
    with pytest.raises(OSError, match="Inappropriate ioctl"):
        await open_serial(str(path))


async def test_an_address_of_an_unknown_kind_is_an_os_error() -> None:
    with pytest.raises(OSError, match="nonsense://x is no serial port"):
        await open_serial("nonsense://x")


async def test_a_port_is_opened_again_after_each_end(terminal: TtyEnd, fast: VirtualClock) -> None:
    opened = []
    done = asyncio.Event()

    async def serve(connection: Connection) -> None:
        opened.append(connection.label)
        if len(opened) == 3:
            done.set()

    serving = asyncio.create_task(serve_serial(terminal.path, 115_200, fast, serve))
    await done.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert opened[:3] == [f"serial {terminal.path}"] * 3


async def test_a_port_that_is_absent_is_told_of_once_and_found_when_it_comes(
    tmp_path: Path, terminal: TtyEnd, fast: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    port = tmp_path / "ttyTOOL"
    found = asyncio.Event()
    waits = []

    class CountingClock(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 6:
                port.symlink_to(terminal.path)
            await super().sleep(seconds)

    async def serve(connection: Connection) -> None:
        found.set()

    clock = CountingClock(speed=SPEED, duration=0)
    with caplog.at_level(logging.INFO):
        serving = asyncio.create_task(serve_serial(str(port), 115_200, clock, serve))
        await found.wait()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    assert waits[:6] == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    (line,) = [r.getMessage() for r in caplog.records if r.name.startswith("ql_release")]
    assert re.fullmatch(
        r"serial .*/ttyTOOL cannot be opened \(no such file or directory\): it is tried again; "
        r"check that the tool is plugged in and serial\.port",
        line,
    )


async def test_a_file_that_is_no_port_is_told_without_numbers_of_errors(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "notes.txt"
    path.touch()
    tried_again = asyncio.Event()

    class CountingClock(SteppingClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            if len(self.slept) == 3:
                tried_again.set()

    async def serve(connection: Connection) -> None:
        pytest.fail("there is no tool")

    serving = asyncio.create_task(serve_serial(str(path), 115_200, CountingClock(), serve))
    await tried_again.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    (line,) = [r.getMessage() for r in caplog.records if r.name.startswith("ql_release")]
    assert line.startswith(f"serial {path} cannot be opened (")
    assert "errno" not in line.lower()


@pytest.mark.parametrize(("lasting_s", "waits"), [(1, [1, 2, 4, 8]), (40, [1, 1, 1, 1])])
async def test_a_connection_that_never_lasts_is_tried_less_often(
    terminal: TtyEnd, stepping: SteppingClock, lasting_s: float, waits: list[float]
) -> None:
    enough = asyncio.Event()

    async def serve(connection: Connection) -> None:
        stepping.time += lasting_s
        if len(stepping.slept) == len(waits):
            enough.set()

    serving = asyncio.create_task(serve_serial(terminal.path, 115_200, stepping, serve))
    await enough.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert stepping.slept[: len(waits)] == waits


async def test_an_error_of_the_server_is_logged_and_the_port_opened_again(
    terminal: TtyEnd, fast: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    calls = []
    again = asyncio.Event()

    async def serve(connection: Connection) -> None:
        calls.append(connection)
        if len(calls) == 2:
            again.set()
            await asyncio.sleep(3600)
        raise LookupError("broken")

    serving = asyncio.create_task(serve_serial(terminal.path, 115_200, fast, serve))
    await again.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert "was closed after an unexpected error" in caplog.text
