"""What a tool measured while nobody listened is fetched, as far back as it keeps it."""

import pytest
from live_bench import BenchTool, SmallDaemon

STORY = ["session/started", "pressure/hold_started", "pressure/hold_ended", "session/ended"]
TOUCHED = "2027-01-15T08:00:02.010Z"
"""When the 201st sample was measured, that of the first touch."""
RING = 1000
"""Samples that the tool says it keeps: ten seconds."""


async def undisturbed(daemon: SmallDaemon, tool: BenchTool) -> None:
    """Play the story that a test disturbs: a hold of five seconds."""
    await tool.press(0, 2)
    await tool.press(60, 5)
    await tool.press(0, 13)


@pytest.fixture(autouse=True)
def sessions_end_soon(daemon: SmallDaemon) -> None:
    """Let a session end ten seconds after its last contact."""
    daemon.fields["session"] = {"end_after_s": 10}


async def test_a_contact_that_began_while_no_daemon_ran_is_told_from_its_start(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await tool.press(0, 2)
    await tool.press(60, 3)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    await tool.press(0, 13)
    assert await daemon.kinds() == STORY
    started, hold, *_ = await daemon.events()
    assert started["at"] == TOUCHED
    assert hold["at"] == started["at"]
    assert daemon.live().counts.lost_samples == 0


async def test_a_crash_between_touch_and_session_costs_nothing(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    """Nothing of an idle tool is journaled, not even that somebody has just touched it."""
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 2)
    await tool.press(60, 0.5)
    await daemon.crash()
    tool.hang_up()
    await tool.press(60, 1.5)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 3)
    await tool.press(0, 13)
    assert await daemon.kinds() == STORY
    assert (await daemon.events())[0]["at"] == TOUCHED


async def test_what_a_session_has_had_is_not_told_again(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    """The tool still keeps the end of the hold when the daemon starts again."""
    await daemon.start()
    await daemon.connect(tool)
    await undisturbed(daemon, tool)
    ended = tool.index
    told = await daemon.kinds()
    await daemon.crash()
    tool.hang_up()
    await tool.press(0, 1)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 5)
    assert await daemon.kinds() == told == STORY
    (_, first, _), *more = tool.replays
    assert ended - RING < first <= ended
    assert more == []


async def test_a_stop_is_not_undone_by_a_restart(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.ask("mat", "stop")
    await tool.press(0, 4)
    told = await daemon.kinds()
    await daemon.crash()
    tool.hang_up()
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 14)
    assert await daemon.kinds() == told == STORY


async def test_what_the_tool_keeps_no_longer_is_no_loss_of_ours(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await tool.press(0, 12)
    tool.oldest = 800
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    assert tool.replays == [(tool.uid, 200, 1000)]
    assert daemon.live().pipeline is not None
    assert daemon.live().counts.lost_samples == 0
    await tool.press(60, 5)
    assert await daemon.kinds() == STORY[:2]


async def test_another_stream_is_taken_up_from_its_beginning(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    """The tool restarts in mid-hold, and is back on its link only three seconds later."""
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    tool.restart(uid=7)
    await tool.press(60, 3)
    await daemon.connect(tool)
    await tool.press(60, 2)
    assert tool.replays == [(7, 0, 300)]
    pipeline = daemon.live().pipeline
    assert pipeline is not None
    assert pipeline.next_index == 500


async def test_a_tool_whose_clock_has_just_gone_round_is_dated_right(
    daemon: SmallDaemon, tool: BenchTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The samples that are fetched are from before its 32 bits of microseconds were full."""
    monkeypatch.setattr(tool, "_device_us", lambda index: 2**32 - 3_000_000 + index * 10_000)
    await tool.press(0, 2)
    await tool.press(60, 3)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    assert [event["at"] for event in await daemon.events()] == [TOUCHED] * 2
