"""Two tools with one serial number would push each other out for ever: the second waits."""

import pytest
from live_bench import BenchTool, SmallDaemon

from ql_release.tools.fleet import TWIN_WAIT_S
from ql_release.tools.twins import MAX_DISPLACED, Twins

SERIAL = bytes(8)


def test_a_stream_that_was_displaced_by_another_cannot_come_back_from_one_tool() -> None:
    twins = Twins()
    assert not twins.is_twin(SERIAL, 1)
    twins.displaced(SERIAL, 1)
    assert twins.is_twin(SERIAL, 1)
    assert not twins.is_twin(SERIAL, 2)
    assert not twins.is_twin(b"another.", 1)


def test_a_twin_is_news_once() -> None:
    twins = Twins()
    assert [twins.is_news(SERIAL, 1), twins.is_news(SERIAL, 1)] == [True, False]
    assert twins.is_news(SERIAL, 2)


def test_only_the_latest_displaced_streams_are_remembered() -> None:
    twins = Twins()
    for uid in range(MAX_DISPLACED + 1):
        twins.displaced(SERIAL, uid)
        twins.displaced(SERIAL, uid)
    assert not twins.is_twin(SERIAL, 0)
    assert all(twins.is_twin(SERIAL, uid) for uid in range(1, MAX_DISPLACED + 1))


async def test_the_second_of_two_tools_is_kept_waiting_and_told_of_once(
    daemon: SmallDaemon, tool: BenchTool, caplog: pytest.LogCaptureFixture
) -> None:
    twin = BenchTool(daemon.clock, uid=0x77)
    await daemon.start()
    await daemon.connect(tool)
    heard = await daemon.connect(twin)  # it may be the same tool, restarted
    for _ in range(2):
        waiting = await daemon.connect(tool)
        await daemon.turn(TWIN_WAIT_S - 1)
        assert not waiting.closed.is_set()
        await daemon.turn(1)
        assert waiting.closed.is_set()
    assert daemon.live().link is heard
    [told] = [message for message in caplog.messages if "second tool" in message]
    assert tool.serial.hex() in told
    assert "give each tool a serial number of its own" in told


async def test_the_second_tool_is_heard_once_the_first_has_gone(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    twin = BenchTool(daemon.clock, uid=0x77)
    await daemon.start()
    await daemon.connect(tool)
    await daemon.connect(twin)
    twin.hang_up()
    await daemon.on_disk()
    link = await daemon.connect(tool)
    assert daemon.live().link is link


async def test_a_tool_that_keeps_coming_back_is_no_twin(
    daemon: SmallDaemon, tool: BenchTool, caplog: pytest.LogCaptureFixture
) -> None:
    await daemon.start()
    for uid in (1, 1, 2, 2, 3):
        tool.uid = uid
        link = await daemon.connect(tool)
        assert daemon.live().link is link
    assert "second tool" not in caplog.text
