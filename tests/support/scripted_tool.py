"""A tool's side of the wire, scripted: real bytes over real sockets, bent where told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from ql_release.links.connection import Connection
from ql_release.links.driver import ToolDriver
from ql_release.links.source import Frame
from ql_release.wire import auth, control, messages
from ql_release.wire.calibration import Calibration, ZoneCalibration
from ql_release.wire.control import Op, Reply, Request, Status
from ql_release.wire.frames import MINOR, VERSION, SampleFrame
from ql_release.wire.framing import Framing

SERIAL = bytes.fromhex("0011223344556677")
UID = 0xA1B2_C3D4_E5F6_0718

Answer = Callable[[Request], Iterable[bytes]]


def make_info() -> control.ToolInfo:
    return control.ToolInfo(
        major=VERSION,
        minor=MINOR,
        firmware=(1, 2, 3),
        hardware=1,
        n_force=2,
        kinds=0,
        imu=0,
        max_hz=320,
        accel_range_g=8,
        gyro_range_dps=500,
        features=0,
        cal_id=7,
        serial=SERIAL,
        uid=UID,
        ring_samples=1000,
        name="left",
        model="test",
    )


def make_calibration() -> Calibration:
    zone = ZoneCalibration(0, 100, 0.5)
    return Calibration(7, (zone, zone), 0.0, 0.0, (0, 0, 0))


def make_frame(index: int = 0, n: int = 2) -> SampleFrame:
    return SampleFrame(
        flags=0,
        stream=UID & 0xFFFF,
        index=index,
        t0_us=index * 10_000,
        period_us=10_000,
        n_force=2,
        imu=0,
        n=n,
        body=bytes(6 * n),
    )


USUAL = {
    Op.INFO: (Status.OK, make_info().encode()),
    Op.GET_CAL: (Status.OK, make_calibration().encode()),
    Op.TIME: (Status.OK, control.TimeReply(123_456, UID).encode()),
    Op.START: (Status.OK, control.StartReply(100, 10, UID, 42).encode()),
    Op.REPLAY: (Status.PARTIAL, control.ReplayReply(20, 5).encode()),
}
"""What a tool answers that is always in the same mood."""


class ScriptedTool:
    """Answers requests as a tool does; `answers` bends single ops.

    Attributes:
        asked: every request, in order of arrival.
        answers: for an op, what to send instead of the usual reply.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        framing: Framing,
        key: bytes | None = None,
    ) -> None:
        self.asked: list[Request] = []
        self.answers: dict[int, Answer] = {}
        self._reader = reader
        self._writer = writer
        self._framing = framing
        self._key = key
        self._nonces = (b"", b"")
        self._heard = asyncio.Event()

    @property
    def ops(self) -> list[int]:
        """What was asked, in order of arrival."""
        return [request.op for request in self.asked]

    async def until_asked(self, op: int, times: int = 1) -> None:
        """Wait until something has been asked so many times."""
        while self.ops.count(op) < times:
            self._heard.clear()
            await self._heard.wait()

    def send(self, *sent: bytes) -> None:
        """Send messages."""
        self._writer.write(b"".join(self._framing.encode(message) for message in sent))

    def send_raw(self, data: bytes) -> None:
        """Send bytes that are no messages."""
        self._writer.write(data)

    def hang_up(self) -> None:
        """Close the connection."""
        self._writer.close()

    async def serve(self) -> None:
        """Answer until the host hangs up."""
        # A host that closes with unread answers resets the connection: an end like any other.
        with suppress(ConnectionError):
            while data := await self._reader.read(4096):
                for message in self._framing.feed(data):
                    self._hear(message)
        self._writer.close()

    def _hear(self, message: bytes) -> None:
        request = messages.decode(message)
        assert isinstance(request, Request)
        self.asked.append(request)
        self._heard.set()
        self.send(*self.answers.get(request.op, self.usual)(request))

    def usual(self, request: Request) -> list[bytes]:
        """Return what a well-behaved tool answers."""
        status, payload = self._reply(request)
        return [Reply(request.op, request.req_id, status, payload).encode()]

    def _reply(self, request: Request) -> tuple[Status, bytes]:
        if request.op == Op.AUTH and self._key is not None:
            return self._auth(request.payload, self._key)
        if request.op == Op.HELLO:
            asks_key = self._key is not None
            return Status.OK, control.HelloReply(VERSION, MINOR, asks_key, UID, SERIAL).encode()
        return USUAL.get(Op(request.op), (Status.UNKNOWN_OP, b""))

    def _auth(self, payload: bytes, key: bytes) -> tuple[Status, bytes]:
        if payload[0] == control.AuthStep.CHALLENGE:
            self._nonces = (payload[1:], bytes(range(16)))
            proof = auth.tool_proof(key, *self._nonces, SERIAL)
            return Status.OK, control.AuthReply(self._nonces[1], proof).encode()
        right = payload[1:] == auth.host_proof(key, *self._nonces, SERIAL)
        return (Status.OK if right else Status.NOT_AUTHENTICATED), b""


@dataclass
class Recorder:
    """A sink that keeps what it was given."""

    messages: list[bytes] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 1

    def on_frame(self, message: bytes, decoded: Frame, host_us: int) -> None:
        """Keep a frame."""
        self.messages.append(message)
        self.frames.append(decoded)
        self.times.append(host_us)
        if len(self.frames) >= self.wanted:
            self.arrived.set()


Pair = Callable[..., Awaitable[tuple[Connection, ScriptedTool]]]


def silent(_request: Request) -> list[bytes]:
    """Answer nothing."""
    return []


async def finish(driver: ToolDriver) -> None:
    """End a link and wait until it has ended."""
    driver.close()
    await driver.wait_closed()
