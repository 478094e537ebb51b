"""A scripted tool that keeps all it measured: its side of the wire, over real TCP.

Like the firmware it goes on measuring while nobody listens, comes back by itself when a link
ends, goes on with the next sample, and sends again what is asked for. Unlike the firmware its
ring is as long as the tape, so that a long outage loses nothing that the tool still has.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace

from scripted_tool import ScriptedTool, make_info

from ql_release.units import MICROSECONDS
from ql_release.wire import control
from ql_release.wire.control import Op, Reply, Request, Status
from ql_release.wire.frames import MINOR, VERSION
from ql_release.wire.framing import LengthFraming
from reliability.tape import BATCH, CAL_ID, ZERO_US, Samples

COME_BACK_S = 0.05
"""How soon it tries again when the link has ended."""
RATE = 3200.0
"""Samples a second: 200 times its nominal rate, some 280 events a second."""
LONG_RING = 1 << 24
"""Samples that it says it keeps."""


class Habits:
    """How a tool sends its samples; a well-behaved one, to be bent by those that are not."""

    def live(self, tape: Samples, index: int) -> Iterator[bytes]:
        """Yield what goes onto the line for the frame that begins at an index, framed."""
        yield LengthFraming().encode(tape.frame(index).encode())


class RingTool:
    """Plays a tape.

    Args:
        tape: what it measures.
        port: where the daemon listens, on loopback.
        rate: samples a second of real time.
        habits: how it sends.

    Attributes:
        measured: index after the last sample measured so far.
        links: how often it has connected.
    """

    def __init__(
        self, tape: Samples, port: int, *, rate: float = RATE, habits: Habits | None = None
    ) -> None:
        self.tape = tape
        self.measured = 0
        self.links = 0
        self._port = port
        self._rate = rate
        self._habits = habits or Habits()
        self._start_at: int | None = None
        self._begun = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._info = replace(
            make_info(),
            n_force=len(tape.calibration.zones),
            imu=0,
            max_hz=round(MICROSECONDS / tape.period_us),
            cal_id=CAL_ID,
            serial=tape.serial,
            uid=tape.uid,
            ring_samples=LONG_RING,
            name=tape.name,
        )

    def start(self) -> None:
        """Begin to measure and to look for the daemon."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Be gone."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._measure())
            while True:
                with contextlib.suppress(OSError):
                    await self._link()
                await asyncio.sleep(COME_BACK_S)

    async def _measure(self) -> None:
        """Measure in real time, whoever listens, from the first START on."""
        await self._begun.wait()
        began = time.monotonic()
        while True:
            due = int((time.monotonic() - began) * self._rate)
            self.measured = due - due % BATCH
            await asyncio.sleep(BATCH / self._rate)

    async def _link(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.links += 1
        self._start_at = None
        tool = ScriptedTool(reader, writer, LengthFraming())
        tool.answers = {
            Op.HELLO: self._hello,
            Op.INFO: self._tell_info,
            Op.GET_CAL: self._tell_calibration,
            Op.TIME: self._tell_time,
            Op.START: self._begin,
            Op.REPLAY: self._replay,
        }
        sending = asyncio.create_task(self._send(tool, writer))
        try:
            await tool.serve()
        finally:
            sending.cancel()
            writer.transport.abort()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, tool: ScriptedTool, writer: asyncio.StreamWriter) -> None:
        await tool.until_asked(Op.START)
        assert self._start_at is not None
        following = self._start_at
        while True:
            while following < self.measured:
                for sent in self._habits.live(self.tape, following):
                    tool.send_raw(sent)
                following += BATCH
                await writer.drain()
            await asyncio.sleep(BATCH / self._rate)

    def _hello(self, request: Request) -> list[bytes]:
        hello = control.HelloReply(VERSION, MINOR, False, self.tape.uid, self.tape.serial)
        return _reply(request, hello.encode())

    def _tell_info(self, request: Request) -> list[bytes]:
        return _reply(request, self._info.encode())

    def _tell_calibration(self, request: Request) -> list[bytes]:
        return _reply(request, self.tape.calibration.encode())

    def _tell_time(self, request: Request) -> list[bytes]:
        device_us = ZERO_US + self.measured * self.tape.period_us
        return _reply(request, control.TimeReply(device_us, self.tape.uid).encode())

    def _begin(self, request: Request) -> list[bytes]:
        if self._start_at is None:
            self._start_at = self.measured
            self._begun.set()
        begun = control.StartReply(self._info.max_hz, BATCH, self.tape.uid, self._start_at)
        return _reply(request, begun.encode())

    def _replay(self, request: Request) -> list[bytes]:
        uid = int.from_bytes(request.payload[:8], "little")
        first = int.from_bytes(request.payload[8:12], "little")
        count = int.from_bytes(request.payload[12:16], "little")
        if uid != self.tape.uid or first >= self.measured:
            return [Reply(request.op, request.req_id, Status.GONE).encode()]
        end = min(first + count, self.measured)
        answer = _reply(request, control.ReplayReply(first, end - first).encode())
        return answer + [
            self.tape.frame(index, replayed=True, count=min(BATCH, end - index)).encode()
            for index in range(first, end, BATCH)
        ]


def _reply(request: Request, payload: bytes) -> list[bytes]:
    return [Reply(request.op, request.req_id, Status.OK, payload).encode()]
