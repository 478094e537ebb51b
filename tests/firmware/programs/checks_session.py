"""One connection: the order of what is sent, and hosts that are slow, dead or talk nonsense."""

import asyncio
from array import array

from release_tool.app import Tool
from release_tool.calibration import decode_calibration
from release_tool.compat import sleep_ms
from release_tool.links import session as session_module
from release_tool.links.session import Session
from release_tool.sampler import Sampler
from release_tool.wire import control as wire
from release_tool.wire.frame import FLAG_CALIBRATION, TYPE_EVENT, TYPE_SAMPLES, TYPE_STATUS

from bench import FakeHardware, FakeStore

_CALIBRATION_AT = 50
_FRAME = 9


class Bare:
    """A framing that adds nothing."""

    def feed(self, data):
        return [data]

    def encode(self, message):
        return message


class Writer:
    """A transport that takes everything, or nothing any more."""

    def __init__(self):
        self.sent = []
        self.stuck = False
        self.freed = asyncio.Event()
        self.began = asyncio.Event()

    def write(self, data):
        self.sent.append(data)
        self.began.set()

    async def drain(self):
        if self.stuck:
            await self.freed.wait()

    async def wait_closed(self):
        pass


class Reader:
    """A host that says these things, then nothing."""

    def __init__(self, *said):
        self.said = list(said)

    async def read(self, _size):
        if not self.said:
            await asyncio.Event().wait()
        return self.said.pop(0)


class Bench:
    def __init__(self, index_limit=1 << 30, said=()):
        self.hal = FakeHardware(n_force=4)
        self.uids = 0
        self.tool = Tool(self.hal, FakeStore(), new_uid=self.new_uid)
        self.tool.sampler = Sampler(
            self.hal,
            self.tool.clock,
            self.tool.ring,
            self.new_uid,
            offsets=[0] * 4,
            index_limit=index_limit,
        )
        self.writer = Writer()
        self.session = Session(self.tool, Bare(), Reader(*said), self.writer)
        self.tool._sessions.append(self.session)

    def new_uid(self):
        self.uids += 1
        return self.uids

    def take(self, samples):
        for _ in range(samples):
            self.tool.sampler.take()

    def tare(self):
        reply = self.session._control.handle(bytes((wire.OP_TARE, 1, 0xFF)))
        assert reply[2] == wire.STATUS_OK

    def sent(self):
        """Take all that is due; return (type, index) of each, and for a status its cal_id."""
        return list(self.each())

    def each(self):
        while True:
            message = self.session._next()
            if message is None:
                return
            kind = message[0] & 0x0F
            index = int.from_bytes(message[4:8], "little")
            if kind == TYPE_STATUS:
                yield kind, index, decode_calibration(message[_CALIBRATION_AT:]).cal_id
            else:
                yield kind, index


def check_a_status_comes_first():
    bench = Bench()
    bench.take(5)
    assert bench.session.start(0) == (_FRAME, 2, 5)
    bench.take(_FRAME)
    assert bench.sent() == [(TYPE_STATUS, 5, 0), (TYPE_SAMPLES, 5)]


def check_a_status_tells_the_calibration_of_the_samples_to_come():
    bench = Bench()
    bench.session.start(0)
    bench.sent()
    bench.take(2 * _FRAME)
    bench.tare()
    bench.session._status_due = True
    bench.take(_FRAME)
    assert bench.sent() == [
        (TYPE_STATUS, 0, 0),
        (TYPE_EVENT, 2 * _FRAME),
        (TYPE_SAMPLES, 0),
        (TYPE_SAMPLES, _FRAME),
        (TYPE_STATUS, 2 * _FRAME, 1),
        (TYPE_SAMPLES, 2 * _FRAME),
    ]


def check_each_of_two_calibrations_is_told_before_its_own_samples():
    bench = Bench()
    bench.session.start(0)
    bench.sent()
    bench.take(_FRAME)
    for _ in range(2):
        bench.tare()
        bench.take(_FRAME)
    told = [message for message in bench.sent() if message[0] != TYPE_EVENT]
    assert told == [
        (TYPE_SAMPLES, 0),
        (TYPE_STATUS, _FRAME, 1),
        (TYPE_SAMPLES, _FRAME),
        (TYPE_STATUS, 2 * _FRAME, 2),
        (TYPE_SAMPLES, 2 * _FRAME),
    ]


def check_start_names_the_sample_that_comes_next():
    bench = Bench()
    bench.session.start(0)
    bench.sent()
    bench.take(_FRAME)
    bench.sent()
    bench.tare()
    bench.take(_FRAME)
    each = bench.each()
    while next(each) != (TYPE_STATUS, _FRAME, 1):
        pass
    assert bench.session.start(0) == (_FRAME, 2, _FRAME)
    assert bench.sent() == [(TYPE_STATUS, _FRAME, 1), (TYPE_SAMPLES, _FRAME)]


