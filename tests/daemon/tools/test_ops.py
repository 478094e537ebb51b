"""What commands do, and why they are refused."""

import struct
from typing import Any

import pytest
from live_bench import BenchLink, BenchTool, SmallDaemon

from ql_release.events import Released
from ql_release.journal import Batch
from ql_release.links.errors import RequestTimeoutError
from ql_release.payloads.base import rfc3339
from ql_release.wire import control
from ql_release.wire.control import Op, Reply, Status

RELEASE = "ab" * 16
SESSION = "cd" * 16
PLACEMENT = {"muscle": "piriformis", "side": "left", "zone": "upper"}


@pytest.fixture
async def here(daemon: SmallDaemon, tool: BenchTool) -> SmallDaemon:
    """The daemon with the tool connected and nobody on it."""
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 0.5)
    return daemon


def refusal(reply: dict[str, Any]) -> str:
    assert reply["ok"] is False
    assert reply["message"]
    return str(reply["error"])


async def journal_release(daemon: SmallDaemon, tool: str = "mat") -> None:
    at = rfc3339(daemon.clock.now_us())
    released = Released(
        id=RELEASE,
        bridge="pi",
        tool=tool,
        at=at,
        decided_at=at,
        session=SESSION,
        person="anna",
        placement=PLACEMENT,
        confidence=0.9,
        evidence={},
        drop_pct=10,
        expected_pct=2,
        held_s=3,
    )
    await daemon.journal.write(Batch(tool, events=[released]))


async def test_tare_is_passed_on_with_its_zones(here: SmallDaemon, tool: BenchTool) -> None:
    tool.answers[Op.TARE] = (Status.OK, struct.pack("<I", 8))
    assert (await here.ask("mat", "tare"))["calibration_id"] == 8
    assert (await here.ask("mat", "tare", zones=[0, 2, 2]))["ok"]
    assert tool.asked == [(Op.TARE, control.tare(0xFF)), (Op.TARE, control.tare(0b101))]


async def test_calibrating_measures_points_and_saves_them(
    here: SmallDaemon, tool: BenchTool
) -> None:
    tool.answers[Op.CAL_POINT] = (Status.OK, control.CalPointReply(2, 1234).encode())
    tool.answers[Op.CAL_SAVE] = (Status.OK, struct.pack("<I", 9))
    point = await here.ask("mat", "calibrate", step="point", zone=1, newtons=98.1)
    saved = await here.ask("mat", "calibrate", step="save")
    assert (point["points"], saved["calibration_id"]) == (2, 9)
    assert tool.asked == [(Op.CAL_POINT, control.cal_point(1, 98.1)), (Op.CAL_SAVE, b"")]


@pytest.mark.parametrize(
    ("op", "fields"), [("tare", {}), ("calibrate", {"step": "save"}), ("sleep", {})]
)
async def test_nobody_may_be_on_the_tool(
    here: SmallDaemon, tool: BenchTool, op: str, fields: dict[str, Any]
) -> None:
    await tool.press(60, 2)
    assert refusal(await here.ask("mat", op, **fields)) == "in_contact"
    assert tool.asked == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.UNDER_LOAD, "in_contact"),
        (Status.UNSUPPORTED, "unsupported"),
        (Status.BUSY, "refused"),
        (Status.UNKNOWN_OP, "refused"),
        (99, "refused"),
    ],
)
async def test_a_refusal_of_the_tool_is_passed_on(
    here: SmallDaemon, tool: BenchTool, status: int, code: str
) -> None:
    tool.answers[Op.TARE] = (status, b"")
    reply = await here.ask("mat", "tare")
    assert refusal(reply) == code
    assert reply["message"].startswith("the tool refused: ")


async def test_an_unknown_status_is_named(here: SmallDaemon, tool: BenchTool) -> None:
    tool.answers[Op.HAPTIC] = (99, b"")
    reply = await here.ask("mat", "haptic")
    assert "status 99" in reply["message"]


async def test_start_haptic_and_sleep_are_passed_on(here: SmallDaemon, tool: BenchTool) -> None:
    for op, fields in (
        ("start", {"rate_hz": 50}),
        ("start", {}),
        ("haptic", {"pattern": 3}),
        ("sleep", {}),
    ):
        assert (await here.ask("mat", op, **fields))["ok"]
    assert tool.asked == [
        (Op.START, control.start(50)),
        (Op.START, control.start(0)),
        (Op.HAPTIC, control.haptic(3)),
        (Op.SLEEP, b""),
    ]


async def test_a_tool_that_cannot_buzz_shows_itself_by_light(
    here: SmallDaemon, tool: BenchTool
) -> None:
    assert (await here.ask("mat", "identify"))["ok"]
    assert [op for op, _ in tool.asked] == [Op.HAPTIC]
    tool.answers[Op.HAPTIC] = (Status.UNSUPPORTED, b"")
    assert (await here.ask("mat", "identify"))["ok"]
    assert [op for op, _ in tool.asked] == [Op.HAPTIC, Op.HAPTIC, Op.LED]
    tool.answers[Op.LED] = (Status.UNSUPPORTED, b"")
    assert refusal(await here.ask("mat", "identify")) == "unsupported"


