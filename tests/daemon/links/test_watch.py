"""Links that go quiet: noticed within bounds, restarted with growing pauses."""

import asyncio
import logging

import pytest
from playable import SteppingClock
from scripted_tool import Pair, Recorder, finish, make_frame

from ql_release.clock import VirtualClock
from ql_release.links import watch
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import QuietError
from ql_release.links.watch import (
    LOOK_S,
    MIN_REAL_QUIET_S,
    QUIET_S,
    STEADY_S,
    TRIES_TO_ADAPTER,
    LinkEnd,
    LinkKeeper,
    QuietWatch,
)
from ql_release.wire.control import Op

SHORT_S = 0.2


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


async def test_quiet_is_noticed_within_a_look(clock: SteppingClock) -> None:
    watching = QuietWatch(clock)
    began = clock.time
    await watching.wait()
    assert QUIET_S <= clock.time - began < QUIET_S + LOOK_S


async def test_whoever_is_heard_is_not_quiet(clock: SteppingClock) -> None:
    watching = QuietWatch(clock)
    waiting = asyncio.create_task(watching.wait())
    for _ in range(40):
        watching.heard()
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


@pytest.mark.parametrize(("speed", "virtual_s"), [(1, QUIET_S), (10, 50.0), (0.5, QUIET_S)])
async def test_a_fast_clock_gives_real_machines_time(speed: float, virtual_s: float) -> None:
    watching = QuietWatch(VirtualClock(speed, 0))
    assert watching._quiet_s == pytest.approx(max(virtual_s, speed * MIN_REAL_QUIET_S))


async def test_pauses_grow_until_the_link_has_been_steady(clock: SteppingClock) -> None:
    keeper = LinkKeeper("serial x", clock)
    for _ in range(6):
        keeper.begins()
        await keeper.pause(LinkEnd.QUIET)
    keeper.begins()
    clock.time += STEADY_S
    await keeper.pause(LinkEnd.QUIET)
    assert clock.slept == [1, 2, 4, 8, 10, 10, 1]


async def test_after_some_restarts_in_vain_it_is_the_adapters_turn(clock: SteppingClock) -> None:
    restarted: list[int] = []

    async def restart() -> None:
        restarted.append(len(clock.slept))

    keeper = LinkKeeper("ble x", clock, restart)
    for _ in range(2 * TRIES_TO_ADAPTER + 1):
        keeper.begins()
        await keeper.pause(LinkEnd.QUIET)
    assert restarted == [TRIES_TO_ADAPTER - 1, 2 * TRIES_TO_ADAPTER - 1]


@pytest.mark.parametrize("good", ["a tool that left", "a steady link"])
async def test_what_worked_meanwhile_spares_the_adapter(clock: SteppingClock, good: str) -> None:
    restarted: list[str] = []

    async def restart() -> None:
        restarted.append("adapter")

    keeper = LinkKeeper("ble x", clock, restart)
    for number in range(3 * TRIES_TO_ADAPTER):
        keeper.begins()
        ends = LinkEnd.QUIET
        if number % 2:
            clock.time += STEADY_S if good == "a steady link" else 0
            ends = LinkEnd.QUIET if good == "a steady link" else LinkEnd.LEFT
        await keeper.pause(ends)
    assert not restarted


async def test_an_adapter_that_cannot_be_restarted_is_told_and_the_link_tried_again(
    clock: SteppingClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def restart() -> None:
        raise OSError("no rights")

    keeper = LinkKeeper("ble x", clock, restart)
    with caplog.at_level(logging.WARNING):
        for _ in range(TRIES_TO_ADAPTER):
            keeper.begins()
            await keeper.pause(LinkEnd.QUIET)
    assert len(clock.slept) == TRIES_TO_ADAPTER
    assert [record.getMessage() for record in caplog.records] == [
        "ble x stays quiet: what it runs on is restarted",
        "ble x stays quiet, and the restart failed: no rights",
    ]


async def test_the_trouble_is_told_and_passes(clock: SteppingClock) -> None:
    keeper = LinkKeeper("serial x", clock)
    assert keeper.problem is None
    assert keeper.absent("no such file")
    assert not keeper.absent("no such file")
    assert keeper.problem == "it cannot be opened: no such file"
    told = []
    for _ in range(2):
        keeper.begins()
        await keeper.pause(LinkEnd.QUIET)
        told.append(keeper.problem)
    assert told == [
        "it is quiet, and was closed for that once: check that the tool is on",
        "it is quiet, and was closed for that 2 times: check that the tool is on",
    ]
    keeper.begins()
    await keeper.pause(LinkEnd.LEFT)
    assert keeper.problem is None


async def test_a_tool_that_answers_but_measures_nothing_any_more_is_quiet(
    pair: Pair, sink: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MIN_REAL_QUIET_S", SHORT_S)
    connection, tool = await pair()
    driver = ToolDriver(connection, VirtualClock(speed=100, duration=0))
    await driver.handshake()
    tool.send(make_frame(0).encode())
    with pytest.raises(QuietError, match="is quiet: no frame has come"):
        await driver.run(sink)
    assert len(sink.frames) == 1
    assert Op.TIME in tool.ops
    await finish(driver)
