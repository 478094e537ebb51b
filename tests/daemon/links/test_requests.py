"""Requests, their answers, their time-outs and their repetition."""

import asyncio

import pytest
from scripted_tool import Pair, finish, silent

from ql_release.clock import SystemClock, VirtualClock
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import (
    LinkClosedError,
    RefusedError,
    RequestTimeoutError,
)
from ql_release.wire import control
from ql_release.wire.control import Op, Reply, Request, Status

SHORT_S = 0.02


async def test_a_request_without_an_answer_is_repeated_once(
    pair: Pair, impatient: VirtualClock
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, impatient)
    await driver.handshake()
    tries = []

    def second_time(request: Request) -> list[bytes]:
        tries.append(request)
        return tool.usual(request) if len(tries) == 2 else []

    tool.answers[Op.START] = second_time
    reply = await driver.start(hz=100)
    assert (reply.hz, reply.batch, reply.index) == (100, 10, 42)
    assert [request.payload for request in tries] == [control.start(100, 0, 0xFF)] * 2
    assert tries[0].req_id != tries[1].req_id


async def test_a_late_answer_to_the_first_try_counts(pair: Pair, impatient: VirtualClock) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, impatient)
    await driver.handshake()
    tries = []

    def answer_the_first(request: Request) -> list[bytes]:
        tries.append(request)
        return tool.usual(tries[0]) if len(tries) == 2 else []

    tool.answers[Op.START] = answer_the_first
    assert (await driver.start()).index == 42


@pytest.mark.parametrize("op", [Op.TARE, Op.CAL_POINT, Op.CAL_SAVE, Op.SLEEP, Op.AUTH])
async def test_what_must_not_happen_twice_is_never_repeated(
    pair: Pair, impatient: VirtualClock, op: Op
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, impatient)
    await driver.handshake()
    tool.answers[op] = silent
    with pytest.raises(RequestTimeoutError):
        await driver.request(op, b"\x01", SHORT_S)
    await finish(driver)
    assert tool.ops.count(op) == 1


async def test_an_answer_that_nobody_waits_for_is_counted(pair: Pair, clock: SystemClock) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()

    def with_strays(request: Request) -> list[bytes]:
        other_id = Reply(request.op, (request.req_id + 1) % 256, 0).encode()
        other_op = Reply(Op.INFO, request.req_id, 0).encode()
        return [other_id, other_op, *tool.usual(request)]

    tool.answers[Op.START] = with_strays
    assert (await driver.start()).index == 42
    assert driver.stats.stray_replies == 2


async def test_a_reply_after_the_time_out_does_not_answer_the_next_request(
    pair: Pair, impatient: VirtualClock
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, impatient)
    await driver.handshake()
    tares = []

    def one_late(request: Request) -> list[bytes]:
        tares.append(request)
        if len(tares) == 1:
            return []
        late = Reply(Op.TARE, tares[0].req_id, Status.UNDER_LOAD).encode()
        return [late, Reply(Op.TARE, request.req_id, Status.OK).encode()]

    tool.answers[Op.TARE] = one_late
    with pytest.raises(RequestTimeoutError):
        await driver.request(Op.TARE, b"\xff", SHORT_S)
    reply = await driver.request(Op.TARE, b"\xff", 5.0)
    assert reply.ok
    assert driver.stats.stray_replies == 1


async def test_requests_at_the_same_time_take_turns(pair: Pair, clock: SystemClock) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    replies = await asyncio.gather(*(driver.start() for _ in range(20)))
    assert len(replies) == 20
    ids = [request.req_id for request in tool.asked]
    assert len(set(ids)) == len(ids)


async def test_request_ids_begin_again_after_all_are_used(pair: Pair, clock: SystemClock) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    for _ in range(300):
        await driver.start()
    assert tool.ops.count(Op.START) == 300


async def test_a_request_that_waits_ends_with_the_link(pair: Pair, clock: SystemClock) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    tool.answers[Op.TARE] = silent
    waiting = asyncio.create_task(driver.request(Op.TARE, b"\xff", 60.0))
    await tool.until_asked(Op.TARE)
    driver.close()
    with pytest.raises(LinkClosedError):
        await waiting


async def test_a_request_on_a_link_that_has_ended_fails_at_once(
    pair: Pair, clock: SystemClock
) -> None:
    connection, _ = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    await finish(driver)
    with pytest.raises(LinkClosedError):
        await driver.start()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.OK, (Status.OK, 20, 5)),
        (Status.PARTIAL, (Status.PARTIAL, 20, 5)),
        (Status.GONE, (Status.GONE, 10, 0)),
    ],
)
async def test_replay_tells_what_will_come(
    pair: Pair, clock: SystemClock, status: Status, expected: tuple[Status, int, int]
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    payload = b"" if status == Status.GONE else control.ReplayReply(20, 5).encode()
    tool.answers[Op.REPLAY] = lambda r: [Reply(r.op, r.req_id, status, payload).encode()]
    answer = await driver.replay(1, 10, 15)
    assert (answer.status, answer.first, answer.count) == expected


async def test_replay_that_is_refused_is_an_error(pair: Pair, clock: SystemClock) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    tool.answers[Op.REPLAY] = lambda r: [Reply(r.op, r.req_id, Status.BUSY).encode()]
    with pytest.raises(RefusedError, match="busy; try again"):
        await driver.replay(1, 10, 15)


async def test_a_status_of_a_later_version_is_told_by_its_number(
    pair: Pair, clock: SystemClock
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    await driver.handshake()
    tool.answers[Op.START] = lambda r: [Reply(r.op, r.req_id, 99).encode()]
    with pytest.raises(RefusedError, match="status 99"):
        await driver.start()