async def test_stop_ends_the_session_once(here: SmallDaemon, tool: BenchTool) -> None:
    assert refusal(await here.ask("mat", "stop")) == "no_session"
    await tool.press(60, 4)
    assert (await here.ask("mat", "stop"))["ok"]
    assert (await here.events())[-1]["reason"] == "stopped"
    assert refusal(await here.ask("mat", "stop")) == "no_session"


async def test_place_and_person_are_in_the_events_that_follow(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await here.ask("mat", "place", placement=PLACEMENT)
    await here.ask("mat", "person", person="anna")
    await tool.press(60, 2)
    started = (await here.events())[0]
    assert (started["placement"], started["person"]) == (PLACEMENT, "anna")
    await here.ask("mat", "place", placement=None)
    await tool.press(60, 2)
    assert (await here.events())[1]["placement"] is None


async def test_an_answer_to_a_release_names_the_release_s_session(here: SmallDaemon) -> None:
    await journal_release(here)
    assert (await here.ask("mat", "felt", release=RELEASE, felt=True))["ok"]
    felt = (await here.events())[-1]
    expected = {
        "type": "felt",
        "release": RELEASE,
        "felt": True,
        "session": SESSION,
        "person": "anna",
        "placement": PLACEMENT,
    }
    assert {key: felt[key] for key in expected} == expected


async def test_an_answer_needs_a_release_of_this_tool(here: SmallDaemon, tool: BenchTool) -> None:
    reply = await here.ask("mat", "felt", release=RELEASE, felt=True)
    assert refusal(reply) == "unknown_release"
    await journal_release(here, tool="couch")
    reply = await here.ask("mat", "felt", release=RELEASE, felt=True)
    assert refusal(reply) == "unknown_release"
    await tool.press(60, 2)
    session = (await here.events())[-1]["id"]
    reply = await here.ask("mat", "felt", release=session, felt=True)
    assert refusal(reply) == "unknown_release"


async def test_an_answer_before_the_first_sample_is_refused(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    """There is no stream yet that it could be pinned to."""
    await daemon.start()
    await daemon.connect(tool)
    await journal_release(daemon)
    reply = await daemon.ask("mat", "felt", release=RELEASE, felt=True)
    assert refusal(reply) == "tool_offline"
    await tool.press(0, 0.1)
    assert (await daemon.ask("mat", "felt", release=RELEASE, felt=True))["ok"]


async def test_what_needs_the_tool_is_refused_while_it_is_away(
    here: SmallDaemon, tool: BenchTool
) -> None:
    tool.hang_up()
    await here.on_disk()
    assert refusal(await here.ask("mat", "haptic")) == "tool_offline"
    assert (await here.ask("mat", "person", person="anna"))["ok"]
    await here.stop()
    await here.start()
    assert refusal(await here.ask("mat", "person", person="ben")) == "tool_offline"


async def test_a_tool_that_does_not_answer_is_a_timeout(
    here: SmallDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def request(link: BenchLink, op: Op, payload: bytes = b"") -> Reply:
        raise RequestTimeoutError(f"{link.label} did not answer {op.name}")

    monkeypatch.setattr(BenchLink, "request", request)
    assert refusal(await here.ask("mat", "haptic")) == "timeout"


async def test_a_profile_is_in_force_at_once_and_after_a_restart(
    here: SmallDaemon, tool: BenchTool
) -> None:
    assert (await here.ask("bridge", "profile", person="anna", threshold_n=80))["ok"]
    await tool.press(60, 2)
    assert here.states()[-1]["force_pct"] == 75
    await here.ask("bridge", "profile", person="anna", threshold_n=120)
    await tool.press(60, 1)
    assert here.states()[-1]["force_pct"] == 50
    await here.stop()
    await here.start()
    assert here.people.limits("mat", None).threshold_n == 120


async def test_a_session_can_be_given_to_somebody_else(here: SmallDaemon, tool: BenchTool) -> None:
    reply = await here.ask("bridge", "assign", session=SESSION, person="ben")
    assert refusal(reply) == "unknown_session"
    await here.ask("mat", "person", person="anna")
    await tool.press(60, 2)
    session = (await here.events())[0]["id"]
    assert (await here.ask("bridge", "assign", session=session, person="ben"))["ok"]
    told = (await here.events())[-1]
    assert (told["type"], told["session"]) == ("reassigned", session)
    assert (told["was"], told["person"]) == ("anna", "ben")


async def test_a_session_of_a_tool_that_is_away_cannot_be_given_yet(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await tool.press(60, 2)
    await here.ask("mat", "stop")
    await tool.press(0, 6)
    session = (await here.events())[0]["id"]
    await here.stop()
    await here.start()
    reply = await here.ask("bridge", "assign", session=session, person="ben")
    assert refusal(reply) == "tool_offline"


async def test_history_tells_what_was(here: SmallDaemon, tool: BenchTool) -> None:
    await tool.press(60, 4)
    first = await here.ask("bridge", "history", limit=1)
    assert [event["type"] for event in first["events"]] == ["started"]
    assert first["more"] is True
    rest = await here.ask("bridge", "history", after=first["next"])
    assert [event["type"] for event in rest["events"]] == ["hold_started"]


async def test_a_command_that_a_full_disk_keeps_from_being_obeyed_has_failed(
    here: SmallDaemon,
) -> None:
    await here.fill_disk()
    assert refusal(await here.ask("mat", "person", person="anna")) == "failed"
    assert here.live().person is None
