"""Finding out who is there, against a tool at the other end of a real socket."""

import pytest
from scripted_tool import Pair, silent

from ql_release.clock import SystemClock, VirtualClock
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import (
    AuthenticationError,
    HandshakeError,
    LinkClosedError,
    LinkError,
    RefusedError,
    RequestTimeoutError,
)
from ql_release.wire import control
from ql_release.wire.control import Op, Reply, Request, Status


async def test_asks_in_the_contracts_order_and_tells_who_is_there(
    pair: Pair, clock: SystemClock
) -> None:
    connection, tool = await pair()
    driver = ToolDriver(connection, clock)
    hello = await driver.handshake()
    assert tool.ops == [Op.HELLO, Op.INFO, Op.GET_CAL, Op.TIME]
    assert (hello.info.name, hello.info.model, hello.uid) == ("left", "test", hello.info.uid)
    assert hello.calibration.cal_id == 7
    assert hello.calibration_block == hello.calibration.encode()
    assert hello.info_payload == hello.info.encode()


async def test_tells_the_tool_the_clocks_time(pair: Pair) -> None:
    clock = VirtualClock(speed=10, duration=1000)
    connection, tool = await pair()
    before = clock.now_us()
    await ToolDriver(connection, clock).handshake()
    told = int.from_bytes(tool.asked[-1].payload, "little")
    assert before <= told <= clock.now_us()


@pytest.mark.parametrize("major", [0, 2, 15])
async def test_another_major_version_is_refused_with_both_versions(
    pair: Pair, clock: SystemClock, major: int
) -> None:
    connection, tool = await pair()
    payload = control.HelloReply(major, 0, False, 1, bytes(8)).encode()
    tool.answers[Op.HELLO] = lambda r: [Reply(r.op, r.req_id, 0, payload).encode()]
    with pytest.raises(HandshakeError, match=f"version {major} .* version 1: update"):
        await ToolDriver(connection, clock).handshake()
    assert tool.ops == [Op.HELLO]


@pytest.mark.parametrize("payload", [b"", b"\x02"])
async def test_a_tool_that_refuses_our_version_is_told_of(
    pair: Pair, clock: SystemClock, payload: bytes
) -> None:
    connection, tool = await pair()
    tool.answers[Op.HELLO] = lambda r: [
        Reply(r.op, r.req_id, Status.UNSUPPORTED_VERSION, payload).encode()
    ]
    with pytest.raises(HandshakeError, match="update the tool or the daemon"):
        await ToolDriver(connection, clock).handshake()


@pytest.mark.parametrize("op", [Op.HELLO, Op.INFO, Op.GET_CAL, Op.TIME])
async def test_replies_that_are_too_short_are_one_clear_error(
    pair: Pair, clock: SystemClock, op: Op
) -> None:
    connection, tool = await pair()
    tool.answers[op] = lambda r: [Reply(r.op, r.req_id, 0, b"\x01").encode()]
    with pytest.raises(HandshakeError, match="test link answered wrongly"):
        await ToolDriver(connection, clock).handshake()


@pytest.mark.parametrize("op", [Op.HELLO, Op.INFO, Op.GET_CAL, Op.TIME])
async def test_a_refusal_names_the_request_and_the_reason(
    pair: Pair, clock: SystemClock, op: Op
) -> None:
    connection, tool = await pair()
    tool.answers[op] = lambda r: [Reply(r.op, r.req_id, Status.NOT_READY).encode()]
    with pytest.raises(RefusedError, match=f"refused {op.name}: it is not ready") as caught:
        await ToolDriver(connection, clock).handshake()
    assert (caught.value.op, caught.value.status) == (op, Status.NOT_READY)


async def test_a_peer_that_says_nothing_is_given_up(pair: Pair, impatient: VirtualClock) -> None:
    connection, tool = await pair()
    tool.answers[Op.HELLO] = silent
    with pytest.raises(RequestTimeoutError, match="does not answer HELLO: check"):
        await ToolDriver(connection, impatient).handshake()
    assert tool.ops == [Op.HELLO, Op.HELLO]


async def test_a_peer_that_is_no_tool_is_given_up(pair: Pair, impatient: VirtualClock) -> None:
    connection, tool = await pair()
    tool.answers[Op.HELLO] = silent
    tool.send_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200)
    driver = ToolDriver(connection, impatient)
    with pytest.raises(RequestTimeoutError):
        await driver.handshake()
    assert driver.framing_stats.messages == 0
    assert driver.framing_stats.discarded_bytes > 0


async def test_a_peer_that_hangs_up_ends_the_handshake_at_once(
    pair: Pair, clock: SystemClock
) -> None:
    connection, tool = await pair()

    def hang_up(_request: Request) -> list[bytes]:
        tool.hang_up()
        return []

    tool.answers[Op.INFO] = hang_up
    with pytest.raises(LinkClosedError, match="test link has closed"):
        await ToolDriver(connection, clock).handshake()


def test_every_error_of_a_link_is_a_link_error() -> None:
    for kind in (AuthenticationError, HandshakeError, LinkClosedError, RequestTimeoutError):
        assert issubclass(kind, LinkError)
