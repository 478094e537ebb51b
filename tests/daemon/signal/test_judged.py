"""Releases, slips, bone contact and sinking on simulated bodies, and what must stay silent.

The bodies come from `simulate`, which shares no model with the detectors.
"""

from collections.abc import Callable

import pytest

from ql_release.signal.confidence import confidence
from ql_release.signal.detections import (
    BoneContact as BoneFound,
)
from ql_release.signal.detections import (
    Detection,
    HoldEnded,
    Judged,
    OverPressure,
    PossibleSink,
    Released,
)
from ql_release.signal.detections import (
    Slip as SlipFound,
)
from ql_release.simulate import (
    Body,
    BoneContact,
    Happening,
    Hold,
    Knock,
    LogLinear,
    PowerLaw,
    Press,
    Prony,
    Release,
    Scenario,
    Sensor,
    Shift,
    Sigh,
    Sink,
    Slip,
    Tissue,
    demo_body,
)

Watch = Callable[[Scenario], list[Detection]]
TOLD = 0.5
TISSUES = [LogLinear(), PowerLaw(), Prony()]


def scenario(
    *things: Happening,
    body: Body | None = None,
    hold: dict[str, float] | None = None,
    seed: int = 1,
    end_rest_s: float = 2.0,
    **sensor: float,
) -> Scenario:
    return Scenario(
        holds=(
            Hold(
                **{"force_n": 90.0, "lasts": 42.0, "rest_s": 1.0, **(hold or {})}, happenings=things
            ),
        ),
        body=body or Body(),
        sensor=Sensor(**{"rate_hz": 50.0, "zones": 2, **sensor}),
        seed=seed,
        end_rest_s=end_rest_s,
    )


def told(found: list[Detection]) -> list:
    """Return what users are told of, by kind."""
    return [type(each) for each in found if isinstance(each, Judged) and each.confidence >= TOLD]


@pytest.mark.parametrize("tissue", TISSUES, ids=lambda tissue: type(tissue).__name__)
@pytest.mark.parametrize("imu", [True, False], ids=["imu", "no imu"])
@pytest.mark.parametrize(("fall", "lasts"), [(0.12, 1.0), (0.15, 4.0), (0.3, 2.0)])
def test_a_release_is_found(
    watched: Watch,
    tissue: Tissue,
    imu: bool,
    fall: float,
    lasts: float,
) -> None:
    found = watched(scenario(Release(20.0, fall, lasts), body=Body(tissue=tissue), imu=imu))
    assert told(found) == [Released]
    (released,) = (each for each in found if isinstance(each, Released))
    assert released.at == pytest.approx(21.0, abs=1.2)
    assert released.drop_pct == pytest.approx(100 * fall, rel=0.3)
    assert 6.0 <= released.held_s < 9.0
    assert 6.0 < released.t - released.at < 15.0
    assert released.expected_pct < 3.0


def test_two_releases_in_one_hold_are_two(watched: Watch) -> None:
    found = watched(scenario(Release(15.0, 0.15), Release(30.0, 0.15), hold={"lasts": 50.0}))
    assert told(found) == [Released, Released]


@pytest.mark.parametrize("rate_hz", [40.0, 80.0, 160.0, 320.0])
@pytest.mark.parametrize("zones", [1, 8])
def test_rate_and_zones_do_not_matter(watched: Watch, rate_hz: float, zones: int) -> None:
    found = watched(scenario(Release(18.0, 0.15), Slip(33.0), rate_hz=rate_hz, zones=zones))
    assert told(found) == [Released, SlipFound]


@pytest.mark.parametrize("imu", [True, False], ids=["imu", "no imu"])
@pytest.mark.parametrize(
    "things",
    [
        (),
        (Sigh(20.0, 0.15),),
        (Sigh(20.0, -0.15, 6.0),),
        (Shift(20.0, -0.15, 0.2),),
        (Shift(20.0, 0.15, 0.7),),
        (Press(20.0, 30.0),),
        (Press(6.0, 30.0, 1.0),),
        (Knock(20.0),),
        (Release(20.0, 0.03),),
        (Release(6.0, 0.15),),
        (Release(37.0, 0.15),),
    ],
    ids=["nothing", "sigh up", "sigh down", "sudden shift", "shift up", "press", "early press",
         "knock", "too small", "too early", "not kept: the hold ends"],
)  # fmt: skip
def test_what_must_stay_silent(watched: Watch, things: tuple, imu: bool) -> None:
    found = watched(scenario(*things, imu=imu))
    assert told(found) == []
    assert sum(isinstance(each, HoldEnded) for each in found) == 1


