"""Missing samples are asked for once, waited for while they come, and given up in the end."""

import asyncio

from live_bench import BenchTool, SmallDaemon

from ql_release.tools.gaps import PATIENCE_S, GapAction, GapWatch
from ql_release.wire.stream import Gap

OTHER_UID = 0x1111_2222_3333_4444


def test_a_gap_is_asked_for_once_and_given_up_after_two_seconds() -> None:
    watch = GapWatch()
    assert watch.judge(Gap(10, 5), 7.0) is GapAction.ASK
    assert watch.judge(Gap(10, 5), 7.0) is GapAction.WAIT
    assert watch.judge(Gap(10, 5), 8.99) is GapAction.WAIT
    assert watch.judge(Gap(10, 5), 9.0) is GapAction.GIVE_UP


def test_each_sample_that_comes_buys_the_rest_two_more_seconds() -> None:
    watch = GapWatch()
    watch.judge(Gap(10, 5), 0.0)
    assert watch.judge(Gap(12, 3), 1.9) is GapAction.WAIT
    assert watch.judge(Gap(14, 1), 3.8) is GapAction.WAIT
    assert watch.judge(Gap(14, 1), 5.79) is GapAction.WAIT
    assert watch.judge(Gap(14, 1), 3.8 + PATIENCE_S) is GapAction.GIVE_UP


def test_the_next_gap_is_asked_for_as_well_and_has_its_own_two_seconds() -> None:
    watch = GapWatch()
    watch.judge(Gap(10, 5), 0.0)
    assert watch.judge(Gap(30, 2), 1.9) is GapAction.ASK
    assert watch.judge(Gap(30, 2), 3.8) is GapAction.WAIT


def test_nothing_is_done_while_nothing_is_missing() -> None:
    watch = GapWatch()
    assert watch.judge(None, 0.0) is None
    watch.judge(Gap(10, 5), 1.0)
    assert watch.judge(None, 1.5) is None
    assert watch.judge(Gap(10, 5), 9.0) is GapAction.ASK


async def test_what_was_lost_on_the_way_is_replayed(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await _lose_30_after_100(tool)
    await tool.press(0, 0.5)
    live = daemon.live()
    assert tool.replays == [(tool.uid, 100, 30)]
    assert live.pipeline is not None
    assert live.pipeline.next_index == tool.index
    assert (live.counts.recovered_samples, live.counts.lost_samples) == (30, 0)


async def test_a_hole_that_was_filled_changes_no_event(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    """The force begins in the hole: only its samples tell when the contact was."""
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    await tool.press(60, 0.5, lost=True)
    await tool.press(60, 4)
    started = (await daemon.events())[0]
    assert started["type"] == "started"
    assert started["at"] == "2027-01-15T08:00:01.010Z"


async def test_of_a_partial_answer_only_what_is_gone_is_given_up(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await _lose_30_after_100(tool)
    tool.oldest = 120
    await tool.press(0, 0.1)
    live = daemon.live()
    assert live.pipeline is not None
    assert live.pipeline.next_index == tool.index
    assert live.counts.lost_samples == 20


async def test_what_the_tool_does_not_have_any_more_is_given_up_at_once(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await _lose_30_after_100(tool)
    tool.oldest = 10_000
    await tool.press(0, 0.1)
    live = daemon.live()
    assert live.pipeline is not None
    assert live.pipeline.next_index == tool.index
    assert (live.counts.recovered_samples, live.counts.lost_samples) == (0, 30)


async def test_a_replay_that_never_comes_is_given_up_after_two_seconds(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    tool.mute = True
    await _lose_30_after_100(tool)
    await tool.press(0, 1.9)
    live = daemon.live()
    assert live.pipeline is not None
    assert live.pipeline.gap == Gap(100, 30)
    await tool.press(0, 0.4)
    assert live.pipeline.gap is None
    assert live.counts.lost_samples == 30
    assert len(tool.replays) == 1


async def test_a_gap_is_given_up_though_nothing_more_comes(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    tool.mute = True
    await _lose_30_after_100(tool)
    await tool.press(0, 0.1)
    await daemon.turn(2.5)
    assert daemon.live().counts.lost_samples == 30


async def test_no_gap_is_given_up_without_a_link_and_the_next_link_is_asked(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    tool.mute = True
    await _lose_30_after_100(tool)
    await tool.press(0, 0.1)
    tool.hang_up()
    await daemon.turn(30)
    live = daemon.live()
    assert live.pipeline is not None
    assert live.pipeline.gap == Gap(100, 30)
    tool.mute = False
    await daemon.connect(tool)
    await tool.press(0, 0.1)
    assert live.pipeline.next_index == tool.index
    assert live.counts.lost_samples == 0


async def test_a_late_answer_about_the_old_stream_closes_no_gap_of_the_new_one(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await _lose_30_after_100(tool)
    tool.oldest = 10_000
    gate = tool.gate = asyncio.Event()
    await tool.press(0, 0.1)
    tool.restart(OTHER_UID)
    tool.gate, tool.mute = None, True
    await daemon.connect(tool)
    await _lose_30_after_100(tool)
    await tool.press(0, 0.1)
    assert tool.replays[-1] == (OTHER_UID, 100, 30)
    lost_before = daemon.live().counts.lost_samples
    gate.set()
    await daemon.on_disk()
    live = daemon.live()
    assert live.pipeline is not None
    assert live.pipeline.gap == Gap(100, 30)
    assert live.counts.lost_samples == lost_before


async def _lose_30_after_100(tool: BenchTool) -> None:
    await tool.press(0, 1)
    await tool.press(0, 0.3, lost=True)
