"""Drawn sessions: the same by seed, within the ranges that are written down, and varied."""

from collections import Counter
from itertools import pairwise

import pytest

from ql_release.simulate import (
    BoneContact,
    Knock,
    Release,
    Scenario,
    Slip,
    population,
    rows,
    truth,
)
from ql_release.simulate.plans import TAIL_S

SEEDS = range(300)


@pytest.fixture(scope="module")
def sessions() -> list[Scenario]:
    """Return many sessions."""
    return [population(seed) for seed in SEEDS]


def test_a_seed_makes_one_session() -> None:
    assert population(5) == population(5)
    assert population(5) != population(6)
    assert next(iter(rows(population(5)))) == next(iter(rows(population(5))))


def test_people_are_within_the_documented_ranges(sessions: list[Scenario]) -> None:
    for body in (session.body for session in sessions):
        assert 0.5 < body.tissue.left(45.0) < 0.92
        assert 0.01 <= body.breath_depth <= 0.08
        assert 0.2 <= body.breath_hz <= 0.35
        assert body.sway <= 0.014
        assert 6.0 <= body.tremor_hz <= 12.0
        assert body.breath_in + body.breath_rest < 1.0


def test_tools_are_within_the_documented_ranges(sessions: list[Scenario]) -> None:
    for sensor in (session.sensor for session in sessions):
        assert 40.0 <= sensor.rate_hz <= 320.0
        assert 1 <= sensor.zones <= 8
        assert sensor.packet / sensor.rate_hz <= 0.15
        assert sensor.zones * sensor.offset_n <= 2.0
        assert sensor.defect is None or sensor.defect.zone < sensor.zones


def test_forces_are_those_of_holds(sessions: list[Scenario]) -> None:
    forces = [hold.force_n for session in sessions for hold in session.holds]
    assert 12.0 <= min(forces) < 30.0
    assert 200.0 < max(forces) <= 280.0


def test_every_kind_of_tool_and_tissue_is_there(sessions: list[Scenario]) -> None:
    tissues = Counter(type(session.body.tissue).__name__ for session in sessions)
    assert len(tissues) == 7
    assert min(tissues.values()) > 20
    assert {session.sensor.zones for session in sessions} == set(range(1, 9))
    assert len({session.sensor.rate_hz for session in sessions}) == 10
    without = sum(not session.sensor.imu for session in sessions)
    assert 30 < without < 90


def test_everything_that_may_happen_does(sessions: list[Scenario]) -> None:
    kinds = Counter(thing.kind for session in sessions for thing in truth(session))
    for kind in (
        "session", "hold", "touch", "release", "slip", "bonecontact", "break", "shift", "press",
        "ease", "drift", "sigh", "knock", "sink", "smallfall", "deepfall", "earlyfall",
        "stuckzone", "deadzone",
    ):  # fmt: skip
        assert kinds[kind] >= 3, kind
    assert kinds["release"] > 200
    assert kinds["session"] > len(sessions)
    assert "latefall" not in kinds


def test_no_release_is_in_doubt(sessions: list[Scenario]) -> None:
    holds = [hold for session in sessions for hold in session.holds]
    for hold in holds:
        for thing in hold.happenings:
            if not isinstance(thing, Release):
                continue
            assert not 0.045 < thing.fall < 0.075
            assert not 9.0 < thing.at < 13.5
            assert thing.at < 9.0 or hold.lasts - hold.lift_s - thing.at - thing.lasts >= TAIL_S
        for early, late in pairwise(hold.happenings):
            lasts = 0.0 if isinstance(early, Knock) else early.lasts
            assert late.at > early.at + lasts


def test_bone_is_met_on_the_way_down_too_and_stiffer_than_the_tissue(
    sessions: list[Scenario],
) -> None:
    found = [
        (hold, thing)
        for session in sessions
        for hold in session.holds
        for thing in hold.happenings
        if isinstance(thing, BoneContact) and thing.at < hold.approach_s
    ]
    assert len(found) > 20
    for hold, bone in found:
        assert bone.rise_n / bone.lasts > 1.5 * hold.force_n / hold.approach_s


def test_some_slips_lose_contact_and_end_their_hold(sessions: list[Scenario]) -> None:
    slips = [
        (hold, thing)
        for session in sessions
        for hold in session.holds
        for thing in hold.happenings
        if isinstance(thing, Slip)
    ]
    lost = [(hold, slip) for hold, slip in slips if slip.fall == 1.0]
    assert 20 < len(lost) < len(slips) - 20
    assert all(hold.happenings[-1] is slip for hold, slip in lost)
