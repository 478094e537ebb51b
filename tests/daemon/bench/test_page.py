"""The page and its pictures: made of the outcomes, and of nothing else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from detection.cases import Passive, Simulated, all_cases
from detection.outcome import OURS, Found, Outcome

from ql_release.simulate import Truth

pytest.importorskip("ruptures", reason="ruptures is not there on Python 3.14")

from detection import page, pictures, tables
from detection.playing import play, play_all

Make = Callable[..., Outcome]


@pytest.fixture
def outcomes(outcome: Make) -> list[Outcome]:
    """Return a few outcomes with something of everything."""
    release = Truth("release", 30.0, 32.0, 0.12)
    found = Found("release", 30.4, 39.0, 0.9)
    slip, bone = Truth("slip", 40.0, 40.1, 0.3), Truth("bonecontact", 50.0, 50.1, 30.0)
    return [
        outcome([release, slip], [found, Found("slip", 40.1, 41.0, 0.8)], "seed 1"),
        outcome([release, bone], [Found("bonecontact", 50.0, 54.0, 0.9)], "seed 2", imu=False),
        outcome([bone], [found, Found("bonecontact", 50.0, 54.0, 0.9)], "seed 3"),
        outcome([], [], "passive", real=True, imu=False, tissue="real"),
    ]


def row(text: str, begins: str) -> list[str]:
    """Return the cells of the table's row that begins so."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {begins} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_summary_has_the_counts(outcomes: list[Outcome]) -> None:
    summary = tables.summary(outcomes)
    assert row(summary, "release, with an IMU") == ["1", "1", "1", "0.50", "1.00", "**0.67**"]
    assert row(summary, "release, without an IMU") == ["1", "0", "0", "-", "0.00", "**0.00**"]
    assert row(summary, "slip, all") == ["1", "1", "0", "1.00", "1.00", "**1.00**"]


def test_slips_and_bones_are_told_apart_by_how_they_come_about(outcome: Make) -> None:
    truths = [
        Truth("slip", 20.0, 20.1, 0.3),
        Truth("slip", 60.0, 60.1, 1.0),
        Truth("approach", 10.0, 12.0),
        Truth("bonecontact", 11.0, 11.2, 30.0),
        Truth("bonecontact", 40.0, 40.2, 30.0),
    ]
    case = outcome(truths, [Found("slip", 20.0, 21.0), Found("bonecontact", 11.0, 15.0)])
    table = tables.manners([case])
    assert row(table, "slip that keeps contact") == ["1", "1", "1.00"]
    assert row(table, "slip that loses contact") == ["1", "0", "0.00"]
    assert row(table, "bone met during a hold") == ["1", "0", "0.00"]
    assert row(table, "bone met on the way down") == ["1", "1", "1.00"]


def test_groups_and_drops_have_their_own_counts(outcomes: list[Outcome]) -> None:
    assert row(tables.conditions(outcomes), "no IMU")[:2] == ["1", "1"]
    assert row(tables.drops(outcomes), "10 to 15 %") == ["2", "0.50", "0.50", "0.50"]


def test_the_worst_session_comes_first_and_the_right_ones_not_at_all(
    outcomes: list[Outcome],
) -> None:
    lines = tables.worst(outcomes).splitlines()[2:]
    assert [line.split("|")[1].strip() for line in lines] == ["seed 2", "seed 3"]


def test_the_page_is_whole_and_its_pictures_are_there(
    outcomes: list[Outcome], tmp_path: Path
) -> None:
    text = page.text(outcomes)
    assert "nan" not in text
    paragraphs = [line for line in text.splitlines() if not line.startswith(("|", "!", "make"))]
    assert max(map(len, paragraphs)) <= 120
    shown = re.findall(r"\]\(pictures/([^)]+)\)", text)
    pictures.draw_all(outcomes, tmp_path)
    assert sorted(shown) == sorted(path.name for path in tmp_path.iterdir())
    assert len(shown) == 5


def test_the_pictures_are_the_same_each_time(outcomes: list[Outcome], tmp_path: Path) -> None:
    for name in ("one", "two"):
        pictures.draw_all(outcomes, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_cases_are_simulated_and_real_and_each_is_named_once() -> None:
    cases = all_cases(30)
    names = [case.facts().name for case in cases]
    assert len(names) == len(set(names)) == 70
    assert sum(case.facts().real for case in cases) == 40


@pytest.mark.parametrize("ramp", ["1 s ramp", "10 s ramp"])
@pytest.mark.parametrize("alive", [False, True])
def test_real_muscle_is_scaled_to_its_peak(ramp: str, alive: bool) -> None:
    case = Passive(ramp, 100.0, 50.0, alive)
    forces = [zones[0] for _, zones, _ in case.rows()]
    assert max(forces) == pytest.approx(100.0, rel=0.1 if alive else 1e-6)
    assert forces[0] == pytest.approx(0.0, abs=1.0)
    assert forces[-1] < 75.0
    assert 60.0 < len(forces) / 50.0 < 75.0


def test_a_session_goes_through_the_analysis_and_comes_out_with_its_holds() -> None:
    made = play(Simulated(93))
    assert len(made.ours("hold")) == len(made.true("hold"))
    assert len(made.ours("session")) == len(made.true("session"))
    assert made.true("release")
    assert OURS in made.found


def test_however_many_work_the_outcomes_are_the_same_and_in_order() -> None:
    cases = [Simulated(seed) for seed in (10, 93, 11)]
    alone, together = (list(play_all(list(cases), workers)) for workers in (1, 2))
    assert [each.facts.name for each in alone] == ["seed 10", "seed 93", "seed 11"]
    assert alone == together
