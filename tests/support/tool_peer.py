"""A small host for the firmware under test, over TCP or a pseudo terminal.

It speaks the wire through `ql_release.wire` and keeps everything that comes, in order.
"""

import asyncio
import os
import tty
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from ql_release.wire.calibration import Calibration, decode_calibration
from ql_release.wire.frames import DeviceEvent, SampleFrame, StatusFrame
from ql_release.wire.framing import CobsFraming, Framing, LengthFraming
from ql_release.wire.info import ToolInfo, parse_info
from ql_release.wire.messages import decode_from_tool
from ql_release.wire.ops import Op, Reply, Request
from ql_release.wire.replies import (
    HelloReply,
    ReplayReply,
    StartReply,
    TimeReply,
    parse_hello,
    parse_replay,
    parse_start,
    parse_time,
)
from ql_release.wire.requests import hello, replay, start, time

PATIENCE_S = 60.0
"""A test that waits for so long has failed; nothing is measured by it."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A program that runs the firmware."""

    name: str
    path: Path


@dataclass
class Peer:
    """The host's side of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    framing: Framing
    messages: list[SampleFrame | StatusFrame | DeviceEvent] = field(default_factory=list)
    replies: dict[int, Reply] = field(default_factory=dict)
    closed: bool = False
    _last_id: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _incoming: Any = None
    _hung_up: bool = False
    _at_close: Callable[[], None] | None = None

    def begin(self) -> Self:
        """Start to listen."""
        if self._incoming is None:
            self._incoming = self.writer.transport
        self._task = asyncio.create_task(self._listen())
        return self

    async def _listen(self) -> None:
        try:
            while True:
                data = await self.reader.read(4096)
                if not data:
                    break
                for message in self.framing.feed(data):
                    self._take(message)
        except OSError:
            pass
        self.closed = True
        self._changed.set()

    def _take(self, message: bytes) -> None:
        decoded = decode_from_tool(message)
        if isinstance(decoded, Reply):
            self.replies[decoded.req_id] = decoded
        else:
            assert isinstance(decoded, SampleFrame | StatusFrame | DeviceEvent), decoded
            self.messages.append(decoded)
        self._changed.set()

    def pause(self) -> None:
        """Take nothing more, as a link that has become slow."""
        self._incoming.pause_reading()

    def resume(self) -> None:
        """Take again."""
        self._incoming.resume_reading()

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait until a condition on what came is met."""
        async with asyncio.timeout(PATIENCE_S):
            while not met():
                assert not self.closed, "the tool closed the connection"
                self._changed.clear()
                await self._changed.wait()

    async def request(self, op: int, payload: bytes = b"") -> Reply:
        """Ask and return the answer."""
        self._last_id = self._last_id % 255 + 1
        request_id = self._last_id
        self.writer.write(self.framing.encode(Request(op, request_id, payload).encode()))
        await self.until(lambda: request_id in self.replies)
        reply = self.replies.pop(request_id)
        assert reply.op == op
        return reply

    async def accepted(self, op: int, payload: bytes = b"") -> bytes:
        """Ask for what must be granted; return the answer's payload."""
        reply = await self.request(op, payload)
        assert reply.ok, reply
        return reply.payload

    async def hello(self) -> HelloReply:
        """Greet."""
        return parse_hello(await self.accepted(Op.HELLO, hello(1, 0)))

    async def info(self) -> ToolInfo:
        """Ask what the tool is."""
        return parse_info(await self.accepted(Op.INFO))

    async def calibration(self) -> Calibration:
        """Ask for the scales in force."""
        return decode_calibration(await self.accepted(Op.GET_CAL))

    async def time(self, host_us: int) -> TimeReply:
        """Tell the time."""
        return parse_time(await self.accepted(Op.TIME, time(host_us)))

    async def start(self, batch: int = 0, mask: int = 0xFF) -> StartReply:
        """Ask for the stream."""
        return parse_start(await self.accepted(Op.START, start(0, batch, mask)))

    async def replay(self, uid: int, first: int, count: int) -> tuple[int, ReplayReply]:
        """Ask for samples again; return status and answer."""
        reply = await self.request(Op.REPLAY, replay(uid, first, count))
        return reply.status, parse_replay(reply.payload)

    @property
    def frames(self) -> list[SampleFrame]:
        """The frames with samples."""
        return [message for message in self.messages if isinstance(message, SampleFrame)]

    @property
    def statuses(self) -> list[StatusFrame]:
        """The status frames."""
        return [message for message in self.messages if isinstance(message, StatusFrame)]

    @property
    def events(self) -> list[DeviceEvent]:
        """The tool's events."""
        return [message for message in self.messages if isinstance(message, DeviceEvent)]

    async def until_index(self, index: int) -> None:
        """Wait for a live sample at or after this index."""
        await self.until(
            lambda: any(frame.end > index and not frame.replayed for frame in self.frames[-50:])
        )

    async def close(self) -> None:
        """Hang up; a second time does nothing."""
        if self._hung_up:
            return
        self._hung_up = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.writer.transport.abort()
        if self._at_close is not None:
            self._at_close()
        for _ in range(3):
            await asyncio.sleep(0)


@dataclass
class TcpHost:
    """Listens for a tool on loopback."""

    port: int = 0
    _arrived: asyncio.Queue[Peer] = field(default_factory=asyncio.Queue)
    _server: asyncio.Server | None = None
    _peers: list[Peer] = field(default_factory=list)

    async def open(self) -> Self:
        """Listen on the port, a free one for 0."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._peers.append(Peer(reader, writer, LengthFraming()))
        self._arrived.put_nowait(self._peers[-1])

    async def peer(self) -> Peer:
        """Wait for a tool to connect."""
        async with asyncio.timeout(PATIENCE_S):
            return (await self._arrived.get()).begin()

    async def close(self) -> None:
        """Stop listening and hang up on everyone."""
        if self._server is not None:
            self._server.close()
        for peer in self._peers:
            await peer.close()


async def pty_peer() -> tuple[Peer, str]:
    """Return the host's side of a pseudo terminal and the path of the tool's side."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    path = os.ttyname(theirs)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    incoming, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(ours, "rb", buffering=0))
    write_end = os.fdopen(os.dup(ours), "wb", buffering=0)
    flow = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    transport, _ = await loop.connect_write_pipe(lambda: flow, write_end)
    writer = asyncio.StreamWriter(transport, flow, None, loop)

    def close_terminal() -> None:
        if not incoming.is_closing():
            incoming.close()
        os.close(theirs)

    peer = Peer(reader, writer, CobsFraming(), _incoming=incoming, _at_close=close_terminal)
    return peer.begin(), path


@dataclass
class RunningTool:
    """The firmware in a process of its own."""

    process: asyncio.subprocess.Process

    async def finish(self) -> tuple[int, str]:
        """Wait for its end; return exit code and error output."""
        async with asyncio.timeout(PATIENCE_S):
            _, errors = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, errors.decode()

    async def end(self) -> None:
        """Make sure that it is gone."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()


async def run_tool(
    interpreter: Path, firmware: Path, folder: Path, arguments: Sequence[str]
) -> RunningTool:
    """Start the firmware's launcher; its configuration is kept in `folder`."""
    # Room for the long rings that make tests independent of a loaded machine's delays.
    memory = ("-X", "heapsize=16M") if "micropython" in interpreter.name else ()
    process = await asyncio.create_subprocess_exec(
        str(interpreter),
        *memory,
        str(firmware / "run_unix.py"),
        "--config",
        str(folder / "config"),
        *arguments,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    return RunningTool(process)
