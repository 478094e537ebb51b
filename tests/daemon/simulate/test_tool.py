"""Simulated sensors: what each fault does, and that it does nothing else."""

from dataclasses import replace
from itertools import pairwise
from math import dist, hypot
from statistics import pstdev

import pytest

from ql_release.simulate import Body, Defect, Hold, Release, Scenario, Sensor, Shift, rows
from ql_release.simulate.play import Row
from ql_release.simulate.tool import rotation, turned

STILL = Body(breath_depth=0.0, breath_turn_deg=0.0, sway=0.0, sway_turn_deg=0.0, tremor=0.0)
CLEAN = Sensor(zones=3, rate_hz=50.0, noise_n=0.0, offset_n=0.0, jitter=0.0, accel_noise=0.0,
               gyro_noise=0.0, gyro_bias=0.0)  # fmt: skip


def played(sensor: Sensor, *holds: Hold) -> list[Row]:
    """Return the rows of a still body on a sensor."""
    return list(rows(Scenario(holds or (Hold(lasts=20.0, rest_s=2.0),), STILL, sensor)))


def test_a_stuck_zone_repeats_itself_and_a_dead_one_says_nothing() -> None:
    plain = played(CLEAN)
    for kind in ("stuck", "dead"):
        broken = played(replace(CLEAN, defect=Defect(kind, 1, 10.0)))  # type: ignore[arg-type]
        for (t, good, _), (_, bad, _) in zip(plain, broken, strict=True):
            assert good[::2] == bad[::2]
            assert t >= 10.0 or good == bad
        last = {zones[1] for t, zones, _ in broken if t >= 10.0}
        assert len(last) == 1
        assert (last == {0.0}) == (kind == "dead")


def test_a_coarse_scale_tells_only_its_steps() -> None:
    told = {zones[0] for _, zones, _ in played(replace(CLEAN, quantum_n=0.5))}
    assert len(told) > 10
    assert all(2 * force == round(2 * force) for force in told)


def test_creep_makes_the_force_read_higher_the_longer_it_is_held() -> None:
    plain, creeping = played(CLEAN), played(replace(CLEAN, creep=0.02))
    ratios = [
        sum(crept) / sum(force)
        for (t, force, _), (_, crept, _) in zip(plain, creeping, strict=True)
        if 4.0 < t < 20.0
    ]
    assert ratios == sorted(ratios) or max(ratios) - min(ratios) > 0.02
    assert 1.0 < ratios[0] < ratios[-1] < 1.07


def test_zones_share_the_load_and_a_release_may_unload_them_unevenly() -> None:
    def shares(uneven: float) -> tuple[list[float], list[float]]:
        release = Release(8.0, 0.2, 1.0, uneven=uneven)
        found = played(CLEAN, Hold(lasts=20.0, rest_s=2.0, happenings=(release,)))
        at = {round(t, 2): zones for t, zones, _ in found}
        before, after = at[9.5], at[14.0]
        return [f / sum(before) for f in before], [f / sum(after) for f in after]

    assert dist(*shares(0.0)) < 1e-3
    before, after = shares(1.0)
    assert dist(before, after) > 0.02
    assert sum(after) == pytest.approx(sum(before))


def test_a_slow_imu_repeats_its_readings() -> None:
    sensor = replace(CLEAN, rate_hz=200.0, imu_hz=50.0, gyro_noise=0.01)
    said = [motion for _, _, motion in played(sensor)]
    changes = sum(early != later for early, later in pairwise(said))
    assert changes == pytest.approx(len(said) / 4, rel=0.02)


def test_mounting_turns_gravity_and_turn_rates_and_keeps_their_size() -> None:
    shift = Hold(lasts=20.0, rest_s=2.0, happenings=(Shift(8.0, turn_deg=5.0),), lies_deg=10.0)
    level, mounted = (
        played(replace(CLEAN, mounting_deg=mounting), shift)
        for mounting in ((0.0, 0.0, 0.0), (30.0, -70.0, 110.0))
    )
    for (_, forces, plain), (_, same, motion) in zip(level, mounted, strict=True):
        assert forces == same
        assert plain is not None
        assert motion is not None
        assert hypot(*motion[:3]) == pytest.approx(9.80665, abs=0.001)
        assert hypot(*motion[3:]) == pytest.approx(hypot(*plain[3:]), abs=0.001)
    assert dist(level[100][2][:3], mounted[100][2][:3]) > 3.0  # type: ignore[index]


def test_a_rotation_turns_about_its_axes() -> None:
    assert turned(rotation((0.0, 0.0, 90.0)), (1.0, 0.0, 0.0)) == pytest.approx((0.0, 1.0, 0.0))
    assert turned(rotation((90.0, 0.0, 0.0)), (0.0, 1.0, 0.0)) == pytest.approx((0.0, 0.0, 1.0))
    assert turned(rotation((0.0, 90.0, 0.0)), (0.0, 0.0, 1.0)) == pytest.approx((1.0, 0.0, 0.0))


def test_jitter_and_noise_are_as_large_as_they_are_said_to_be() -> None:
    found = played(replace(CLEAN, zones=1, jitter=0.3, noise_n=0.2), Hold(lasts=3.0, rest_s=20.0))
    late = [t * 50.0 - number for number, (t, _, _) in enumerate(found)]
    assert 0.12 < max(late) <= 0.1501
    assert pstdev(zones[0] for t, zones, _ in found if t < 19.0) == pytest.approx(0.2, rel=0.1)


def test_a_tool_is_laid_down_anew_in_the_rest_before_a_hold() -> None:
    found = played(CLEAN, Hold(lasts=5.0, rest_s=6.0, lies_deg=12.0))
    at = {round(t, 2): motion for t, _, motion in found}
    assert at[1.0][2] == pytest.approx(9.807, abs=0.001)  # type: ignore[index]
    assert at[5.0][2] == pytest.approx(9.807 * 0.978, abs=0.01)  # type: ignore[index]
