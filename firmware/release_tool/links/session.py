"""One host on one connection, whatever the transport: requests in, replies and frames out.

Only one message is handed to the transport at a time, and the next only when that one is
gone: what a slow link cannot take stays in the ring. Order of sending: replies, status,
events, live samples, replayed samples.
"""

import asyncio

from release_tool.compat import (
    close_stream,
    const,
    limit_buffer,
    sleep_ms,
    ticks_diff,
    ticks_us,
)
from release_tool.control import Control
from release_tool.live import LiveCursor, Replays
from release_tool.wire.frame import FLAG_CALIBRATION, HEADER_SIZE, STREAM_AT

_READ_SIZE = const(256)
# A host that sends requests faster than it takes replies must wait.
_MAX_REPLIES = const(4)
_MAX_EVENTS = const(16)
_STATUS_EVERY_US = const(10_000_000)
_WATCH_MS = const(1000)
# A host that has taken nothing for so long is gone, though no one said so.
_STALLED_US = const(30_000_000)


class Session:
    """The protocol on one connection.

    Attributes:
        streaming: whether the host asked for samples.
        heard: requests answered.
        replays: what it asked to have again.

    Args:
        tool: the `Tool`.
        framing: of the transport, see `release_tool.wire.framing`.
        reader: asyncio stream.
        writer: asyncio stream.
        max_message: the longest message that the transport takes.
    """

    def __init__(self, tool, framing, reader, writer, max_message=1024):
        limit_buffer(writer)
        self._tool = tool
        self._framing = framing
        self._reader = reader
        self._writer = writer
        self._fit = min(tool.ring.capacity, (max_message - HEADER_SIZE) // tool.ring.sample_size)
        self._batch = self._fit
        self._control = Control(tool, self, tool.key)
        self._live = LiveCursor(tool.ring)
        self._skipped = 0
        self._frame = bytearray(HEADER_SIZE + tool.ring.capacity * tool.ring.sample_size)
        self._replies = []
        self._events = []
        self._announced = -1
        self._status_due = False
        self._status_us = 0
        self._uid = 0
        self._work = asyncio.Event()
        self._room = asyncio.Event()
        self._over = asyncio.Event()
        self._idle = False
        self._sending_since = None
        self.replays = Replays(tool.ring)
        self.streaming = False
        self.heard = 0

    def start(self, batch):
        """Begin to stream, or go on; return (samples a frame, uid, index of the next sample).

        Returns None where not even one sample fits into a message.
        """
        if self._fit < 1:
            return None
        self._batch = min(batch, self._fit) if batch else self._fit
        if not self.streaming:
            self._tool.sampler.flush()
            self._live.begin()
            self._uid = self._tool.sampler.uid
            self.streaming = True
            for frame in self._tool.standing_faults():
                self.tell(frame)
        self._status_due = True
        return self._batch, self._uid, self._live.index(self._tool.sampler.index)

    def stop(self):
        """Send no more frames."""
        self.streaming = False
        self.replays.clear()
        self._events.clear()

    def wake(self):
        """Look for something to send."""
        self._idle = False
        self._work.set()

    def sampled(self, completed):
        """Note that a sample was taken, and whether it completed a frame of the ring."""
        if self.streaming and (completed or self._batch < self._fit):
            self.wake()

    def tell(self, frame):
        """Send an event frame if the host listens."""
        if self.streaming and len(self._events) < _MAX_EVENTS:
            self._events.append(frame)
            self.wake()

    @property
    def idle(self):
        """Whether all that is due was handed to the transport."""
        return self._idle

    async def run(self, check_in):
        """Serve the host until the connection ends.

        Args:
            check_in: function to be called about once a second.
        """
        work = (self._receive(), self._send(), self._watch(check_in))
        tasks = [asyncio.create_task(one) for one in work]
        try:
            # Without a time-out: MicroPython's wait_for loses a cancellation that comes as it ends.
            await self._over.wait()
        finally:
            self.stop()
            for task in tasks:
                task.cancel()
            for task in tasks:
                await _ended(task)
            await close_stream(self._writer)

    async def _watch(self, check_in):
        """Check in, and give up a host that takes nothing any more."""
        try:
            while not self._is_stalled():
                check_in()
                await sleep_ms(_WATCH_MS)
        finally:
            self._over.set()

    def _is_stalled(self):
        since = self._sending_since
        return since is not None and ticks_diff(ticks_us(), since) > _STALLED_US

    async def _receive(self):
        try:
            while True:
                data = await self._reader.read(_READ_SIZE)
                if not data:
                    break
                for message in self._framing.feed(data):
                    await self._answer(message)
        except OSError:
            pass
        finally:
            self._over.set()

    async def _answer(self, message):
        reply = self._control.handle(message)
        if reply is None:
            return
        self.heard += 1
        while len(self._replies) >= _MAX_REPLIES:
            self._room.clear()
            await self._room.wait()
        self._replies.append(reply)
        self.wake()

    async def _send(self):
        try:
            while True:
                message = self._next()
                if message is None:
                    await self._rest()
                else:
                    await self._transmit(message)
        except OSError:
            pass
        finally:
            self._over.set()

    async def _rest(self):
        self._idle = True
        self._tool.rested()
        self._work.clear()
        await self._work.wait()

    async def _transmit(self, message):
        self._sending_since = ticks_us()
        self._writer.write(self._framing.encode(message))
        await self._writer.drain()
        self._sending_since = None

    def _next(self):
        """Return the next message that is due, None when there is none."""
        if self._replies:
            self._room.set()
            return self._replies.pop(0)
        if not self.streaming:
            return None
        if self._is_status_due():
            return self._status()
        if self._is_event_due():
            return self._events.pop(0)
        return self._next_samples()

    def _next_samples(self):
        if not self._live.is_due(self._batch):
            length = self.replays.take(self._fit, self._frame)
        elif self._is_to_be_announced():
            return self._status()
        else:
            length = self._live.take(self._batch, self._frame)
        return bytes(self._frame[:length]) if length else None

    def _is_to_be_announced(self):
        """Return, once for each, whether a status must stand before the frame that is due."""
        slot = self._live.slot
        announced = self._announced == slot
        if self._skipped != self._live.skipped:
            # A new calibration may begin in what was skipped.
            announced = False
        elif not self._live.flags & FLAG_CALIBRATION:
            return False
        self._skipped = self._live.skipped
        self._announced = slot
        return not announced

    def _is_status_due(self):
        tool = self._tool
        if self._is_stream_over():
            self._uid = tool.sampler.uid
            return True
        return self._status_due or tool.clock.now_us() - self._status_us >= _STATUS_EVERY_US

    def _is_stream_over(self):
        """Return whether a new stream has begun and all of the last one was sent."""
        if self._uid == self._tool.sampler.uid or self._is_event_due():
            return False
        return self._live.slot >= self._tool.ring.origin

    def _is_event_due(self):
        """Return whether an event waits, and not for the status of its stream."""
        if not self._events:
            return False
        frame = self._events[0]
        return frame[STREAM_AT] | frame[STREAM_AT + 1] << 8 == self._uid & 0xFFFF

    def _status(self):
        self._status_due = False
        self._status_us = self._tool.clock.now_us()
        index = self._live.index(self._tool.sampler.index)
        return self._tool.status(self._uid, index, self._live.slot)


async def _ended(task):
    try:
        await task
    except asyncio.CancelledError:
        pass
