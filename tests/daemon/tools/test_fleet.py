"""All tools of a bridge: remembered, forgotten, and known by who uses them."""

import asyncio
import json

import pytest
from live_bench import BenchLink, BenchTool, SmallDaemon

from ql_release.journal import Batch, StoredEvent
from ql_release.journal.errors import DiskTroubleError
from ql_release.links.damage import DamagedRecording
from ql_release.links.errors import HandshakeError
from ql_release.links.source import FrameSink, ToolHello
from ql_release.wire.control import StartReply

FIRST = {"muscle": "psoas", "side": "left", "zone": "upper"}
STEP = {"muscle": "psoas", "side": "left", "zone": "lower"}
ELSEWHERE = {"muscle": "piriformis", "side": "right", "zone": "middle"}


async def test_hello_tells_what_a_tool_is(daemon: SmallDaemon, tool: BenchTool) -> None:
    daemon.fields["tools"] = {"couch": {"serial": tool.serial.hex(), "contact_area_cm2": 12.5}}
    await daemon.start()
    await daemon.connect(tool)
    hello = daemon.broker.documents[daemon.topics.hello("couch")]
    expected = {
        "bridge": "pi",
        "tool": "couch",
        "serial": tool.serial.hex(),
        "name": "mat",
        "firmware": "1.2.3",
        "link": "tcp",
        "zones": ["load_cell"],
        "imu": False,
        "contact_area_cm2": 12.5,
    }
    assert {key: hello[key] for key in expected} == expected
    assert "update" not in hello["ops"]


