"""A person's threshold, measured on command and kept with the person."""

from typing import Any

import pytest
from live_bench import BenchTool, SmallDaemon

from ql_release.payloads.people import Profile


@pytest.fixture
async def here(daemon: SmallDaemon, tool: BenchTool) -> SmallDaemon:
    """The daemon with the tool connected, and anna about to use it."""
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 0.5)
    await daemon.ask("mat", "person", person="anna")
    return daemon


async def begin(daemon: SmallDaemon) -> dict[str, Any]:
    return await daemon.ask("mat", "calibrate", step="threshold")


async def lean_on(tool: BenchTool, top: float, keep_s: float = 5.0) -> None:
    """Lean on in 4 s, keep it, get off."""
    for tenth in range(1, 41):
        await tool.press(top * tenth / 40, 0.1)
    await tool.press(top, keep_s)
    await tool.press(0, 3)


async def measure(daemon: SmallDaemon, tool: BenchTool, *tops: float) -> None:
    assert (await begin(daemon))["ok"]
    for top in tops:
        await lean_on(tool, top)
    await daemon.on_disk()


def kept(daemon: SmallDaemon, person: str = "anna") -> Profile:
    profile = daemon.people._profiles[person]
    assert isinstance(profile, Profile)
    return profile


async def test_its_result_is_an_event_and_in_force_at_once(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await measure(here, tool, 78, 80, 84)
    (result,) = await here.events()
    assert (result["type"], result["person"], result["threshold_n"]) == ("calibrated", "anna", 80)
    assert (result["presses"], result["spread_pct"]) == (3, 7.5)
    assert len(result["approach"]) == 10
    await tool.press(60, 4)
    assert here.states()[-1]["force_pct"] == 75
    await tool.press(0, 1)
    hold = (await here.events())[-1]
    assert (hold["type"], hold["mean_pct"], hold["peak_pct"]) == ("hold_ended", 75, 75)


async def test_it_is_kept_with_its_date_beside_what_was_known(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await here.ask("bridge", "profile", person="anna", body_mass_kg=60, plan={"hold_s": 20})
    await measure(here, tool, 78, 80, 84)
    (result,) = await here.events()
    for _ in range(2):
        profile = kept(here)
        assert (profile.threshold_n, profile.body_mass_kg, profile.plan.hold_s) == (80, 60, 20)
        assert (profile.calibrated_at, profile.approach) == (
            result["decided_at"],
            result["approach"],
        )
        await here.stop()
        await here.start()


async def test_a_profile_replaces_it_only_with_a_threshold_of_its_own(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await measure(here, tool, 78, 80, 84)
    measured = kept(here)
    await here.ask("bridge", "profile", person="anna", body_mass_kg=60)
    assert kept(here) == measured.model_copy(update={"body_mass_kg": 60})
    await here.ask("bridge", "profile", person="anna", threshold_n=80)
    assert kept(here) == measured
    await here.ask("bridge", "profile", person="anna", threshold_n=70)
    assert kept(here) == Profile(person="anna", threshold_n=70)
    await here.ask("bridge", "profile", person="anna")
    assert kept(here) == Profile(person="anna")


async def test_the_threshold_of_nobody_is_told_and_kept_nowhere(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await here.ask("mat", "person", person=None)
    await measure(here, tool, 78, 80, 84)
    (result,) = await here.events()
    assert (result["person"], result["threshold_n"]) == (None, 80)
    assert await here.journal.profiles() == {}
    assert here.live().pipeline.context.limits.threshold_n is None  # type: ignore[union-attr]


async def test_nobody_named_is_the_only_person_known(here: SmallDaemon, tool: BenchTool) -> None:
    await here.ask("mat", "person", person=None)
    await here.ask("bridge", "profile", person="anna")
    await measure(here, tool, 78, 80, 84)
    assert (await here.events())[0]["person"] == "anna"
    assert kept(here).threshold_n == 80


async def test_a_restart_of_the_daemon_in_between_changes_nothing(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await begin(here)
    await lean_on(tool, 78)
    await here.crash()
    await lean_on(tool, 80)
    await here.start()
    await here.connect(tool)
    await tool.press(0, 1)
    await lean_on(tool, 84)
    (result,) = await here.events()
    assert (result["person"], result["threshold_n"], result["presses"]) == ("anna", 80, 3)
    assert kept(here).threshold_n == 80
    assert await here.journal.open_segments() == []


async def test_a_crash_right_after_the_result_leaves_event_and_profile_together(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await measure(here, tool, 78, 80, 84)
    await here.crash()
    await here.start()
    assert [event["type"] for event in await here.events()] == ["calibrated"]
    assert kept(here).threshold_n == 80


async def test_on_a_full_disk_neither_is_kept_and_later_both_are(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await begin(here)
    await lean_on(tool, 78)
    await lean_on(tool, 80)
    await here.fill_disk()
    await lean_on(tool, 84)
    assert await here.events() == []
    await here.fill_disk(full=False)
    await here.turn(2)
    assert [event["type"] for event in await here.events()] == ["calibrated"]
    assert kept(here).threshold_n == 80


async def test_progress_is_in_the_state(here: SmallDaemon, tool: BenchTool) -> None:
    await tool.press(0, 0.1)
    assert here.states()[-1]["calibration"] is None
    await begin(here)
    await tool.press(0, 0.1)
    waiting = {"press": 1, "of": 3, "holding_s": None, "last_n": None, "ending": None}
    assert here.states()[-1]["calibration"] == waiting
    await tool.press(80, 4)
    told = here.states()[-1]["calibration"]
    assert told | {"holding_s": None} == waiting
    assert told["holding_s"] >= 3
    await tool.press(0, 1)
    assert here.states()[-1]["calibration"] == waiting | {"press": 2, "last_n": 80.0}
    await lean_on(tool, 84)
    await lean_on(tool, 88)
    done = {"press": 3, "of": 3, "holding_s": None, "last_n": 88.0, "ending": "measured"}
    assert here.states()[-1]["calibration"] == done
    await tool.press(60, 2)
    assert here.states()[-1]["calibration"] is None


async def test_it_is_refused_in_a_session_on_the_tool_and_while_one_runs(
    here: SmallDaemon, tool: BenchTool
) -> None:
    await tool.press(60, 2)
    assert (await begin(here))["error"] == "in_contact"
    await tool.press(0, 2)
    reply = await begin(here)
    assert (reply["error"], "a session is open" in reply["message"]) == ("refused", True)
    await here.ask("mat", "stop")
    await tool.press(0, 5)
    assert (await begin(here))["ok"]
    reply = await begin(here)
    assert (reply["error"], "already" in reply["message"]) == ("refused", True)


async def test_before_the_first_sample_there_is_nothing_to_measure(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    assert (await begin(daemon))["error"] == "tool_offline"


async def test_stop_ends_it(here: SmallDaemon, tool: BenchTool) -> None:
    await begin(here)
    await tool.press(70, 3)
    assert (await here.ask("mat", "stop"))["ok"]
    await tool.press(70, 3)
    assert here.states()[-1]["calibration"]["ending"] == "stopped"
    assert (await here.ask("mat", "stop"))["error"] == "no_session"
    await tool.press(0, 6)
    assert await here.events() == []
    assert await here.journal.open_segments() == []


async def test_a_tool_that_stays_silent_ends_it(here: SmallDaemon, tool: BenchTool) -> None:
    await begin(here)
    await tool.press(0, 1)
    tool.hang_up()
    await here.turn(130)
    measurement = here.live().pipeline.measurement  # type: ignore[union-attr]
    assert measurement is not None
    assert measurement.ending == "silence"
    assert await here.journal.open_segments() == []


async def test_the_zero_of_a_session_is_in_the_state(here: SmallDaemon, tool: BenchTool) -> None:
    await tool.press(60, 3)
    await tool.press(2.6, 5)
    here.live().refresh()
    await tool.press(2.6, 0.1)
    assert here.states()[-1]["zero_n"] == 2.6
    await tool.press(2.6, 120)
    (ended,) = [event for event in await here.events() if event["type"] == "ended"]
    assert ended["insights"][-1]["data"] == {"zero_n": 2.6}
    await tool.press(2.6, 61)
    assert here.states()[-1]["zero_n"] is None
