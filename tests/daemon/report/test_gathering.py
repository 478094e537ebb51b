"""What is gathered of a file: the detectors' own values, and the events of `analyze`."""

from dataclasses import replace
from itertools import pairwise
from math import isnan
from pathlib import Path

import pytest
from pipeline_cases import Arrival, pressed
from report_files import recording, write_capture

from ql_release import simulate
from ql_release.analysis import AnalyzedEvent, analyze
from ql_release.links.damage import DamagedRecording
from ql_release.report import breath
from ql_release.report.curves import Span, known
from ql_release.report.gathering import FORCE, Gathered, Reading, gather, spans
from ql_release.report.session import SessionReport
from ql_release.signal.view import LiveView
from ql_release.wire.frames import FrameFlags


def told(found: list[AnalyzedEvent]) -> list[str]:
    """Return what events say."""
    return [one.event.model_dump_json() for one in found]


def only(gathered: Gathered) -> SessionReport:
    """Return a file's one session."""
    (session,) = gathered.sessions
    return session


def value_at(session: SessionReport, name: str, t: float) -> float:
    """Return a curve's mean nearest to a time of the session."""
    series = session.curves.series(name)
    return series.mean[min(range(len(series.t)), key=lambda at: abs(series.t[at] - t))]


def test_watching_changes_no_event(demo: Path, placed: Path) -> None:
    for path in (demo, placed):
        watched = list(analyze(path, watch=lambda _pipeline, _block: None))
        assert told(watched) == told(list(analyze(path)))


def test_every_sample_is_seen_once_and_in_order(demo: Path) -> None:
    indices: list[int] = []
    for _ in analyze(
        demo, watch=lambda _, block: indices.extend(range(block.index, block.index + len(block.t)))
    ):
        pass
    rows = sum(line[0].isdigit() for line in demo.read_text().splitlines())
    assert indices == list(range(rows))


def test_the_demonstrations_session_is_as_it_was_simulated(demo_gathered: Gathered) -> None:
    session = only(demo_gathered)
    assert (session.ended.holds, session.ended.releases) == (4, 1)
    assert [round(hold.event.hold_s) for hold in session.holds] == [44, 34, 19, 34]
    assert [one.event.type for one in session.happenings if one.told] == [
        *("released", "slip", "bone_contact")
    ]
    truth = {one.kind: one.at for one in simulate.truth(simulate.demo_body())}
    started = truth["release"] - 20.0
    marks = {one.event.type: one.t + started for one in session.happenings}
    assert marks["released"] == pytest.approx(truth["release"], abs=1.5)
    assert marks["slip"] == pytest.approx(truth["slip"], abs=0.5)


def test_the_curves_are_what_was_measured(demo_gathered: Gathered) -> None:
    session = only(demo_gathered)
    force = session.curves.series(FORCE)
    assert max(known(force.greatest)) == pytest.approx(session.ended.peak_force_n, abs=0.1)
    assert value_at(session, FORCE, -2.0) == pytest.approx(0.0, abs=2.0)
    first, second = session.holds[:2]
    assert value_at(session, FORCE, (first.end_s + second.begin_s) / 2) < 3.0
    shares = [value_at(session, f"zone {number}", 20.0) for number in (1, 2, 3, 4)]
    assert sum(shares) == pytest.approx(100.0)
    assert 0 <= value_at(session, "tilt", 20.0) <= 10.0


def test_all_the_live_view_knows_is_kept_and_what_it_does_not_is_not() -> None:
    view = LiveView(
        force_n=50.0,
        in_contact=True,
        zones=(30.0, 20.0),
        tilt_deg=3.0,
        expected_n=55.0,
        breath_hz=0.25,
        breath_pct=2.0,
        sway_pct=0.5,
        tremor_pct=0.1,
    )
    found = {name: span.mean for name, span in spans(Reading(0.0, Span(49, 51, 50), view)).items()}
    assert found == {
        "force": 50.0,
        "tilt": 3.0,
        "expected": 55.0,
        "breath_hz": 0.25,
        "breath_pct": 2.0,
        "sway": 0.5,
        "tremor": 0.1,
        "zone 1": 60.0,
        "zone 2": 40.0,
    }
    assert spans(Reading(0.0, None, LiveView())) == {}
    assert set(spans(Reading(0.0, None, replace(view, in_contact=False, zones=())))) == {
        *("tilt", "expected", "breath_hz", "breath_pct", "sway", "tremor")
    }


def test_a_capture_tells_where_who_and_what_was_felt(placed_gathered: Gathered) -> None:
    session = only(placed_gathered)
    assert (session.person, session.ended.tool) == ("p1", "lounge")
    assert [place.muscle for place in session.placements] == [
        *("quadratus_lumborum", "quadratus_lumborum", "piriformis")
    ]
    assert (session.figures.threshold_n, session.figures.limit_n) == (60.0, 72.0)
    answers = {one.event.type: one.felt for one in session.happenings}
    assert answers["released"] is True
    assert answers["over_pressure"] is answers["slip"] is None