@pytest.mark.parametrize(
    "body",
    [
        Body(breath_depth=0.08, breath_hz=0.2),
        Body(breath_depth=0.08, breath_hz=0.35),
        Body(sway=0.015, sway_s=4.0),
        Body(tremor=0.03, tremor_hz=6.5),
    ],
    ids=["slow deep breath", "fast deep breath", "sway", "tremor"],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_restless_bodies_stay_silent(watched: Watch, body: Body, seed: int) -> None:
    assert told(watched(scenario(body=body, seed=seed))) == []


@pytest.mark.parametrize(
    "sensor",
    [{"creep": 0.022}, {"lost": 0.1}, {"jitter": 0.9}, {"offset_n": 3.0}, {"noise_n": 1.0}],
    ids=lambda sensor: next(iter(sensor)),
)
def test_poor_sensors_lie_about_nothing(watched: Watch, sensor: dict[str, float]) -> None:
    assert told(watched(scenario(**sensor))) == []
    assert told(watched(scenario(Release(20.0, 0.2), **sensor))) == [Released]


@pytest.mark.parametrize("lasts", [0.5, 1.2])
def test_a_shift_with_motion_is_no_release(watched: Watch, lasts: float) -> None:
    assert told(watched(scenario(Shift(20.0, -0.15, lasts, turn_deg=3.0)))) == []


@pytest.mark.parametrize("bang", [0.0, 8.0])
@pytest.mark.parametrize("lift_s", [0.3, 1.0])
def test_a_lift_off_is_neither_slip_nor_release(watched: Watch, bang: float, lift_s: float) -> None:
    found = watched(scenario(hold={"lasts": 20.0, "bang": bang, "lift_s": lift_s}))
    assert told(found) == []


@pytest.mark.parametrize("fall", [0.12, 0.25, 0.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_slip_is_found_within_two_seconds(watched: Watch, fall: float, seed: int) -> None:
    found = watched(scenario(Slip(20.0, fall), seed=seed))
    assert told(found) == [SlipFound]
    (slip,) = (each for each in found if isinstance(each, SlipFound))
    assert slip.at == pytest.approx(21.0, abs=0.15)
    assert slip.t - slip.at < 2.0


@pytest.mark.parametrize(("fall", "noted"), [(0.12, 0), (0.4, 1)])
def test_without_an_imu_a_deep_abrupt_fall_is_noted_and_not_told(
    watched: Watch, fall: float, noted: int
) -> None:
    found = watched(scenario(Slip(20.0, fall), imu=False))
    assert told(found) == []
    assert sum(isinstance(each, SlipFound) for each in found) == noted


@pytest.mark.parametrize(("at", "approach_s"), [(1.1, 1.5), (4.0, 1.5), (20.0, 0.8)])
@pytest.mark.parametrize("imu", [True, False], ids=["imu", "no imu"])
def test_bone_is_found_on_the_way_down_and_later(
    watched: Watch, at: float, approach_s: float, imu: bool
) -> None:
    hold = {"force_n": 55.0, "approach_s": approach_s}
    found = watched(scenario(BoneContact(at, 35.0), hold=hold, imu=imu))
    assert told(found) == [BoneFound]
    (bone,) = (each for each in found if isinstance(each, BoneFound))
    assert bone.at == pytest.approx(1.0 + at, abs=0.2)


@pytest.mark.parametrize("approach_s", [0.4, 0.7, 1.5, 4.0])
@pytest.mark.parametrize("stiffening", [0.0, 3.0])
def test_a_soft_approach_is_no_bone_however_quick(
    watched: Watch, approach_s: float, stiffening: float
) -> None:
    body = Body(stiffening=stiffening)
    hold = {"lasts": 12.0, "approach_s": approach_s}
    assert told(watched(scenario(body=body, hold=hold))) == []


def test_sinking_with_the_force_kept_is_no_release(
    watched: Watch,
) -> None:
    found = watched(scenario(Sink(20.0, 2.5, 8.0)))
    assert set(told(found)) == {PossibleSink}


def test_a_release_is_no_sinking(watched: Watch) -> None:
    assert PossibleSink not in told(watched(scenario(Release(20.0, 0.15))))


@pytest.mark.parametrize("zones", [1, 4, 8])
@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
def test_the_demonstration_shows_one_of_each(watched: Watch, zones: int, rate_hz: float) -> None:
    found = watched(demo_body(zones, rate_hz))
    assert told(found) == [Released, SlipFound, BoneFound]
    assert sum(isinstance(each, HoldEnded) for each in found) == 4
    assert not any(isinstance(each, OverPressure) for each in found)


def test_confidence_crosses_one_half_at_the_least_fall() -> None:
    assert confidence(6.0, 10.0, seen=True) == 0.5
    assert confidence(8.0, 10.0, seen=False) == 0.5
    assert confidence(7.9, 10.0, seen=False) < 0.5 < confidence(7.9, 10.0, seen=True)
    assert confidence(15.0, 1.0, seen=True) < confidence(15.0, 5.0, seen=True)
    assert confidence(50.0, 50.0, seen=False) <= 0.85
