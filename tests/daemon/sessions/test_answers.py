"""What people say afterwards: felt, reassigned, calibrated."""

from typing import Any

from ql_release.events import event_id
from ql_release.signal import detections

SERIAL = bytes.fromhex("24587ccdb0a1f00d")
OLD = "0bd1da612d5de8c0a89dc40571412ca1"


def released(bench: Any) -> Any:
    bench.begin(10.0, hold=True)
    (event,) = bench.judged(detections.Released, 40.0, drop_pct=9.0, expected_pct=1.0, held_s=6.5)
    return event


def answer(bench: Any, release: Any, command: str, *, felt: bool = True, **more: Any) -> Any:
    data = {"command": command, "release": release.id, "felt": felt, "session": release.session}
    (event,) = bench.tracker.felt(data | more, bench.moment(42.0))
    return event


def test_an_answer_is_an_event_that_names_the_release(bench: Any) -> None:
    release = released(bench)
    felt = answer(bench, release, "phone-1", felt=False)
    assert (felt.family, felt.type, felt.felt) == ("release", "felt", False)
    assert (felt.release, felt.session) == (release.id, release.session)
    assert felt.at == felt.decided_at == bench.clock(42.0)


def test_an_answers_id_has_its_commands_id_in_it(bench: Any) -> None:
    release = released(bench)
    first, again = (answer(bench, release, "phone-1") for _ in range(2))
    other = answer(bench, release, "phone-2")
    assert first.id == event_id(SERIAL, 0xA1, "release", "felt", 4200, extra="phone-1")
    assert first == again
    assert other.id != first.id


def test_an_answer_to_an_old_release_keeps_its_person_and_place(bench: Any) -> None:
    bench.tracker.set_person("p1", bench.moment(1.0))
    release = released(bench)
    now = answer(bench, release, "phone-1")
    then = answer(bench, release, "phone-2", person="p2", placement=None)
    assert (now.person, then.person) == ("p1", "p2")


def test_a_past_session_is_reassigned_without_touching_the_open_one(bench: Any) -> None:
    bench.begin(10.0)
    (event,) = bench.tracker.reassign(OLD, "p2", None, "phone-1", bench.moment(20.0))
    assert (event.family, event.type) == ("session", "reassigned")
    assert (event.session, event.person, event.was) == (OLD, "p2", None)
    assert event.id == event_id(SERIAL, 0xA1, "session", "reassigned", 2000, extra="phone-1")
    assert bench.tracker.person is None


def test_the_open_session_is_reassigned_for_good(bench: Any) -> None:
    bench.tracker.set_person("p1", bench.moment(1.0))
    bench.contact(10.0, 40.0)
    session = bench.tracker.open.id
    bench.tracker.reassign(session, "p2", "p1", "phone-1", bench.moment(50.0))
    bench.wait(160.0)
    assert (bench.ended().session, bench.ended().person) == (session, "p2")


def test_a_calibration_is_told_in_and_out_of_sessions(bench: Any) -> None:
    measured = {"presses": 4, "spread_pct": 12.34, "approach": [None, 1.236] * 5}
    outside = bench.tracker.calibrated("p1", 84.46, "phone-1", bench.moment(5.0), **measured)
    bench.begin(10.0)
    inside = bench.tracker.calibrated("p1", 84.46, "phone-1", bench.moment(20.0), **measured)
    assert (outside.presses, outside.spread_pct) == (4, 12.3)
    assert outside.approach == [None, 1.24] * 5
    assert (outside.type, outside.threshold_n, outside.person) == ("calibrated", 84.5, "p1")
    assert (outside.session, inside.session) == (None, bench.tracker.open.id)