def test_a_recording_that_tells_no_place_has_none(demo_gathered: Gathered) -> None:
    assert only(demo_gathered).placements == []
    assert only(demo_gathered).figures.limit_n is None


def test_frames_that_waited_behind_a_gap_are_drawn_too(tmp_path: Path) -> None:
    """All that comes with a gap's end is analysed at once; the curve shows each of it."""
    tape = pressed((3.0, 0.0), (20.0, 60.0), (3.0, 0.0))
    early = tape.arrivals((10,), 0, 500)
    late = [Arrival(step.frame, tape.at(1000)) for step in tape.arrivals((10,), 510)]
    session = only(gather(write_capture(tmp_path / "c.qlcap", [*early, *late])))
    series = session.curves.series(FORCE)
    steps = [after - before for before, after in pairwise(series.t)]
    assert max(steps) < 0.4


def test_each_session_has_its_own_part(tmp_path: Path) -> None:
    path = recording(tmp_path, (3, 0), (20, 60), (150, 0), (30, 40), (3, 0))
    first, second = gather(path).sessions
    assert (first.ended.duration_s, second.ended.duration_s) == (20.0, 30.0)
    assert (second.started - first.started).total_seconds() == pytest.approx(170.0)
    assert max(known(first.curves.series(FORCE).greatest)) == 60.0
    assert max(known(second.curves.series(FORCE).greatest)) == 40.0
    assert min(second.curves.series(FORCE).t) == pytest.approx(-3.0, abs=0.2)


def test_without_motion_there_is_no_tilt_and_it_is_said(tmp_path: Path) -> None:
    gathered = gather(recording(tmp_path, (2, 0), (20, 60), (2, 0)))
    assert "tilt" not in only(gathered).curves.names
    assert gathered.notes


def test_no_contact_is_no_session(tmp_path: Path) -> None:
    assert gather(recording(tmp_path, (20, 0))).sessions == []


def test_a_damaged_file_gives_what_came_before(demo: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.csv"
    lines = demo.read_text().splitlines()
    path.write_text("\n".join([*lines[:8000], "not,a,row", *lines[8000:]]))
    gathered = gather(path)
    assert gathered.damage is not None
    assert 0 < only(gathered).ended.holds < 4


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    path = recording(tmp_path)
    with pytest.raises(DamagedRecording):
        gather(path)


@pytest.mark.parametrize(
    ("flag", "name"), [(FrameFlags.SENSOR_FAULT, "fault"), (FrameFlags.SATURATED, "saturated")]
)
def test_times_without_a_measurement_are_known(tmp_path: Path, flag: FrameFlags, name: str) -> None:
    tape = pressed((3.0, 0.0), (6.0, 60.0), (6.0, 61.0), (6.0, 60.0), (3.0, 0.0))
    steps = [
        Arrival(replace(step.frame, flags=flag), step.host_us)
        if isinstance(step, Arrival) and 1000 <= step.frame.index < 1200
        else step
        for step in tape.arrivals()
    ]
    session = only(gather(write_capture(tmp_path / "c.qlcap", steps)))
    doubtful = known(session.curves.series(name).t)
    assert (min(doubtful), max(doubtful)) == pytest.approx((7.0, 9.0), abs=0.2)


def test_the_wave_of_breath_is_the_one_that_was_simulated(demo_gathered: Gathered) -> None:
    session = only(demo_gathered)
    values = known(breath.wave(session).mean)
    depth = 100 * simulate.demo_body().body.breath_depth
    assert max(values) == pytest.approx(depth, rel=0.6)
    assert sum(values) / len(values) == pytest.approx(0.0, abs=0.3)
    swings = sum(a < 0 <= b for a, b in pairwise(values))
    held = sum(end - begin for begin, end in breath.quiet_times(session))
    assert 0.15 <= swings / held <= 0.45


def test_the_wave_leaves_out_what_is_marked(demo_gathered: Gathered) -> None:
    session = only(demo_gathered)
    wave = breath.wave(session)
    drawn = [t for t, value in zip(wave.t, wave.mean, strict=True) if not isnan(value)]
    for one in session.happenings:
        assert not [t for t in drawn if one.t - 0.9 < t < one.t + 3.9]


def test_a_session_of_an_hour_shows_no_single_breaths(tmp_path: Path) -> None:
    path = recording(tmp_path, (2, 0), *[(50, 60), (10, 0)] * 60, rate_hz=5.0)
    assert not breath.wave(only(gather(path)))