def check_a_stream_is_sent_to_its_end_before_the_next_one():
    bench = Bench(index_limit=2 * _FRAME + 3)
    bench.session.start(0)
    bench.sent()
    bench.take(3 * _FRAME)
    bench.tool._tell(1, 0.0)
    bench.session._status_due = True
    messages = []
    while True:
        message = bench.session._next()
        if message is None:
            break
        messages.append((message[0] & 0x0F, message[2], int.from_bytes(message[4:8], "little")))
    assert messages == [
        (TYPE_STATUS, 2, 0),
        (TYPE_SAMPLES, 2, 0),
        (TYPE_SAMPLES, 2, _FRAME),
        (TYPE_SAMPLES, 2, 2 * _FRAME),
        (TYPE_STATUS, 3, 0),
        (TYPE_EVENT, 3, 6),
    ]


def check_a_calibration_among_skipped_frames_is_told():
    bench = Bench()
    bench.session.start(0)
    bench.sent()
    bench.take(_FRAME)
    bench.tare()
    bench.session._events.clear()
    bench.take(50 * _FRAME)
    newest = 50 * _FRAME
    assert bench.sent() == [(TYPE_STATUS, newest, 1), (TYPE_SAMPLES, newest)]
    assert bench.tool.ring.flags(1) & FLAG_CALIBRATION


def check_standing_faults_follow_the_first_status():
    bench = Bench()
    bench.hal.found = 0b1
    bench.take(_FRAME)
    bench.tool._look_for_faults()
    bench.session.start(0)
    assert bench.sent() == [(TYPE_STATUS, _FRAME, 0), (TYPE_EVENT, _FRAME)]
    bench.session.start(0)
    assert bench.sent() == [(TYPE_STATUS, _FRAME, 0)]


def served(bench, condition):
    """Serve until a condition holds or the session ends; return whether it ended by itself."""

    async def main():
        task = asyncio.create_task(bench.session.run(lambda: None))
        for _ in range(4000):
            if condition() or bench.session._over.is_set():
                break
            await asyncio.sleep(0)
        ended = bench.session._over.is_set()
        bench.session._over.set()
        await task
        return ended

    return asyncio.run(main())


def check_a_slow_host_has_one_message_under_way_and_the_rest_waits_in_the_ring():
    bench = Bench(said=[bytes((wire.OP_START, 1, 0, 0, 0, 0xFF))])
    bench.writer.stuck = True
    turns = array("i", [0])

    def sampled():
        turns[0] += 1
        bench.take(1)
        return turns[0] > 1000

    assert not served(bench, sampled)
    assert len(bench.writer.sent) == 1
    assert bench.tool.sampler.index > 1000


def check_a_host_that_takes_nothing_for_long_is_given_up():
    bench = Bench(said=[bytes((wire.OP_PING, 1)) + bytes(8)])
    bench.writer.stuck = True
    now = [0]
    real = session_module.ticks_us
    session_module.ticks_us = lambda: now[0]

    async def main():
        task = asyncio.create_task(bench.session.run(lambda: None))
        await bench.writer.began.wait()
        now[0] = 29_000_000
        await asyncio.sleep(1.1)
        assert not bench.session._over.is_set()
        now[0] = 31_000_000
        await task

    try:
        asyncio.run(main())
    finally:
        session_module.ticks_us = real
    assert bench.session._over.is_set()


def check_a_session_ends_whenever_it_is_cancelled():
    """Also at the moment at which it checks in; several are, for moments differ by a little."""
    tool = Bench().tool

    async def cancelled(after_ms):
        session = Session(tool, Bare(), Reader(), Writer())
        task = asyncio.create_task(session.run(lambda: None))
        await sleep_ms(after_ms)
        task.cancel()
        await sleep_ms(500)
        return task.done()

    async def main():
        moments = [ms for ms in range(996, 1006) for _ in range(10)]
        return await asyncio.gather(*[cancelled(ms) for ms in moments])

    assert all(asyncio.run(main()))


def check_garbage_is_passed_over():
    garbage = [bytes((first, 7)) * 3 for first in (0x00, 0x11, 0x1F, 0x80, 0xFF)]
    ping = bytes((wire.OP_PING, 9)) + bytes(8)
    bench = Bench(said=garbage + [b"\x20", ping])  # noqa: RUF005 - not in MicroPython
    assert not served(bench, lambda: bench.writer.sent)
    assert [message[:3] for message in bench.writer.sent] == [bytes((wire.OP_PING | 0x80, 9, 0))]
    assert bench.session.heard == 1


def check_a_host_that_hangs_up_ends_the_session():
    bench = Bench(said=[b""])
    assert served(bench, lambda: False)
