"""Scripted tools that make as many events as a tool can, in real time, over the real wire.

Somebody lies down for ten seconds, again and again, and for most of that time bears too much: each
excursion above the limit is an event, beside the holds' own and whatever else the daemon sees in
it. A tool gives about 1.8 events a second so.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import replace

from scripted_tool import ScriptedTool, make_frame, make_info

from ql_release.units import MICROSECONDS
from ql_release.wire.calibration import Calibration, ZoneCalibration
from ql_release.wire.control import (
    HelloReply,
    Op,
    ReplayReply,
    Reply,
    Request,
    StartReply,
    Status,
    TimeReply,
)
from ql_release.wire.frames import MINOR, VERSION
from ql_release.wire.framing import LengthFraming

THRESHOLD_N = 100.0
"""The person's threshold; the limit is 120 % of it."""
ABOVE_N, BELOW_N = 132.0, 100.0
"""A tenth above the limit, and below the nine tenths of it at which the warning arms itself."""
RATE_HZ = 50
ABOVE_SAMPLES, BELOW_SAMPLES = 27, 3
"""0.54 s above, for 0.5 s are needed, and 0.06 s below."""
LIFTED_SAMPLES = 40
"""0.8 s off the tool, for within 0.5 s it would be the same contact."""
SETTLING_SAMPLES = 20
EXCURSIONS = 16
BATCH = 10
"""Samples to a frame: five frames a second."""
N_PER_COUNT = 0.01

CYCLE = (
    [0.0] * LIFTED_SAMPLES
    + [BELOW_N] * SETTLING_SAMPLES
    + ([ABOVE_N] * ABOVE_SAMPLES + [BELOW_N] * BELOW_SAMPLES) * EXCURSIONS
)
"""Newtons at each sample."""
_PERIOD_US = MICROSECONDS // RATE_HZ
_U32 = 0xFFFFFFFF


class BusyTool:
    """A tool with one zone on TCP.

    Args:
        number: makes its serial number, its stream and where in the cycle it begins.
        name: what it calls itself.
    """

    def __init__(self, number: int, name: str) -> None:
        self._serial = number.to_bytes(8, "big")
        self._uid = 0xB000_0000_0000_0000 + number
        self._name = name
        self._shift = number * 37 % len(CYCLE)
        self._calibration = Calibration(7, (ZoneCalibration(0, 0, N_PER_COUNT),), 0, 0, (0, 0, 0))
        self._index = 0
        self._boot = time.monotonic()
        self._first_us = 0
        self._resting = False

    def rest(self) -> None:
        """Have nobody lie on it from now on."""
        self._resting = True

    async def run(self, port: int) -> None:
        """Connect to a daemon, and stream until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        peer = ScriptedTool(reader, writer, LengthFraming())
        peer.answers = dict.fromkeys(Op, self._answer)
        serving = asyncio.create_task(peer.serve())
        try:
            await peer.until_asked(Op.START)
            while True:
                await self._stream(peer)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _stream(self, peer: ScriptedTool) -> None:
        """Send the next frame as soon as its last sample is measured."""
        due_us = self._first_us + (self._index + BATCH) * _PERIOD_US
        await asyncio.sleep(max(0, due_us - self._now_us()) / MICROSECONDS)
        counts = (round(self._force(self._index + n) / N_PER_COUNT) for n in range(BATCH))
        frame = replace(
            make_frame(self._index, BATCH),
            stream=self._uid & 0xFFFF,
            t0_us=(self._first_us + self._index * _PERIOD_US) & _U32,
            period_us=_PERIOD_US,
            n_force=1,
            body=b"".join(count.to_bytes(3, "little", signed=True) for count in counts),
        )
        peer.send(frame.encode())
        self._index += BATCH

    def _force(self, index: int) -> float:
        return 0.0 if self._resting else CYCLE[(index + self._shift) % len(CYCLE)]

    def _now_us(self) -> int:
        return round((time.monotonic() - self._boot) * MICROSECONDS)

    def _answer(self, request: Request) -> Iterable[bytes]:
        status, payload = self._reply(request.op)
        return [Reply(request.op, request.req_id, status, payload).encode()]

    def _reply(self, op: int) -> tuple[Status, bytes]:
        if op == Op.REPLAY:
            return Status.GONE, ReplayReply(self._index, 0).encode()
        return Status.OK, self._payload(op)

    def _payload(self, op: int) -> bytes:
        match op:
            case Op.HELLO:
                hello = HelloReply(VERSION, MINOR, auth=False, uid=self._uid, serial=self._serial)
                return hello.encode()
            case Op.INFO:
                return self._info()
            case Op.GET_CAL:
                return self._calibration.encode()
            case Op.TIME:
                return TimeReply(self._now_us(), self._uid).encode()
            case Op.START:
                self._first_us = self._now_us() - self._index * _PERIOD_US
                return StartReply(RATE_HZ, BATCH, self._uid, self._index).encode()
            case _:
                return b""

    def _info(self) -> bytes:
        info = replace(
            make_info(),
            n_force=1,
            max_hz=RATE_HZ,
            serial=self._serial,
            uid=self._uid,
            ring_samples=0,
            name=self._name,
        )
        return info.encode()
