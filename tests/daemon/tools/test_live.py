"""One tool as the daemon lives with it: presence, silence, calibration, battery, a full disk."""

from pathlib import Path
from typing import Any

import pytest
from live_bench import BenchTool, SmallDaemon
from pipeline_cases import told

from ql_release.analysis import analyze
from ql_release.journal import Journal
from ql_release.journal.archive import (
    UnknownSessionError,
    session_events,
    sessions,
    write_session_capture,
)
from ql_release.tools import recorder


async def test_a_lost_link_is_offline_only_after_two_seconds(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    assert daemon.presence() == "online"
    tool.hang_up()
    await daemon.turn(1.9)
    assert daemon.presence() == "online"
    await daemon.turn(0.4)
    assert daemon.presence() == "offline"


async def test_nobody_hears_of_a_link_that_is_back_within_two_seconds(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    tool.hang_up()
    await daemon.turn(1.9)
    await daemon.connect(tool)
    await daemon.turn(10)
    topic = daemon.topics.availability("mat")
    assert {told["state"] for at, told in daemon.broker.told if at == topic and told} == {"online"}


async def test_a_new_link_takes_the_place_of_the_old_one(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    old = await daemon.connect(tool)
    new = await daemon.connect(tool)
    await daemon.turn(10)
    assert old.closed.is_set()
    assert daemon.live().link is new
    assert daemon.presence() == "online"


async def test_silence_ends_the_session(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    tool.hang_up()
    await daemon.turn(119)
    assert "session/ended" not in await daemon.kinds()
    await daemon.turn(2)
    ended = (await daemon.events())[-1]
    assert (ended["type"], ended["reason"], ended["holds"]) == ("ended", "silence", 1)


async def test_silence_behind_a_gap_ends_the_session_with_what_waited(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    await tool.press(60, 0.3, lost=True)
    tool.mute = True
    await tool.press(60, 1.5)
    tool.hang_up()
    await daemon.turn(123)
    assert await daemon.kinds() == [
        "session/started",
        "pressure/hold_started",
        "pressure/hold_ended",
        "session/ended",
    ]
    assert daemon.live().counts.lost_samples == 30


async def test_pauses_shorter_than_the_settings_say_do_not_end_a_session(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    daemon.fields["session"] = {"end_after_s": 20}
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 4)
    await tool.press(0, 19)
    await tool.press(60, 4)
    assert (await daemon.kinds()).count("session/started") == 1
    await tool.press(0, 21)
    ended = (await daemon.events())[-1]
    assert (ended["type"], ended["reason"], ended["holds"]) == ("ended", "idle", 2)


async def test_the_last_session_stands_at_the_broker(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 4)
    topic = daemon.topics.session_last("mat")
    assert topic not in daemon.broker.documents
    await daemon.ask("mat", "stop")
    started = (await daemon.events())[0]
    assert daemon.broker.documents[topic]["session"] == started["id"]


async def test_a_calibration_told_by_a_status_holds_from_its_sample_on(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(10, 1)
    live = daemon.live()
    assert live.pipeline is not None
    tool.scale *= 2
    tool.report()
    assert live.pipeline.view.force_n == pytest.approx(10)
    await tool.press(10, 1)
    assert live.pipeline.view.force_n == pytest.approx(20)


async def test_a_calibration_that_changed_while_away_holds_from_the_next_link_on(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(10, 1)
    tool.hang_up()
    tool.scale *= 2
    await daemon.connect(tool)
    await tool.press(10, 1)
    live = daemon.live()
    assert live.pipeline is not None
    assert live.pipeline.view.force_n == pytest.approx(20)


@pytest.mark.parametrize(
    ("battery", "told"),
    [(0, 0), (57, 57), (100, 100), (101, None), (200, None), (254, None), (255, None)],
)
async def test_what_is_no_percentage_is_an_unknown_battery(
    daemon: SmallDaemon, tool: BenchTool, battery: int, told: int | None
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 0.1)
    tool.report(battery=battery)
    daemon.live().refresh()
    await tool.press(0, 0.1)
    assert len(daemon.states()) == 2
    assert daemon.states()[-1]["battery_pct"] == told


async def test_a_full_disk_turns_no_tool_away_and_costs_no_event(
    daemon: SmallDaemon, tool: BenchTool, caplog: pytest.LogCaptureFixture
) -> None:
    await daemon.start()
    await daemon.fill_disk()
    link = await daemon.connect(tool)
    assert daemon.presence() == "online"
    await tool.press(60, 5)
    await daemon.on_disk()
    assert daemon.live().link is link
    assert daemon.live().problem is not None
    assert daemon.broker.woken == 0
    assert await daemon.kinds() == []
    await daemon.fill_disk(full=False)
    await daemon.turn(2)
    assert await daemon.kinds() == ["session/started", "pressure/hold_started"]
    assert daemon.live().problem is None
    told = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(told) == 1


async def test_events_are_told_of_only_once_they_are_on_disk(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await daemon.fill_disk()
    await tool.press(60, 2)
    await daemon.ask("mat", "stop")
    assert daemon.topics.session_last("mat") not in daemon.broker.documents
    await daemon.fill_disk(full=False)
    await daemon.turn(2)
    assert daemon.topics.session_last("mat") in daemon.broker.documents


async def test_a_tool_that_restarts_goes_on_in_the_same_session(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 4)
    tool.restart(0x1234)
    await daemon.turn(5)
    await daemon.connect(tool)
    await tool.press(60, 4)
    events = await daemon.events()
    assert [event["type"] for event in events] == [
        "started",
        "hold_started",
        "hold_ended",
        "hold_started",
    ]
    assert {event["session"] for event in events} == {events[0]["id"]}


async def test_a_frame_of_a_stream_that_nobody_announced_is_ignored(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    tool.uid ^= 1
    await tool.press(60, 5)
    assert await daemon.kinds() == []
    assert daemon.live().pipeline is not None
    assert not daemon.live().in_contact


async def test_a_status_announces_a_stream_too(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    tool.uid ^= 1
    tool.report()
    await tool.press(60, 5)
    assert "pressure/hold_started" in await daemon.kinds()


@pytest.mark.parametrize("announced_by", ["link", "status"])
async def test_a_tool_that_restarts_begins_its_clock_anew(
    daemon: SmallDaemon, tool: BenchTool, announced_by: str
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 30)
    if announced_by == "link":
        tool.restart(0x1234)
        await daemon.connect(tool)
    else:
        tool.uid, tool.index = 0x1234, 0
        tool.report()
    await tool.press(0, 3)
    await tool.press(60, 3)
    started = (await daemon.events())[0]
    assert started["at"] == "2027-01-15T08:00:33.010Z"


async def test_sessions_that_end_while_the_disk_is_full_are_kept_apart(
    daemon: SmallDaemon, tool: BenchTool, tmp_path: Path
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    await daemon.fill_disk()
    for _ in range(3):
        await tool.press(60, 5)
        await tool.press(0, 125)
    await tool.press(60, 5)
    await daemon.fill_disk(full=False)
    await daemon.turn(2)
    await tool.press(0, 125)
    kinds = await daemon.kinds()
    assert kinds.count("session/ended") == 4
    assert kinds == kinds[: len(kinds) // 4] * 4
    await daemon.stop()
    path = tmp_path / "journal.db"
    for session in sessions(path):
        capture = path.with_name(f"{session.id}.qlcap")
        write_session_capture(path, session.id, capture)
        again = [one.event for one in analyze(capture, strict=True)]
        assert told(again) == told(session_events(path, session.id))


async def test_of_many_sessions_that_wait_the_oldest_lose_their_frames_and_no_event(
    daemon: SmallDaemon, tool: BenchTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MAX_SESSIONS", 1)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    await daemon.fill_disk()
    for _ in range(5):
        await tool.press(60, 5)
        await tool.press(0, 125)
    await daemon.fill_disk(full=False)
    await daemon.turn(2)
    assert (await daemon.kinds()).count("session/ended") == 5
    await daemon.stop()
    path = tmp_path / "journal.db"
    gone = 0
    for number, session in enumerate(sessions(path)):
        try:
            write_session_capture(path, session.id, tmp_path / f"{number}.qlcap")
        except UnknownSessionError:
            gone += 1
    # The first was on its way to the disk, one is kept, and one had not been put away yet.
    assert gone == 2


async def test_of_too_many_events_that_wait_the_oldest_are_lost_and_told_of(
    daemon: SmallDaemon,
    tool: BenchTool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(recorder, "MAX_EVENTS", 8)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    await daemon.fill_disk()
    for _ in range(6):
        await tool.press(60, 5)
        await tool.press(0, 125)
    await daemon.fill_disk(full=False)
    await daemon.turn(2)
    ended = (await daemon.kinds()).count("session/ended")
    assert 3 <= ended < 6
    assert "events of a session are lost" in caplog.text


@pytest.mark.parametrize("gone_s", [10, 1000], ids=["goes on", "is over"])
async def test_an_open_session_is_rebuilt_on_a_disk_that_takes_nothing(
    daemon: SmallDaemon, tool: BenchTool, gone_s: float
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 20)
    await daemon.on_disk()
    journal = daemon.journal
    await journal._writer.write(lambda db: db.execute("DELETE FROM events WHERE seq > 1") and None)
    await daemon.crash()
    await daemon.clock.turn(gone_s)
    opened = Journal.open

    async def open_full(path: Path, **options: Any) -> Journal:
        again = await opened(path, **options)
        await again._writer.read(lambda db: db.execute("PRAGMA query_only = 1").fetchall())
        return again

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "open", open_full)
        await daemon.start()
    assert await daemon.kinds() == ["session/started"]
    await daemon.fill_disk(full=False)
    await daemon.turn(2)
    assert (await daemon.kinds())[:2] == ["session/started", "pressure/hold_started"]
    await daemon.turn(200)
    kinds = await daemon.kinds()
    assert kinds.count("session/started") == kinds.count("session/ended") == 1
