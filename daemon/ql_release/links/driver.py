"""The host's side of the wire contract on one connection."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from ql_release.clock import Clock
from ql_release.links.authentication import authenticate
from ql_release.links.channel import REQUEST_TIMEOUT_S, Channel, ChannelStats
from ql_release.links.connection import Connection
from ql_release.links.errors import (
    HandshakeError,
    QuietError,
    RefusedError,
    RequestTimeoutError,
)
from ql_release.links.source import Frame, FrameSink, ReplayAnswer, ToolHello
from ql_release.links.watch import QuietWatch
from ql_release.wire import control
from ql_release.wire.calibration import decode_calibration
from ql_release.wire.control import HelloReply, Op, Reply, StartReply, Status, TimeReply
from ql_release.wire.frames import MINOR, VERSION
from ql_release.wire.framing import FramingStats

TIME_EVERY_S = 10.0
"""How often the tool is told the time (docs/wire.md); its silence then ends the link."""

# Frames that come between the handshake and `run`: several seconds of them.
_MAX_HELD = 256

T = TypeVar("T")


class ToolDriver:
    """Speaks with one tool; implements `source.Tool`.

    Call `handshake`, then `start` and `run`, and in the end `close` and `wait_closed`. Frames
    that arrive after the handshake and before `run` are held for it.

    Args:
        connection: the link to the tool.
        clock: gives arrival times, and measures time-outs and the time between TIMEs.
        key: the shared key, to be proved to each other.
        key_required: refuse a tool that asks for no key although there is one; right wherever
            others can reach the link, needless on a cable.
        nonce: makes so many random bytes.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        key: bytes | None = None,
        *,
        key_required: bool = True,
        nonce: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._key = key
        self._key_required = key_required and key is not None
        self._nonce = nonce
        self._channel = Channel(connection, clock, self._on_frame)
        self._watch = QuietWatch(clock)
        self._reading: asyncio.Task[None] | None = None
        self._trusted = False
        self._sink: FrameSink | None = None
        self._held: deque[tuple[bytes, Frame, int]] = deque(maxlen=_MAX_HELD)
        self.untrusted_frames = 0
        """Frames that came before the handshake allowed any, and were dropped."""

    @property
    def label(self) -> str:
        """What people call the link."""
        return self._connection.label

    @property
    def stats(self) -> ChannelStats:
        """What was received so far."""
        return self._channel.stats

    @property
    def framing_stats(self) -> FramingStats:
        """What the link's framing has met so far."""
        return self._channel.framing_stats

    @property
    def damaged(self) -> int:
        """How many messages came with a wrong checksum or form."""
        return self.framing_stats.checksum_errors + self.stats.malformed

    async def handshake(self) -> ToolHello:
        """Find out who is there, prove the key to each other, and tell the time.

        Raises:
            HandshakeError: when the tool speaks another major version or not at all sensibly.
            AuthenticationError: when one side cannot prove the shared key.
            LinkError: when the tool does not answer, refuses, or goes.
        """
        self._reading = asyncio.create_task(self._channel.read_all(), name=f"read {self.label}")
        hello = await self._hello()
        if hello.auth or self._key_required:
            await authenticate(self._channel, self._key, hello.serial, self._nonce)
        self._trusted = True
        info_reply = await self._ask(Op.INFO)
        info = self._parsed(control.parse_info, info_reply)
        block = await self._ask(Op.GET_CAL)
        calibration = self._parsed(decode_calibration, block)
        await self.tell_time()
        return ToolHello(info, info_reply.payload, calibration, block.payload, info.uid)

    async def start(self, hz: int = 0, batch: int = 0, mask: int = 0xFF) -> StartReply:
        """Begin to stream, or go on with a running stream.

        Args:
            hz: samples a second; 0 for the tool's own rate.
            batch: samples to a frame; 0 for as many as fit.
            mask: zones to measure, one bit each.

        Raises:
            LinkError: when the tool does not answer, refuses, or goes.
        """
        return self._parsed(
            control.parse_start, await self._ask(Op.START, control.start(hz, batch, mask))
        )

    async def request(
        self,
        op: Op,
        payload: bytes = b"",
        timeout: float = REQUEST_TIMEOUT_S,  # noqa: ASYNC109 - of the daemon's clock
    ) -> Reply:
        """Ask something of the tool and return its reply, whatever its status.

        Raises:
            RequestTimeoutError: when no reply came, nor to the repetition.
            LinkClosedError: when the connection has ended or ends meanwhile.
        """
        return await self._channel.request(op, payload, timeout)

    async def replay(self, uid: int, first: int, count: int) -> ReplayAnswer:
        """Ask for samples once more; they come as replayed frames.

        Raises:
            LinkError: when the tool does not answer, refuses, or goes.
        """
        reply = await self.request(Op.REPLAY, control.replay(uid, first, count))
        if reply.status == Status.GONE:
            return ReplayAnswer(Status.GONE, first, 0)
        if reply.status not in {Status.OK, Status.PARTIAL}:
            raise RefusedError(self.label, Op.REPLAY, reply.status)
        answer = self._parsed(control.parse_replay, reply)
        return ReplayAnswer(Status(reply.status), answer.first, answer.count)

    async def tell_time(self) -> TimeReply:
        """Tell the tool the time; it answers with its own.

        Raises:
            LinkError: when the tool does not answer twice, refuses, or goes.
        """
        try:
            reply = await self._ask(Op.TIME, control.time(self._clock.now_us()))
        except RequestTimeoutError:
            # Asked anew rather than repeated: the time has moved on.
            reply = await self._ask(Op.TIME, control.time(self._clock.now_us()))
        return self._parsed(control.parse_time, reply)

    async def run(self, sink: FrameSink) -> None:
        """Hand all frames to the sink until the connection ends; return then.

        Raises:
            QuietError: when the tool no longer sends frames, or no longer answers TIME.
            LinkError: when the tool refuses the time.
            RuntimeError: before `handshake`.
        """
        if self._reading is None or not self._trusted:
            raise RuntimeError("run needs a handshake first")
        while self._held:
            sink.on_frame(*self._held.popleft())
        self._sink = sink
        self._watch.heard()
        guards = [
            asyncio.create_task(self._keep_time(), name=f"time {self.label}"),
            asyncio.create_task(self._notice_quiet(), name=f"watch {self.label}"),
        ]
        try:
            done, _ = await asyncio.wait(
                {self._reading, *guards}, return_when=asyncio.FIRST_COMPLETED
            )
            await (self._reading if self._reading in done else done.pop())
        finally:
            for guard in guards:
                guard.cancel()
            await asyncio.gather(*guards, return_exceptions=True)

    def close(self) -> None:
        """End the connection; `run` returns."""
        self._connection.close()

    async def wait_closed(self) -> None:
        """Wait until the connection has ended and its resources are free."""
        # The other side may have ended it; this side's end is still to be given up. Only then is
        # it sure that the reader returns: a peer that takes nothing would hold it up.
        self._connection.close()
        await self._connection.wait_closed()
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)

    def _on_frame(self, message: bytes, frame: Frame, host_us: int) -> None:
        self._watch.heard()
        if not self._trusted:
            self.untrusted_frames += 1
        elif self._sink is None:
            self._held.append((message, frame, host_us))
        else:
            self._sink.on_frame(message, frame, host_us)

    async def _notice_quiet(self) -> None:
        await self._watch.wait()
        raise QuietError(f"{self.label} is quiet: no frame has come for a while; it is closed")

    async def _keep_time(self) -> None:
        while True:
            await self._clock.sleep(TIME_EVERY_S)
            await self.tell_time()

    async def _hello(self) -> HelloReply:
        payload = control.hello(VERSION, MINOR)
        reply = await self._channel.request(Op.HELLO, payload)
        if reply.status == Status.UNSUPPORTED_VERSION:
            raise self._other_version(reply.payload[0] if reply.payload else None)
        if not reply.ok:
            raise RefusedError(self.label, Op.HELLO, reply.status)
        hello = self._parsed(control.parse_hello, reply)
        if hello.major != VERSION:
            raise self._other_version(hello.major)
        return hello

    def _other_version(self, major: int | None) -> HandshakeError:
        theirs = "another version" if major is None else f"version {major}"
        return HandshakeError(
            f"{self.label} speaks {theirs} of the wire contract and this daemon version"
            f" {VERSION}: update the tool or the daemon"
        )

    async def _ask(self, op: Op, payload: bytes = b"") -> Reply:
        reply = await self._channel.request(op, payload)
        if not reply.ok:
            raise RefusedError(self.label, op, reply.status)
        return reply

    def _parsed(self, parse: Callable[[bytes], T], reply: Reply) -> T:
        try:
            return parse(reply.payload)
        except ValueError as error:
            raise HandshakeError(f"{self.label} answered wrongly: {error}") from error
