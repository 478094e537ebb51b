"""What a session came to: counts, coverage, people, places."""

from collections.abc import Callable
from typing import Any

import pytest

from ql_release.context import Limits
from ql_release.events import TOLD_CONFIDENCE
from ql_release.payloads.session import SessionSummary, SessionTotals
from ql_release.sessions.session import summary_of
from ql_release.signal import detections


def place(side: str, zone: str, muscle: str = "quadratus_lumborum") -> dict[str, str]:
    return {"muscle": muscle, "side": side, "zone": zone}


def put(bench: Any, seconds: float, side: str, zone: str) -> None:
    bench.tracker.set_placement(place(side, zone), bench.moment(seconds))


def test_several_holds_add_up(bench: Any) -> None:
    bench.contact(10.0, 50.0, hold=True, peak=80.0)
    bench.contact(60.0, 65.0)
    bench.contact(70.0, 110.25, hold=True, peak=95.26)
    bench.contact(120.0, 160.0, hold=True, peak=70.0)
    bench.wait(280.0)
    ended = bench.ended()
    assert (ended.holds, ended.hold_s, ended.peak_force_n) == (3, 120.25, 95.3)
    assert ended.duration_s == 150.0


def test_a_session_of_contact_alone_has_no_peak(bench: Any) -> None:
    bench.contact(10.0, 15.0)
    bench.wait(135.0)
    ended = bench.ended()
    assert (ended.holds, ended.hold_s, ended.peak_force_n) == (0, 0.0, None)
    assert (ended.coverage, ended.left_right) == ([], None)


FIGURES: dict[str, dict[str, Any]] = {
    "slips": {"kind": detections.Slip},
    "bone_contacts": {"kind": detections.BoneContact},
    "releases": {
        "kind": detections.Released,
        "drop_pct": 9.44,
        "expected_pct": 1.26,
        "held_s": 6.5,
    },
}


@pytest.mark.parametrize("count", FIGURES)
def test_judged_events_count_from_a_confidence_of_a_half_on(bench: Any, count: str) -> None:
    figures = dict(FIGURES[count])
    kind = figures.pop("kind")
    bench.begin(10.0, hold=True)
    for second, confidence in ((20.0, 0.3), (25.0, TOLD_CONFIDENCE), (30.0, 0.97)):
        (event,) = bench.judged(kind, second, confidence=confidence, **figures)
        assert event.confidence == confidence
        assert event.session == bench.told[0].id
    bench.finish(10.0, 50.0, 50.5, hold=True)
    bench.wait(170.0)
    assert getattr(bench.ended(), count) == 2


def test_figures_are_rounded_to_what_the_sensors_can_tell(bench: Any) -> None:
    bench.begin(10.0, hold=True)
    (event,) = bench.judged(
        detections.Released,
        40.0,
        confidence=0.8649,
        evidence={"before_n": 81.23456, "odd": float("nan")},
        drop_pct=9.4444,
        expected_pct=-1.2666,
        held_s=6.50001,
    )
    assert (event.confidence, event.drop_pct, event.expected_pct) == (0.86, 9.4, -1.3)
    assert (event.held_s, event.evidence) == (6.5, {"before_n": 81.235})
    assert event.at == bench.clock(39.0)


def test_over_pressures_and_sinks_are_counted(bench: Any) -> None:
    bench.begin(10.0, hold=True)
    bench.say(detections.OverPressure, 20.0, 19.5, force_n=99.0, limit_n=96.0)
    assert bench.judged(detections.PossibleSink, 30.0, confidence=0.7) == []
    assert bench.judged(detections.PossibleSink, 35.0, confidence=0.2) == []
    bench.finish(10.0, 50.0, 50.5, hold=True)
    bench.wait(170.0)
    assert (bench.ended().over_pressures, bench.ended().possible_sinks) == (1, 1)


def test_what_could_not_be_judged_is_told_of_each_hold_and_added_up(bench: Any) -> None:
    figures = {"hold_s": 20.0, "mean_force_n": 60.0, "peak_force_n": 80.0}
    bench.begin(10.0, hold=True)
    (held,) = bench.say(
        detections.HoldEnded, 30.5, 30.0, **figures, unjudged_s=12.346, stuck_zones=(0, 2)
    )
    bench.say(detections.ContactEnded, 30.5, 30.0)
    bench.begin(40.0, hold=True)
    bench.say(detections.HoldEnded, 60.5, 60.0, **figures, unjudged_s=8.0, stuck_zones=(2,))
    bench.say(detections.ContactEnded, 60.5, 60.0)
    bench.wait(180.0)
    said = {insight.code: insight.data for insight in bench.ended().insights}
    assert held.unjudged_s == 12.35
    assert said["not_judged"] == {"seconds": 20}
    assert said["zone_stuck"] == {"zones": "1,3"}


def test_what_is_open_can_be_seen(bench: Any) -> None:
    assert bench.tracker.open is None
    bench.begin(10.0, hold=True)
    bench.judged(detections.Slip, 20.0)
    session = bench.tracker.open
    assert session.id == bench.told[0].id
    assert (session.tally.holds, session.tally.slips, session.tally.releases) == (1, 1, 0)
    assert session.seconds(bench.moment(25.0)) == 15.0


