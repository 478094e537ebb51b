"""The truth of a scenario: what counts by the definitions, and when it was."""

from itertools import pairwise

import pytest

from ql_release.simulate import (
    Body,
    Defect,
    Happening,
    Hold,
    Release,
    Scenario,
    Sensor,
    Shift,
    Slip,
    demo_body,
    population,
    rows,
    truth,
)

STILL = Body(breath_depth=0.0, breath_turn_deg=0.0, sway=0.0, sway_turn_deg=0.0, tremor=0.0)
CLEAN = Sensor(zones=1, rate_hz=50.0, noise_n=0.0, offset_n=0.0, jitter=0.0)


def kinds(*holds: Hold, of: tuple[str, ...] = ("session", "hold", "touch")) -> list[str]:
    """Return what there is of these kinds, in order of time."""
    return [thing.kind for thing in truth(Scenario(holds, STILL)) if thing.kind in of]


def one(thing: Happening) -> list[str]:
    """Return what a happening is in a hold of 40 s."""
    plain = {"session", "hold", "approach", "liftoff"}
    found = truth(Scenario((Hold(lasts=40.0, happenings=(thing,)),)))
    return [each.kind for each in found if each.kind not in plain]


def test_the_demonstration_s_truth_is_in_order() -> None:
    happened = truth(demo_body())
    assert [each.kind for each in happened if each.kind not in ("approach", "liftoff")] == [
        "session", "hold", "release", "hold", "slip", "hold", "bonecontact", "hold",
    ]  # fmt: skip
    assert all(early.at <= late.at for early, late in pairwise(happened))
    assert 170.0 < demo_body().duration_s < 200.0


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (Release(20.0, 0.12, 2.0), "release"),
        (Release(20.0, 0.04, 2.0), "smallfall"),
        (Release(20.0, 0.5, 2.0), "deepfall"),
        (Release(20.0, 0.12, 0.3), "break"),
        (Release(20.0, 0.12, 7.0), "drift"),
        (Release(8.0, 0.12, 2.0), "earlyfall"),
        (Release(33.0, 0.12, 2.0), "latefall"),
        (Shift(20.0), "shift"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fall_is_a_release_only_by_the_definition(thing: Happening, kind: str) -> None:
    assert one(thing) == [kind]


@pytest.mark.parametrize(
    ("hold", "kind"),
    [
        (Hold(force_n=80.0, lasts=10.0), ["session", "hold"]),
        (Hold(force_n=20.0, lasts=10.0), ["session", "touch"]),
        (Hold(force_n=80.0, lasts=2.4, approach_s=0.4), ["session", "touch"]),
        (Hold(force_n=80.0, lasts=0.9, approach_s=0.4, lift_s=0.3), []),
        (Hold(force_n=6.0, lasts=10.0), []),
    ],
)
def test_what_is_held_long_and_hard_enough_is_a_hold(hold: Hold, kind: list[str]) -> None:
    assert kinds(hold) == kind


def test_two_minutes_without_contact_end_a_session() -> None:
    first = Hold(lasts=10.0)
    assert kinds(first, Hold(lasts=10.0, rest_s=110.0)) == ["session", "hold", "hold"]
    assert kinds(first, Hold(lasts=10.0, rest_s=125.0)) == ["session", "hold"] * 2


def test_a_slip_that_loses_contact_ends_the_hold_there_and_nobody_gets_up() -> None:
    slip = Slip(10.0, fall=1.0)
    happened = truth(Scenario((Hold(lasts=12.0, happenings=(slip,), rest_s=5.0),), STILL))
    hold = next(each for each in happened if each.kind == "hold")
    assert hold.ends == pytest.approx(15.08, abs=0.05)
    assert "liftoff" not in [each.kind for each in happened]


def test_a_broken_zone_is_part_of_the_truth() -> None:
    sensor = Sensor(defect=Defect("dead", 0, 12.0))
    assert ("deadzone", 12.0) in [(t.kind, t.at) for t in truth(Scenario(sensor=sensor))]


@pytest.mark.parametrize("seed", range(6))
def test_holds_begin_and_end_when_the_signal_says_so(seed: int) -> None:
    plan = population(seed)
    still = Scenario(plan.holds, STILL, CLEAN, seed, plan.end_rest_s)
    played = [(t, zones[0]) for t, zones, _ in rows(still)]
    for hold in (each for each in truth(still) if each.kind in ("hold", "touch")):
        inside = [force for t, force in played if hold.at + 0.03 < t < hold.ends - 0.03]
        assert min(inside) >= 5.0
        before = [force for t, force in played if hold.at - 0.3 < t < hold.at - 0.03]
        after = [force for t, force in played if hold.ends + 0.03 < t < hold.ends + 0.3]
        assert max(before) < 8.0
        assert not after or max(after) < 5.0


@pytest.mark.parametrize("seed", range(40, 52))
def test_a_release_is_seen_in_the_force_as_large_as_it_is_said_to_be(seed: int) -> None:
    plan = population(seed)
    still = Scenario(plan.holds, STILL, CLEAN, seed, plan.end_rest_s)
    played = {round(t, 2): zones[0] for t, zones, _ in rows(still)}
    for release in (each for each in truth(still) if each.kind == "release"):
        before = played[round(round(release.at / 0.02 - 1) * 0.02, 2)]
        after = played[round(round(release.ends / 0.02 + 1) * 0.02, 2)]
        fallen = 1.0 - after / before
        assert release.size - 0.005 < fallen < release.size + 0.05  # its own decay comes on top
