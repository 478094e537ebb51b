"""Simulated bodies: seeded, true to what they promise, and written as text recordings."""

from itertools import pairwise
from pathlib import Path

import pytest

from ql_release.simulate import (
    Body,
    BoneContact,
    Break,
    Drift,
    Ease,
    Happening,
    Hold,
    Knock,
    Press,
    Release,
    Scenario,
    Sensor,
    Shift,
    Sigh,
    Sink,
    Slip,
    demo_body,
    rows,
    sample_blocks,
    write_recording,
)
from ql_release.simulate.play import Row

STILL = Body(breath_depth=0.0, breath_turn_deg=0.0, sway=0.0, sway_turn_deg=0.0, tremor=0.0)
CLEAN = Sensor(zones=2, rate_hz=50.0, noise_n=0.0, offset_n=0.0, jitter=0.0, accel_noise=0.0,
               gyro_noise=0.0, gyro_bias=0.0)  # fmt: skip


def still(*things: Happening, sensor: Sensor = CLEAN, **hold: float) -> list[Row]:
    """Return the rows of one hold of a body that does nothing but what is asked."""
    plan = Hold(**{"force_n": 100.0, "lasts": 40.0, "rest_s": 2.0, **hold}, happenings=things)
    return list(rows(Scenario((plan,), STILL, sensor, end_rest_s=2.0)))


def force_at(played: list[Row], t: float) -> float:
    """Return the total force at the sample nearest to a time."""
    return sum(min(played, key=lambda row: abs(row[0] - t))[1])


def test_the_same_scenario_gives_the_same_samples_and_another_seed_others() -> None:
    first, again = (list(rows(demo_body(rate_hz=20.0))) for _ in range(2))
    assert first == again
    assert list(rows(Scenario(seed=1))) != list(rows(Scenario(seed=2)))


def test_an_empty_tool_measures_nothing() -> None:
    played = still()
    assert force_at(played, 1.0) == 0.0
    assert force_at(played, 43.5) == 0.0
    assert 60.0 < force_at(played, 38.0) < force_at(played, 10.0) < 100.0


@pytest.mark.parametrize(
    ("thing", "ratio"),
    [
        (Release(20.0, 0.2), 0.8),
        (Slip(20.0, 0.25), 0.75),
        (Shift(20.0, -0.1), 0.9),
        (Shift(20.0, 0.1), 1.1),
        (Break(20.0, 0.1), 0.9),
        (Drift(5.0, -0.08, 16.0), 0.92),
        (Ease(10.0, 0.2, 5.0), 1.0),
        (Sigh(20.0, 0.15), 1.0),
        (Knock(20.0), 1.0),
        (Sink(20.0), 1.0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_happening_changes_the_force_as_it_says(thing: Happening, ratio: float) -> None:
    plain, other = still(), still(thing)
    before = 2.0 + thing.at - 0.1
    assert force_at(other, before) == pytest.approx(force_at(plain, before), abs=0.1)
    assert force_at(other, 35.0) == pytest.approx(ratio * force_at(plain, 35.0), rel=0.03)


def test_bone_keeps_what_soft_tissue_lets_go() -> None:
    plain = still()
    bone, press = still(BoneContact(20.0, 30.0)), still(Press(20.0, 30.0))
    assert force_at(bone, 35.0) - force_at(plain, 35.0) == pytest.approx(30.0, abs=1.0)
    assert force_at(press, 35.0) - force_at(plain, 35.0) < 27.0


def test_a_shift_turns_the_tool_and_a_release_does_not() -> None:
    def turned(played: list[Row]) -> float:
        before, after = (min(played, key=lambda row: abs(row[0] - t))[2] for t in (20.0, 30.0))
        return max(abs(a - b) for a, b in zip(before[:3], after[:3], strict=True))

    assert turned(still(Shift(20.0, turn_deg=3.0))) > 0.3
    assert turned(still(Release(20.0))) < 0.05


def test_lost_packets_leave_holes_and_limits_clip() -> None:
    sensor = Sensor(zones=1, rate_hz=100.0, lost=0.2, packet=6, most_n=50.0, imu=False)
    played = still(sensor=sensor)
    steps = [later[0] - earlier[0] for earlier, later in pairwise(played)]
    assert max(steps) > 0.06
    assert max(zones[0] for _, zones, _ in played) == 50.0
    assert all(motion is None for *_, motion in played)


def test_sample_blocks_hold_all_samples_once() -> None:
    scenario = Scenario((Hold(lasts=3.0, rest_s=1.0),), sensor=CLEAN, end_rest_s=1.0)
    blocks = list(sample_blocks(scenario, 7))
    assert [block.index for block in blocks] == list(range(0, 250, 7))
    assert sum(len(block.t) for block in blocks) == 250
    assert all(len(block.imu) == len(block.t) for block in blocks)


@pytest.mark.parametrize("imu", [True, False], ids=["imu", "no imu"])
def test_a_recording_has_its_header_and_every_row(tmp_path: Path, imu: bool) -> None:
    path = tmp_path / "body.csv"
    sensor = Sensor(zones=3, rate_hz=50.0, imu=imu)
    write_recording(Scenario((Hold(lasts=3.0, rest_s=1.0),), sensor=sensor, end_rest_s=1.0), path)
    lines = path.read_text().splitlines()
    assert lines[:3] == ["# recording: 1", "# start: 2026-01-05T18:00:00Z", "# rate_hz: 50"]
    assert lines[3] == "t,f1,f2,f3" + (",ax,ay,az,gx,gy,gz" if imu else "")
    assert len(lines) == 4 + 250
    assert {line.count(",") for line in lines[3:]} == {9 if imu else 3}
