"""When sessions start and end, and in what order events come."""

from collections.abc import Callable
from typing import Any

import pytest

from ql_release.context import Limits
from ql_release.events import event_id
from ql_release.signal import detections

SERIAL = bytes.fromhex("24587ccdb0a1f00d")


def test_the_first_contact_starts_the_session(bench: Any) -> None:
    bench.begin(10.0)
    (started,) = bench.told
    assert (started.family, started.type) == ("session", "started")
    assert (started.at, started.decided_at) == (bench.clock(10.0), bench.clock(11.0))
    assert (started.tool, started.bridge) == ("lounge", "home")
    assert (started.person, started.placement) == (None, None)


def test_the_sessions_id_is_that_of_its_started_event(bench: Any) -> None:
    bench.contact(10.0, 40.0, hold=True)
    bench.wait(160.0)
    session = event_id(SERIAL, 0xA1, "session", "started", 1100)
    assert bench.told[0].id == session
    assert {event.session for event in bench.told} == {session}


def test_every_id_is_made_of_its_deciding_sample(bench: Any) -> None:
    bench.contact(10.0, 40.0, hold=True)
    bench.wait(160.0)
    assert [event.id for event in bench.told] == [
        event_id(SERIAL, 0xA1, "session", "started", 1100),
        event_id(SERIAL, 0xA1, "pressure", "hold_started", 1300),
        event_id(SERIAL, 0xA1, "pressure", "hold_ended", 4050),
        event_id(SERIAL, 0xA1, "session", "ended", 16000),
    ]


def test_events_come_in_the_order_of_what_happened(bench: Any) -> None:
    bench.contact(10.0, 15.0)
    bench.begin(20.0, hold=True)
    bench.judged(detections.BoneContact, 24.0)
    bench.say(detections.OverPressure, 26.0, 25.5, force_n=99.0, limit_n=96.0)
    bench.judged(detections.Released, 40.0, drop_pct=9.0, expected_pct=1.0, held_s=6.5)
    bench.judged(detections.Slip, 50.0)
    bench.finish(20.0, 60.0, 60.5, hold=True)
    bench.wait(180.0)
    assert bench.names() == [
        "started",
        "hold_started",
        "bone_contact",
        "over_pressure",
        "released",
        "slip",
        "hold_ended",
        "ended",
    ]


def test_a_session_ends_two_minutes_after_its_last_contact(bench: Any) -> None:
    bench.contact(10.0, 40.0)
    assert bench.tracker.ends_at(bench.moment(41.0)) == pytest.approx(160.0)
    assert bench.wait(159.99) == []
    (ended,) = bench.wait(160.0)
    assert (ended.at, ended.decided_at) == (bench.clock(40.0), bench.clock(160.0))
    assert (ended.reason, ended.source) == ("idle", "tool")
    assert (ended.started_at, ended.duration_s) == (bench.clock(10.0), 30.0)
    assert bench.wait(300.0) == []


