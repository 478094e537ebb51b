"""The daemon stops or crashes and comes back; the session and its events do not mind."""

from pathlib import Path

import pytest
from live_bench import BenchTool, SmallDaemon


async def go(daemon: SmallDaemon, how: str) -> None:
    """Stop or crash, and start again."""
    await (daemon.stop() if how == "stop" else daemon.crash())
    await daemon.start()


async def test_a_stop_leaves_the_session_open(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 4)
    await daemon.stop()
    await daemon.start()
    assert await daemon.kinds() == ["session/started", "pressure/hold_started"]
    assert len(await daemon.journal.open_segments()) == 1
    assert daemon.live().in_contact


@pytest.mark.parametrize("how", ["stop", "crash"])
async def test_a_session_goes_on_under_the_same_id_and_no_sample_is_lost(
    daemon: SmallDaemon, tool: BenchTool, how: str
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await go(daemon, how)
    await tool.press(60, 3, lost=True)
    await daemon.connect(tool)
    await tool.press(60, 2)
    await tool.press(0, 121)
    events = await daemon.events()
    assert [event["type"] for event in events] == ["started", "hold_started", "hold_ended", "ended"]
    assert {event["session"] for event in events} == {events[0]["id"]}
    assert events[2]["hold_s"] == pytest.approx(10)
    assert daemon.live().counts.lost_samples == 0
    assert await daemon.journal.open_segments() == []


@pytest.mark.parametrize("how", ["stop", "crash"])
@pytest.mark.parametrize("at_s", [1.1, 3.3, 7.5, 9.0])
async def test_no_event_is_lost_changed_or_told_twice_wherever_it_happens(
    daemon: SmallDaemon, tool: BenchTool, tmp_path: Path, how: str, at_s: float
) -> None:
    whole = SmallDaemon(tmp_path / "whole.db")
    await whole.start()
    undisturbed = BenchTool(whole.clock)
    await whole.connect(undisturbed)
    for force, seconds in ((60, 6), (0, 3), (50, 4), (0, 2)):
        await undisturbed.press(force, seconds)
    expected = [event["id"] for event in await whole.events()]
    await whole.stop()

    await daemon.start()
    await daemon.connect(tool)
    left = at_s
    for force, seconds in ((60, 6.0), (0, 3.0), (50, 4.0), (0, 2.0)):
        if 0 <= left < seconds:
            await tool.press(force, left)
            await go(daemon, how)
            await daemon.connect(tool)
            await tool.press(force, seconds - left)
        else:
            await tool.press(force, seconds)
        left -= seconds
    assert [event["id"] for event in await daemon.events()] == expected
    assert len(expected) == 5


async def test_a_tool_that_stays_away_after_a_crash_ends_the_session(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.crash()
    await daemon.clock.turn(600)
    await daemon.start()
    await daemon.turn(9)
    assert "session/ended" not in await daemon.kinds()
    await daemon.turn(2)
    assert (await daemon.events())[-1]["reason"] == "silence"
    assert await daemon.journal.open_segments() == []


async def test_a_tool_that_comes_back_after_a_long_stop_fills_in_what_it_kept(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    """The contact ended while the daemon was away: its end is still told, and when."""
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.stop()
    await tool.press(60, 5, lost=True)
    await tool.press(0, 30, lost=True)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 0.2)
    ended = (await daemon.events())[-1]
    assert (ended["type"], ended["hold_s"]) == ("hold_ended", pytest.approx(10))


async def test_a_daemon_that_stops_between_sessions_leaves_nothing_open(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 5)
    await daemon.stop()
    await daemon.start()
    assert list(daemon.fleet) == []
    assert await daemon.journal.open_segments() == []


@pytest.mark.parametrize("how", ["stop", "crash"])
async def test_person_and_place_of_an_open_session_are_kept(
    daemon: SmallDaemon, tool: BenchTool, how: str
) -> None:
    place = {"muscle": "piriformis", "side": "left", "zone": "upper"}
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    await daemon.ask("mat", "person", person="anna")
    await daemon.ask("mat", "place", placement=place)
    await go(daemon, how)
    await daemon.connect(tool)
    await tool.press(60, 2)
    held = (await daemon.events())[-1]
    assert held["type"] == "hold_started"
    assert (held["person"], held["placement"]) == ("anna", place)


async def test_a_profile_that_changed_meanwhile_holds_for_the_open_session(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    daemon.fields["people"] = [{"id": "anna", "threshold_n": 80}]
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    await daemon.stop()
    daemon.fields["people"] = [{"id": "anna", "threshold_n": 120}]
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 1)
    assert daemon.states()[-1]["force_pct"] == 50


async def test_a_tool_that_restarts_while_the_daemon_is_away_keeps_its_session(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 4)
    await daemon.crash()
    tool.restart(0x1234)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 4)
    events = await daemon.events()
    assert events[-1]["type"] == "hold_started"
    assert {event["session"] for event in events} == {events[0]["id"]}
