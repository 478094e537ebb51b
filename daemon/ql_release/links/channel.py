"""Requests, replies and frames over one connection."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass

from ql_release.clock import Clock
from ql_release.links.connection import Connection
from ql_release.links.errors import LinkClosedError, RequestTimeoutError
from ql_release.links.source import Frame
from ql_release.wire import messages
from ql_release.wire.control import Op, Reply, Request
from ql_release.wire.frames import DeviceEvent, SampleFrame, StatusFrame
from ql_release.wire.framing import FramingStats
from ql_release.wire.messages import Malformed, UnsupportedVersion

REQUEST_TIMEOUT_S = 2.0
"""A tool answers within milliseconds; a radio link that repeats itself may need a second."""

# However fast the daemon's clock runs, the tool and the way to it are real.
_MIN_REAL_TIMEOUT_S = 2.0
_REQUEST_IDS = 256
# Asking these twice does no more than asking once, so they are repeated when no answer came.
# TIME is not among them because its payload ages.
_REPEATABLE = frozenset(
    {
        Op.HELLO,
        Op.INFO,
        Op.START,
        Op.STOP,
        Op.GET_CAL,
        Op.SET_LIMIT,
        Op.PING,
        Op.REPLAY,
        Op.ACK,
        Op.LED,
    }
)

_LOGGER = logging.getLogger(__name__)

OnFrame = Callable[[bytes, Frame, int], None]


@dataclass(slots=True)
class ChannelStats:
    """What a channel has met so far.

    Attributes:
        frames: frames that were understood.
        replies: replies that were waited for.
        stray_replies: replies that nobody waited for, such as those that came too late.
        malformed: messages that were not understood.
        other_version: frames of another major version.
    """

    frames: int = 0
    replies: int = 0
    stray_replies: int = 0
    malformed: int = 0
    other_version: int = 0


class Channel:
    """Takes a connection's messages apart: replies to who waits for them, frames to a callback.

    One request is under way at a time; others wait their turn.

    Args:
        connection: the link.
        clock: gives arrival times and measures time-outs.
        on_frame: called with each frame's bytes, the same decoded, and its arrival in Unix µs.
    """

    def __init__(self, connection: Connection, clock: Clock, on_frame: OnFrame) -> None:
        self.stats = ChannelStats()
        self._connection = connection
        self._clock = clock
        self._on_frame = on_frame
        self._framing = connection.framing()
        self._ids = itertools.cycle(range(_REQUEST_IDS))
        self._turn = asyncio.Lock()
        self._waiting: dict[int, tuple[Op, asyncio.Future[Reply]]] = {}
        self._ended = False

    @property
    def label(self) -> str:
        """What people call the connection."""
        return self._connection.label

    @property
    def framing_stats(self) -> FramingStats:
        """What the framing has met so far."""
        return self._framing.stats

    async def read_all(self) -> None:
        """Take in messages until the connection ends; then fail the request that waits."""
        try:
            while data := await self._connection.read():
                host_us = self._clock.now_us()
                for message in self._framing.feed(data):
                    self._take(message, host_us)
                # Reading does not wait while there is more: a tool that floods, or replays an
                # hour, must not keep the others and the journal waiting.
                await asyncio.sleep(0)
        finally:
            self._ended = True
            for _, answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(self._closed())

    async def request(
        self,
        op: Op,
        payload: bytes = b"",
        timeout: float = REQUEST_TIMEOUT_S,  # noqa: ASYNC109 - of the daemon's clock
    ) -> Reply:
        """Ask and wait for the reply, whatever its status; `read_all` must be running.

        A request that may be asked twice is repeated once when no reply came in time.

        Args:
            op: what to ask.
            payload: its payload.
            timeout: how long to wait for each try, in seconds of the daemon's clock.

        Raises:
            RequestTimeoutError: when no reply came.
            LinkClosedError: when the connection has ended or ends meanwhile.
        """
        tries = 2 if op in _REPEATABLE else 1
        async with self._turn:
            answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
            try:
                for _ in range(tries):
                    await self._ask(op, payload, answer)
                    await asyncio.wait([answer], timeout=self._real_timeout(timeout))
                    if answer.done():
                        return answer.result()
            finally:
                self._waiting.clear()
                if answer.done():
                    answer.exception()  # marks it as seen: the write may have failed before it
        raise RequestTimeoutError(
            f"{self.label} does not answer {op.name}: check that the tool is on and in reach"
        )

    async def _ask(self, op: Op, payload: bytes, answer: asyncio.Future[Reply]) -> None:
        """Send a request; a late reply to an earlier try of it counts as well."""
        if self._ended:
            raise self._closed()
        request_id = next(self._ids)
        self._waiting[request_id] = (op, answer)
        message = Request(op, request_id, payload).encode()
        await self._connection.write(self._framing.encode(message))

    def _real_timeout(self, seconds: float) -> float:
        return max(self._clock.real_seconds(seconds), min(seconds, _MIN_REAL_TIMEOUT_S))

    def _take(self, message: bytes, host_us: int) -> None:
        match messages.decode_from_tool(message):
            case SampleFrame() | StatusFrame() | DeviceEvent() as frame:
                self.stats.frames += 1
                self._on_frame(message, frame, host_us)
            case Reply() as reply:
                self._answer(reply)
            case UnsupportedVersion(major=major):
                self._note_version(major)
            case Malformed(reason=reason):
                self.stats.malformed += 1
                _LOGGER.debug("%s sent a message that is not understood: %s", self.label, reason)

    def _answer(self, reply: Reply) -> None:
        op, answer = self._waiting.get(reply.req_id, (None, None))
        if answer is None or answer.done() or op != reply.op:
            self.stats.stray_replies += 1
            return
        self.stats.replies += 1
        answer.set_result(reply)

    def _note_version(self, major: int) -> None:
        self.stats.other_version += 1
        if self.stats.other_version == 1:
            _LOGGER.warning(
                "%s sends frames of wire version %d, which this daemon does not read: "
                "update the tool or the daemon",
                self.label,
                major,
            )

    def _closed(self) -> LinkClosedError:
        return LinkClosedError(f"{self.label} has closed")