async def test_a_tool_forgotten_in_mid_session_leaves_nothing_behind(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    link = await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.ask("mat", "person", person="anna")
    assert (await daemon.ask("mat", "forget"))["ok"]
    ended = (await daemon.events())[-1]
    assert (ended["type"], ended["reason"]) == ("ended", "stopped")
    assert link.closed.is_set()
    await daemon.turn(5)
    assert daemon.broker.documents == {}
    assert daemon.fleet.get("mat") is None
    assert not daemon.fleet.knows("mat")
    # How far its stream has been told stays, lest it be told again should the tool come back.
    assert list(await daemon.journal.documents()) == ["position/mat"]
    assert await daemon.journal.open_segments() == []


async def test_a_forgotten_tool_is_not_told_of_after_a_restart(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.ask("mat", "forget")
    await daemon.stop()
    await daemon.start()
    await daemon.settled_broker()
    assert daemon.broker.told == []


async def test_a_forgotten_tool_that_comes_again_is_a_new_one(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.ask("mat", "person", person="anna")
    await daemon.ask("mat", "forget")
    await daemon.turn(5)
    await daemon.connect(tool)
    await tool.press(0, 5)
    assert daemon.presence() == "online"
    assert daemon.live().person is None
    assert daemon.fleet.knows("mat")


async def test_who_uses_a_tool_is_kept_over_a_restart_between_sessions(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    daemon.fields["people"] = [{"id": "anna", "threshold_n": 80}, {"id": "ben", "threshold_n": 50}]
    await daemon.start()
    await daemon.connect(tool)
    await daemon.ask("mat", "person", person="anna")
    await daemon.stop()
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    assert (await daemon.events())[0]["person"] == "anna"
    assert daemon.states()[-1]["force_pct"] == 75


@pytest.mark.parametrize(("named", "kept"), [(ELSEWHERE, ELSEWHERE), (STEP, STEP), (None, FIRST)])
async def test_what_is_worked_on_is_kept_over_a_restart_between_sessions(
    daemon: SmallDaemon,
    tool: BenchTool,
    named: dict[str, str] | None,
    kept: dict[str, str],
) -> None:
    """A spot of the plan is a jump for the session to come, too."""
    daemon.fields["people"] = [{"id": "anna", "plan": {"steps": [FIRST, STEP]}}]
    await daemon.start()
    await daemon.connect(tool)
    await daemon.ask("mat", "place", placement=ELSEWHERE)
    await daemon.ask("mat", "place", placement=named)
    await daemon.stop()
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    assert (await daemon.events())[0]["placement"] == kept


async def test_a_jump_of_the_plan_is_for_one_session_over_a_restart_too(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    """The next session begins the plan anew."""
    daemon.fields["people"] = [{"id": "anna", "plan": {"steps": [FIRST, STEP]}}]
    await daemon.start()
    await daemon.connect(tool)
    await daemon.ask("mat", "place", placement=STEP)
    await tool.press(60, 2)
    await tool.press(0, 125)
    await daemon.on_disk()
    await daemon.stop()
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    started = [event for event in await daemon.events() if event["type"] == "started"]
    assert [event["placement"] for event in started] == [STEP, FIRST]


async def test_what_an_older_version_kept_is_taken_up(daemon: SmallDaemon, tool: BenchTool) -> None:
    """It kept the placement alone."""
    await daemon.start()
    await daemon.journal.put_document("place/mat", json.dumps(ELSEWHERE).encode())
    await daemon.stop()
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    assert (await daemon.events())[0]["placement"] == ELSEWHERE


async def test_a_plan_that_was_sent_leads_and_is_shown_and_goes_on_after_a_crash(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    steps = [FIRST | {"holds": 1, "hold_s": 5.0}, STEP]
    await daemon.ask("bridge", "profile", person="anna", plan={"steps": steps})
    await tool.press(60, 6)
    await tool.press(0, 2)
    await tool.press(60, 4)
    await daemon.crash()
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 2)
    state = daemon.states()[-1]
    assert state["placement"] == STEP
    assert state["plan"] == {
        "step": 2,
        "of": 2,
        "placement": STEP,
        "holds": 0,
        "holds_wanted": 2,
        "hold_s": 30.0,
        "done": False,
    }


async def test_erasing_a_person_takes_them_off_every_tool(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    away = BenchTool(daemon.clock, serial=bytes(8), name="couch", uid=9)
    await daemon.start()
    await daemon.connect(away)
    await daemon.ask("bridge", "profile", person="anna", threshold_n=80)
    await daemon.ask("couch", "person", person="anna")
    await daemon.stop()
    await daemon.start()
    await daemon.connect(tool)
    await daemon.ask("mat", "person", person="anna")
    await tool.press(60, 5)
    await daemon.ask("mat", "stop")
    await tool.press(0, 6)  # by then it is sure that nobody has got on again
    reply = await daemon.ask("bridge", "erase", person="anna")
    assert reply["erased"] == {"events": 4, "sessions": 1, "segments": 1}
    live = daemon.live()
    assert live.person is None
    assert live.pipeline is not None
    assert live.pipeline.context.limits.threshold_n is None
    await daemon.connect(away)
    assert daemon.live("couch").person is None
    assert b"anna" not in b"".join((await daemon.journal.documents()).values())


async def test_a_person_in_a_session_cannot_be_erased(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await daemon.ask("mat", "person", person="anna")
    await tool.press(60, 5)
    reply = await daemon.ask("bridge", "erase", person="anna")
    assert (reply["ok"], reply["error"]) == (False, "failed")
    assert "end it, then erase" in reply["message"]
    assert daemon.live().person == "anna"


async def test_a_name_given_in_the_settings_holds_from_the_next_start_on(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await daemon.stop()
    daemon.fields["tools"] = {"couch": {"serial": tool.serial.hex()}}
    await daemon.start()
    await daemon.connect(tool)
    assert daemon.presence("couch") == "online"


async def test_a_name_that_another_tool_had_ends_that_tool_s_session(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.stop()
    other = BenchTool(daemon.clock, serial=bytes(8), uid=9)
    daemon.fields["tools"] = {"mat": {"serial": other.serial.hex()}}
    await daemon.start()
    await daemon.connect(other)
    assert (await daemon.events())[-1]["reason"] == "stopped"
    assert daemon.live().identity.serial == other.serial
    await daemon.connect(tool)
    assert daemon.presence("tool-bbccdd") == "online"


async def test_a_file_s_end_ends_its_session(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool, source="import")
    await tool.press(60, 5)
    tool.hang_up()
    ended = (await daemon.events())[-1]
    assert (ended["type"], ended["reason"], ended["source"]) == ("ended", "recording_end", "import")


async def test_a_damaged_file_s_session_ends_where_the_damage_is(
    daemon: SmallDaemon, tool: BenchTool, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    async def run(link: BenchLink, sink: FrameSink) -> None:
        link.sink = sink
        await link.closed.wait()
        raise DamagedRecording(daemon._path, "it is cut off")

    monkeypatch.setattr(BenchLink, "run", run)
    await daemon.start()
    await daemon.connect(tool, source="import")
    await tool.press(60, 5)
    tool.hang_up()
    assert (await daemon.events())[-1]["reason"] == "recording_end"


async def test_a_stranger_is_told_of_and_let_go(
    daemon: SmallDaemon,
    tool: BenchTool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def handshake(link: BenchLink) -> ToolHello:
        raise HandshakeError(f"{link.label} is no tool")

    monkeypatch.setattr(BenchLink, "handshake", handshake)
    await daemon.start()
    link = await daemon.connect(tool)
    assert link.closed.is_set()
    assert caplog.messages == [f"{link.label} is no tool"]
    assert daemon.broker.told == []
    assert list(daemon.fleet) == []


async def test_a_tool_that_connects_meanwhile_stops_nothing(daemon: SmallDaemon) -> None:
    """Neither the giving of dates nor an erasing, both of which wait for the disk at each tool."""
    await daemon.start()
    tools = [
        BenchTool(daemon.clock, serial=bytes([n] * 8), name=f"mat{n}", uid=n) for n in range(1, 5)
    ]
    for tool in tools[:2]:
        await daemon.connect(tool)
    for work, tool in ((daemon.fleet.publish_dates(), tools[2]), (_erased(daemon), tools[3])):
        going_on = asyncio.create_task(work)
        await asyncio.sleep(0)
        await daemon.connect(tool)
        await going_on
    assert len(list(daemon.fleet)) == 4


async def _erased(daemon: SmallDaemon) -> None:
    await daemon.fleet.erase_person("anna")


class _SlowToStart(BenchLink):
    """A tool that takes its time to answer START."""

    def __init__(self, tool: BenchTool) -> None:
        super().__init__(tool, "slow")
        self.answers = asyncio.Event()

    async def start(self, hz: int = 0, batch: int = 0, mask: int = 0xFF) -> StartReply:
        await self.answers.wait()
        return await super().start(hz, batch, mask)


async def test_a_tool_that_is_forgotten_while_it_connects_is_a_new_one(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    (await daemon.connect(tool)).close()
    link = _SlowToStart(tool)
    serving = asyncio.create_task(daemon.fleet.serve(link))
    await daemon.on_disk()
    await daemon.ask("mat", "forget")
    link.answers.set()
    await daemon.on_disk()
    assert daemon.live().link is link
    assert daemon.fleet.knows("mat")
    await tool.press(60, 20)
    assert "pressure/hold_started" in await daemon.kinds()
    link.close()
    await serving


async def _full(_batch: Batch) -> list[StoredEvent]:
    raise DiskTroubleError("the disk is full")


async def test_a_forgotten_tools_session_is_written_once_there_is_room(
    daemon: SmallDaemon, tool: BenchTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await daemon.start()
    await daemon.connect(tool)

    with monkeypatch.context() as patch:
        patch.setattr(daemon.journal, "write", _full)
        await tool.press(60, 20)
        await daemon.fleet.forget("mat")
        await daemon.turn(3)
    await daemon.turn(3)
    assert (await daemon.kinds())[-1] == "session/ended"


async def test_what_a_disk_never_took_is_told_at_the_stop(
    daemon: SmallDaemon,
    tool: BenchTool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await daemon.start()
    await daemon.connect(tool)

    with monkeypatch.context() as patch:
        patch.setattr(daemon.journal, "write", _full)
        await tool.press(60, 20)
        await daemon.turn(3)
        await daemon.stop()
    assert "events could not be kept: the disk is full." in caplog.text