def test_coverage_adds_up_per_placement_most_worked_first(bench: Any) -> None:
    put(bench, 5.0, "left", "upper")
    bench.contact(10.0, 40.0, hold=True)
    put(bench, 45.0, "left", "lower")
    bench.contact(50.0, 90.0, hold=True)
    bench.contact(95.0, 125.0, hold=True)
    put(bench, 130.0, "right", "middle")
    bench.contact(135.0, 235.0, hold=True)
    bench.wait(355.0)
    ended = bench.ended()
    found = [(e.side, e.zone, e.holds, e.hold_s) for e in ended.coverage]
    assert found == [
        ("right", "middle", 1, 100.0),
        ("left", "lower", 2, 70.0),
        ("left", "upper", 1, 30.0),
    ]
    assert (ended.left_right.left_pct, ended.left_right.right_pct) == (50.0, 50.0)


def test_the_sides_share_what_counts(bench: Any) -> None:
    put(bench, 5.0, "left", "upper")
    bench.contact(10.0, 60.0, hold=True)
    put(bench, 65.0, "right", "upper")
    bench.contact(70.0, 80.0, hold=True)
    bench.contact(90.0, 95.0, hold=True)
    bench.wait(215.0)
    share = bench.ended().left_right
    assert (share.left_pct, share.right_pct) == (83.3, 16.7)


@pytest.mark.parametrize(("length", "counted"), [(9.99, 0), (10.0, 1), (45.0, 1)])
def test_only_holds_long_enough_count_towards_coverage(
    bench: Any, length: float, counted: int
) -> None:
    put(bench, 5.0, "left", "upper")
    bench.contact(10.0, 10.0 + length, hold=True)
    bench.wait(200.0)
    assert len(bench.ended().coverage) == counted
    assert bench.ended().holds == 1


def test_how_long_a_hold_must_last_is_the_plans_matter(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(rules=Limits(dose_hold_s=30.0), placement=place("left", "upper"))
    bench.contact(10.0, 35.0, hold=True)
    bench.contact(40.0, 75.0, hold=True)
    bench.wait(195.0)
    assert [entry.holds for entry in bench.ended().coverage] == [1]


def test_a_hold_counts_for_the_placement_at_its_end(bench: Any) -> None:
    put(bench, 5.0, "left", "upper")
    bench.begin(10.0, hold=True)
    put(bench, 12.0, "right", "upper")
    bench.finish(10.0, 40.0, 40.5, hold=True)
    bench.wait(160.0)
    assert [entry.side for entry in bench.ended().coverage] == ["right"]


def test_events_tell_the_placement_in_force_and_it_lasts(bench: Any) -> None:
    put(bench, 5.0, "left", "upper")
    bench.contact(10.0, 40.0, hold=True)
    bench.wait(160.0)
    bench.contact(300.0, 340.0, hold=True)
    bench.tracker.set_placement(None, bench.moment(345.0))
    bench.wait(460.0)
    assert [event.placement is not None for event in bench.told] == [True] * 7 + [False]


@pytest.mark.parametrize(
    "placement",
    [{}, {"muscle": "psoas", "side": "left"}, place("front", "upper"), place("left", "top")],
)
def test_a_placement_that_is_none_is_refused(bench: Any, placement: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"side|zone"):
        bench.tracker.set_placement(placement, bench.moment(5.0))


def test_a_person_set_in_mid_session_has_the_whole_of_it_and_later_ones(bench: Any) -> None:
    bench.contact(10.0, 40.0)
    assert bench.tracker.set_person("p1", bench.moment(45.0)) == []
    bench.contact(50.0, 90.0)
    bench.wait(210.0)
    bench.begin(300.0)
    assert [event.person for event in bench.told] == [None, "p1", "p1"]
    assert bench.tracker.person == "p1"


def test_an_imported_session_says_so(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(source="import")
    bench.contact(10.0, 40.0)
    bench.wait(160.0)
    assert bench.ended().source == "import"


def test_the_summary_says_what_the_ended_event_said(bench: Any) -> None:
    put(bench, 5.0, "left", "upper")
    bench.tracker.set_person("p1", bench.moment(6.0))
    bench.contact(10.0, 40.0, hold=True)
    bench.wait(160.0)
    ended = bench.ended()
    summary = summary_of(ended)
    assert isinstance(summary, SessionSummary)
    assert (summary.session, summary.ended_at) == (ended.session, ended.at)
    assert (summary.tool, summary.bridge, summary.person) == ("lounge", "home", "p1")
    for name in SessionTotals.model_fields:
        assert getattr(summary, name) == getattr(ended, name)


def test_an_ended_event_without_a_session_has_no_summary(bench: Any) -> None:
    bench.contact(10.0, 40.0)
    bench.wait(160.0)
    with pytest.raises(ValueError, match="names no session"):
        summary_of(bench.ended().model_copy(update={"session": None}))
