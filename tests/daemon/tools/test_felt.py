"""What the person felt: from the command to the journal, beside the release that it answers."""

from pathlib import Path
from typing import Any

import pytest
from live_bench import BenchTool, SmallDaemon

from ql_release.analysis import analyze
from ql_release.journal.archive import find_session, session_events, write_session_capture
from ql_release.marks import Mark, MarkKind

PLACEMENT = {"muscle": "piriformis", "side": "left", "zone": "upper"}
CLEAR, FAINT = 0.2, 0.083
"""How far a hold eases: enough to tell people of it, and too little."""


@pytest.fixture
async def here(daemon: SmallDaemon, tool: BenchTool) -> SmallDaemon:
    """The daemon with the tool connected, ann on it soon."""
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 0.5)
    await daemon.ask("mat", "person", person="ann")
    await daemon.ask("mat", "place", placement=PLACEMENT)
    return daemon


async def released(daemon: SmallDaemon, tool: BenchTool, eases: float = CLEAR) -> dict[str, Any]:
    """Lie on the tool until there is a release, and get off; return it."""
    await tool.hold(80, 40, eases=eases)
    await tool.press(0, 1)
    (release,) = [event for event in await daemon.events() if event["type"] == "released"]
    return release


async def answers(daemon: SmallDaemon) -> list[dict[str, Any]]:
    """Return the answers that history tells of, without what a send adds."""
    page = await daemon.ask("bridge", "history")
    return [event for event in page["events"] if event["type"] == "felt"]


async def felt_marks(daemon: SmallDaemon) -> list[Mark]:
    """Return the answers among the records of the open session."""
    (segment,) = await daemon.journal.open_segments()
    records = [one async for one in daemon.journal.segment_records(segment.id)]
    marks = [Mark.from_json(one.data) for one in records if one.kind == "mark"]
    return [mark for mark in marks if mark.kind is MarkKind.FELT]


async def end_session(tool: BenchTool) -> None:
    """Stay off the tool until its session is over."""
    await tool.press(0, 125)


async def test_an_answer_in_the_session_is_a_mark_and_an_event_beside_its_release(
    here: SmallDaemon, tool: BenchTool, tmp_path: Path
) -> None:
    release = await released(here, tool)
    # Somebody else lies down before she has answered.
    await here.ask("mat", "person", person="bob")
    assert (await here.ask("mat", "felt", release=release["id"], felt=True))["ok"]
    (mark,) = await felt_marks(here)
    (felt,) = await answers(here)
    assert mark.data["release"] == felt["release"] == release["id"]
    same = ("session", "person", "placement", "tool")
    assert [felt[name] for name in same] == [release[name] for name in same]
    assert (felt["felt"], felt["person"]) == (True, "ann")
    await end_session(tool)
    await here.on_disk()
    session = release["session"]
    write_session_capture(tmp_path / "journal.db", session, tmp_path / "x.qlcap")
    again = [one.event for one in analyze(tmp_path / "x.qlcap", strict=True)]
    assert again == session_events(tmp_path / "journal.db", session)
    assert felt["id"] in {event.id for event in again}


async def test_an_answer_after_the_session_is_journaled_without_a_write_of_frames(
    here: SmallDaemon, tool: BenchTool, tmp_path: Path
) -> None:
    release = await released(here, tool)
    await end_session(tool)
    assert (await here.ask("mat", "felt", release=release["id"], felt=False))["ok"]
    assert await here.journal.open_segments() == []
    (felt,) = await answers(here)
    assert (felt["session"], felt["person"], felt["felt"]) == (release["session"], "ann", False)
    told = session_events(tmp_path / "journal.db", release["session"])
    assert [event.type for event in told][-2:] == ["ended", "felt"]


async def test_of_two_answers_both_are_kept_and_the_last_one_holds(
    here: SmallDaemon, tool: BenchTool, tmp_path: Path
) -> None:
    release = await released(here, tool)
    await here.ask("mat", "felt", release=release["id"], felt=True)
    await here.ask("mat", "felt", release=release["id"], felt=False)
    first, second = await answers(here)
    assert first["id"] != second["id"]
    assert [first["felt"], second["felt"]] == [True, False]
    session = find_session(tmp_path / "journal.db", release["session"])
    assert session.felt == {release["id"]: False}


@pytest.mark.parametrize("over", [False, True], ids=["open session", "past session"])
async def test_an_answer_after_a_restart_of_the_daemon(
    here: SmallDaemon, tool: BenchTool, over: bool
) -> None:
    release = await released(here, tool)
    if over:
        await end_session(tool)
    await here.stop()
    await here.start()
    await here.connect(tool)
    await tool.press(0, 0.5)
    assert (await here.ask("mat", "felt", release=release["id"], felt=True))["ok"]
    (felt,) = await answers(here)
    assert (felt["session"], felt["person"]) == (release["session"], "ann")
    assert felt["placement"] == PLACEMENT


async def test_a_crash_after_an_answer_neither_loses_nor_doubles_it(
    here: SmallDaemon, tool: BenchTool
) -> None:
    release = await released(here, tool)
    await here.ask("mat", "felt", release=release["id"], felt=True)
    before = await answers(here)
    await here.crash()
    await here.start()
    await here.connect(tool)
    await end_session(tool)
    assert await answers(here) == before


async def test_a_release_that_people_were_not_told_of_can_be_answered(
    here: SmallDaemon, tool: BenchTool, tmp_path: Path
) -> None:
    release = await released(here, tool, FAINT)
    assert release["confidence"] < 0.5
    assert (await here.ask("mat", "felt", release=release["id"], felt=True))["ok"]
    session = find_session(tmp_path / "journal.db", release["session"])
    assert (session.releases, session.felt) == (0, {release["id"]: True})


async def test_an_answer_goes_with_its_release_when_the_person_is_erased(
    here: SmallDaemon, tool: BenchTool
) -> None:
    release = await released(here, tool)
    await end_session(tool)
    await here.ask("mat", "person", person="bob")
    await here.ask("mat", "felt", release=release["id"], felt=True)
    assert (await here.ask("bridge", "erase", person="ann"))["ok"]
    assert await here.events() == []
    reply = await here.ask("mat", "felt", release=release["id"], felt=True)
    assert (reply["ok"], reply["error"]) == (False, "unknown_release")
