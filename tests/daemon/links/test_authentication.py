"""Tool and daemon prove the key to each other before anything counts."""

import asyncio

import pytest
from scripted_tool import Pair, Recorder, finish, make_frame

from ql_release.clock import SystemClock
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import (
    AuthenticationError,
)
from ql_release.wire import control
from ql_release.wire.control import Op, Reply, Request, Status

KEY = bytes(range(32))
OTHER_KEY = bytes(32)


async def test_both_sides_prove_the_key_before_anything_else(
    pair: Pair, clock: SystemClock
) -> None:
    connection, tool = await pair(KEY)
    await ToolDriver(connection, clock, KEY).handshake()
    assert tool.ops[:4] == [Op.HELLO, Op.AUTH, Op.AUTH, Op.INFO]


async def test_a_tool_with_another_key_is_refused_and_learns_nothing(
    pair: Pair, clock: SystemClock
) -> None:
    connection, tool = await pair(OTHER_KEY)
    with pytest.raises(AuthenticationError, match="could not prove that it has the daemon's"):
        await ToolDriver(connection, clock, KEY).handshake()
    assert tool.ops == [Op.HELLO, Op.AUTH]


async def test_a_tool_that_refuses_the_daemons_key_is_told_of(
    pair: Pair, clock: SystemClock
) -> None:
    connection, tool = await pair(KEY)

    def refuse_proof(request: Request) -> list[bytes]:
        if request.payload[0] == control.AuthStep.CHALLENGE:
            return tool.usual(request)
        return [Reply(request.op, request.req_id, Status.NOT_AUTHENTICATED).encode()]

    tool.answers[Op.AUTH] = refuse_proof
    with pytest.raises(AuthenticationError, match="does not accept the daemon's key"):
        await ToolDriver(connection, clock, KEY).handshake()
    assert Op.INFO not in tool.ops


async def test_a_tool_without_a_key_is_refused_where_one_is_configured(
    pair: Pair, clock: SystemClock
) -> None:
    connection, tool = await pair(None)
    with pytest.raises(AuthenticationError, match="put the same key on both"):
        await ToolDriver(connection, clock, KEY).handshake()
    assert Op.INFO not in tool.ops


async def test_a_tool_that_asks_for_a_key_says_which_setting_is_missing(
    pair: Pair, clock: SystemClock
) -> None:
    connection, _ = await pair(KEY)
    with pytest.raises(AuthenticationError, match=r"set tcp\.key_file"):
        await ToolDriver(connection, clock).handshake()


async def test_on_a_cable_the_key_is_proved_only_to_a_tool_that_asks_for_it(
    pair: Pair, clock: SystemClock
) -> None:
    for tools_key, proofs in ((None, 0), (KEY, 2)):
        connection, tool = await pair(tools_key)
        await ToolDriver(connection, clock, KEY, key_required=False).handshake()
        assert tool.ops.count(Op.AUTH) == proofs


async def test_a_proof_that_is_cut_short_is_no_proof(pair: Pair, clock: SystemClock) -> None:
    connection, tool = await pair(KEY)
    tool.answers[Op.AUTH] = lambda r: [Reply(r.op, r.req_id, 0, bytes(47)).encode()]
    with pytest.raises(AuthenticationError, match="could not prove"):
        await ToolDriver(connection, clock, KEY).handshake()


async def test_the_daemons_own_proof_sent_back_is_no_proof(pair: Pair, clock: SystemClock) -> None:
    connection, tool = await pair(KEY)
    tool.answers[Op.AUTH] = lambda r: [
        Reply(r.op, r.req_id, 0, (r.payload[1:] + bytes(48))[:48]).encode()
    ]
    with pytest.raises(AuthenticationError, match="could not prove"):
        await ToolDriver(connection, clock, KEY).handshake()


async def test_each_handshake_uses_a_new_nonce(pair: Pair, clock: SystemClock) -> None:
    nonces = set()
    for _ in range(3):
        connection, tool = await pair(KEY)
        await ToolDriver(connection, clock, KEY).handshake()
        nonces.add(tool.asked[1].payload)
    assert len(nonces) == 3


async def test_frames_before_the_proof_are_dropped_and_counted(
    pair: Pair, clock: SystemClock, sink: Recorder
) -> None:
    connection, tool = await pair(KEY)
    tool.send(make_frame(0).encode())

    def with_frame(request: Request) -> list[bytes]:
        return [make_frame(2).encode(), *tool.usual(request)]

    tool.answers[Op.AUTH] = with_frame
    driver = ToolDriver(connection, clock, KEY)
    await driver.handshake()
    tool.send(make_frame(8).encode())
    running = asyncio.create_task(driver.run(sink))
    await sink.arrived.wait()
    await finish(driver)
    await running
    assert driver.untrusted_frames == 3
    assert [taken.index for taken in sink.frames] == [8]


async def test_frames_of_a_tool_that_fails_the_proof_never_count(
    pair: Pair, clock: SystemClock
) -> None:
    connection, tool = await pair(OTHER_KEY)
    driver = ToolDriver(connection, clock, KEY)
    tool.send(make_frame(0).encode())
    with pytest.raises(AuthenticationError):
        await driver.handshake()
    tool.send(make_frame(2).encode())
    tool.hang_up()
    assert driver._reading is not None
    await driver._reading
    await driver.wait_closed()
    assert driver.untrusted_frames == 2
    with pytest.raises(RuntimeError, match="handshake"):
        await driver.run(None)