def test_how_long_a_session_waits_can_be_set(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(rules=Limits(end_after_s=20.0))
    bench.contact(10.0, 40.0)
    assert bench.wait(59.99) == []
    bench.tracker.rules = Limits(end_after_s=30.0)
    assert bench.wait(60.0) == []
    assert [event.type for event in bench.wait(70.0)] == ["ended"]


@pytest.mark.parametrize(
    ("pause", "sessions"), [(8.0, 1), (119.0, 1), (119.99, 1), (120.0, 2), (121.0, 2), (600.0, 2)]
)
@pytest.mark.parametrize("advanced", [True, False], ids=["sample by sample", "only detections"])
def test_two_contacts_are_one_session_if_less_than_two_minutes_lie_between(
    bench: Any, pause: float, sessions: int, advanced: bool
) -> None:
    second = 40.0 + pause
    bench.contact(10.0, 40.0)
    if advanced:
        for quarter in range(160, int(second * 4) + 4):
            bench.wait(quarter / 4, touched=quarter / 4 >= second)
    bench.contact(second, second + 30.0)
    bench.wait(second + 150.0)
    assert bench.names().count("started") == bench.names().count("ended") == sessions
    assert bench.names() == ["started", "ended"] * sessions


def test_a_touch_when_the_session_is_due_is_waited_for(bench: Any) -> None:
    """It began at 119.5 s; only at 120.5 s is it a contact, and the session goes on."""
    bench.contact(10.0, 40.0)
    assert bench.wait(160.0, touched=True) == []
    bench.contact(159.5, 170.0)
    assert bench.wait(289.99) == []
    (ended,) = bench.wait(290.0)
    assert bench.names() == ["started", "ended"]
    assert ended.at == bench.clock(170.0)


def test_a_touch_that_comes_to_nothing_delays_the_end_only_a_little(bench: Any) -> None:
    bench.contact(10.0, 40.0)
    assert bench.wait(160.0, touched=True) == []
    due = bench.tracker.ends_at(bench.moment(160.0))
    assert due == pytest.approx(163.5)
    assert bench.wait(163.49, touched=True) == []
    (ended,) = bench.wait(163.5, touched=True)
    assert (ended.at, ended.decided_at) == (bench.clock(40.0), bench.clock(163.5))


def test_a_contact_too_late_for_the_session_ends_it_and_starts_another(bench: Any) -> None:
    bench.contact(10.0, 40.0)
    bench.wait(160.0, touched=True)
    bench.begin(161.0)
    assert bench.names() == ["started", "ended", "started"]
    first, ended, second = bench.told
    assert ended.session == first.id != second.id
    assert ended.decided_at == second.decided_at == bench.clock(162.0)


def test_while_a_contact_lasts_the_session_does_not_end(bench: Any) -> None:
    bench.begin(10.0, hold=True)
    assert bench.tracker.ends_at(bench.moment(20.0)) is None
    assert bench.wait(1000.0) == []
    assert bench.tracker.open.in_contact


def test_time_that_passes_without_a_session_tells_nothing(bench: Any) -> None:
    assert bench.wait(1000.0) == []
    assert bench.tracker.ends_at(bench.moment(1000.0)) is None
    assert bench.tracker.idle


def test_short_touches_start_nothing_and_prolong_nothing(bench: Any) -> None:
    """The detectors say nothing of a touch that is shorter than a second."""
    bench.contact(10.0, 40.0)
    for second in range(41, 160, 3):
        assert bench.wait(second, touched=True) == []
    (ended,) = bench.wait(160.0)
    assert ended.at == bench.clock(40.0)


@pytest.mark.parametrize("reason", ["stopped", "silence", "recording_end"])
def test_a_session_can_be_ended_between_contacts(bench: Any, reason: str) -> None:
    bench.contact(10.0, 40.0)
    (ended,) = bench.keep(bench.tracker.end(bench.moment(50.0), reason))
    assert (ended.at, ended.decided_at) == (bench.clock(40.0), bench.clock(50.0))
    assert ended.reason == reason
    assert bench.tracker.open is None


def test_the_end_of_a_recording_ends_hold_contact_and_session(bench: Any) -> None:
    bench.begin(10.0, hold=True)
    bench.finish(10.0, 55.0, 55.0, hold=True)
    bench.keep(bench.tracker.end(bench.moment(55.0), "recording_end"))
    assert bench.names() == ["started", "hold_started", "hold_ended", "ended"]
    assert {event.decided_at for event in bench.told[2:]} == {bench.clock(55.0)}
    assert bench.ended().duration_s == 45.0


def test_ending_without_a_session_tells_nothing(bench: Any) -> None:
    assert bench.tracker.end(bench.moment(5.0), "recording_end") == []
    assert bench.tracker.end(bench.moment(5.0), "stopped") == []


def test_after_a_stop_the_contact_that_still_lasts_belongs_to_no_session(bench: Any) -> None:
    bench.begin(10.0, hold=True)
    bench.finish(10.0, 30.0, 30.0, hold=True)
    bench.keep(bench.tracker.end(bench.moment(30.0), "stopped"))
    bench.begin(30.01, hold=True)
    bench.judged(detections.Slip, 34.0)
    assert not bench.tracker.idle
    (over,) = bench.say(detections.OverPressure, 35.0, 34.5, force_n=99.0, limit_n=96.0)
    assert (over.type, over.session) == ("over_pressure", None)
    bench.finish(30.01, 60.0, 60.5, hold=True)
    assert bench.tracker.idle
    bench.begin(70.0)
    assert bench.names() == [
        "started",
        "hold_started",
        "hold_ended",
        "ended",
        "over_pressure",
        "started",
    ]


def test_a_stop_matters_until_the_contact_that_still_lasts_has_ended(bench: Any) -> None:
    """So long a restart must not forget it, or it would open another session."""
    bench.begin(10.0)
    bench.finish(10.0, 30.0, 30.0)
    bench.keep(bench.tracker.end(bench.moment(30.0), "stopped"))
    assert not bench.tracker.idle
    assert bench.tracker.ends_at(bench.moment(30.5)) is None
    bench.begin(30.01)
    bench.tracker.ends_at(bench.moment(60.0))
    assert not bench.tracker.idle
    bench.finish(30.01, 61.0, 61.5)
    assert bench.tracker.idle


def test_a_stop_is_forgotten_once_no_touch_can_last_beyond_it(bench: Any) -> None:
    bench.contact(10.0, 30.0)
    bench.keep(bench.tracker.end(bench.moment(31.0), "stopped"))
    bench.tracker.ends_at(bench.moment(35.0))
    assert not bench.tracker.idle
    bench.tracker.ends_at(bench.moment(35.01))
    assert bench.tracker.idle


@pytest.mark.parametrize("reason", ["silence", "recording_end"])
def test_a_stop_is_forgotten_where_no_more_samples_come(bench: Any, reason: str) -> None:
    bench.contact(10.0, 30.0)
    bench.keep(bench.tracker.end(bench.moment(31.0), "stopped"))
    assert bench.tracker.end(bench.moment(31.0), reason) == []
    assert bench.tracker.idle


def test_after_a_stop_a_contact_that_begins_anew_starts_a_session(bench: Any) -> None:
    bench.contact(10.0, 30.0)
    bench.keep(bench.tracker.end(bench.moment(31.0), "stopped"))
    bench.begin(31.5)
    assert bench.names() == ["started", "ended", "started"]


def test_a_stop_in_a_contact_that_the_detector_did_not_finish(bench: Any) -> None:
    bench.begin(10.0)
    (ended,) = bench.tracker.end(bench.moment(30.0), "stopped")
    assert ended.at == ended.decided_at == bench.clock(30.0)
    bench.finish(10.0, 35.0, 35.5)
    assert bench.tracker.idle


def test_over_pressure_is_told_before_a_touch_has_become_a_contact(bench: Any) -> None:
    (over,) = bench.say(detections.OverPressure, 10.6, 10.1, force_n=120.04, limit_n=96.0)
    assert (over.session, over.force_n, over.limit_n) == (None, 120.0, 96.0)


def test_a_session_goes_on_when_the_tool_restarts(bench: Any) -> None:
    """The tool's clock begins again at zero; only wall time connects the two streams."""
    bench.contact(10.0, 40.0, hold=True)
    bench.restart(70.0)
    assert bench.tracker.ends_at(bench.moment(70.0)) == pytest.approx(90.0)
    bench.contact(80.0, 100.0, hold=True)
    assert bench.tracker.open.seconds(bench.moment(110.0)) == pytest.approx(100.0)
    assert bench.wait(219.99) == []
    bench.wait(220.0)
    ended = bench.ended()
    assert bench.names().count("started") == 1
    assert (ended.at, ended.duration_s, ended.holds) == (bench.clock(100.0), 90.0, 2)
    assert ended.session == event_id(SERIAL, 0xA1, "session", "started", 1100)
    assert ended.id == event_id(SERIAL, 0xB2, "session", "ended", 15000)


def test_a_sessions_length_is_right_from_the_first_sample_after_a_restart(bench: Any) -> None:
    bench.contact(10.0, 40.0)
    bench.restart(70.0)
    assert bench.tracker.open.seconds(bench.moment(70.5)) == pytest.approx(60.5)


def test_a_stop_is_forgotten_when_the_tool_restarts_later(bench: Any) -> None:
    bench.contact(10.0, 30.0)
    bench.keep(bench.tracker.end(bench.moment(30.5), "stopped"))
    bench.restart(300.0)
    bench.begin(330.4)
    assert bench.names() == ["started", "ended", "started"]


def test_a_restart_of_more_than_two_minutes_ends_the_session(bench: Any) -> None:
    bench.contact(10.0, 40.0)
    bench.restart(200.0)
    (ended,) = bench.wait(200.0)
    assert (ended.at, ended.decided_at) == (bench.clock(40.0), bench.clock(200.0))


def test_a_step_of_the_wall_clock_neither_ends_nor_prolongs_a_session(bench: Any) -> None:
    """Within one stream its own clock counts."""
    bench.contact(10.0, 40.0)
    sample = bench.moment(100.0)
    for hours in (-1, 1):
        stepped = sample.host_us + hours * 3_600_000_000
        assert bench.tracker.advance(type(sample)(sample.uid, 10_000, 100.0, stepped)) == []


def test_the_same_story_twice_gives_the_same_events(make_bench: Callable[..., Any]) -> None:
    def play() -> list[bytes]:
        bench = make_bench(person="p1")
        bench.contact(10.0, 40.0, hold=True)
        bench.contact(50.0, 90.0, hold=True, peak=91.27)
        bench.restart(100.0)
        bench.contact(120.0, 160.0, hold=True)
        bench.wait(280.0)
        return [event.model_dump_json().encode() for event in bench.told]

    assert play() == play()
