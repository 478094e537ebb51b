"""Breath, sway and tremor as they are measured in a hold."""

import pytest

from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.view import LiveView
from ql_release.simulate import Body, Hold, Scenario, Sensor, sample_blocks


def seen_after(seconds: float, body: Body, sensor: Sensor | None = None) -> LiveView:
    """Return the live view so long into a hold."""
    scenario = Scenario((Hold(90.0, seconds + 5.0, rest_s=0.0),), body, sensor or Sensor())
    detector = Detector(DetectorSettings())
    for block in sample_blocks(scenario):
        detector.feed(block)
        if block.t[-1] >= seconds:
            return detector.view
    raise AssertionError("the scenario is too short")


@pytest.mark.parametrize("breath_hz", [0.2, 0.28, 0.34])
@pytest.mark.parametrize("depth", [0.02, 0.06])
def test_a_breath_is_measured(breath_hz: float, depth: float) -> None:
    view = seen_after(40.0, Body(breath_hz=breath_hz, breath_depth=depth, breath_jitter=0.02))
    assert view.breath_hz == pytest.approx(breath_hz, abs=0.03)
    assert view.breath_pct == pytest.approx(100 * depth, rel=0.35)


def test_without_a_breath_there_is_none() -> None:
    view = seen_after(40.0, Body(breath_depth=0.0, sway=0.0))
    assert view.breath_hz is None
    assert view.breath_pct is None
    assert view.sway_pct == pytest.approx(0.0, abs=0.4)


def test_sway_and_tremor_are_told_apart() -> None:
    calm = seen_after(40.0, Body(sway=0.003, tremor=0.001), Sensor(zones=1, noise_n=0.02))
    restless = seen_after(40.0, Body(sway=0.03, tremor=0.001), Sensor(zones=1, noise_n=0.02))
    shaking = seen_after(40.0, Body(sway=0.003, tremor=0.02), Sensor(zones=1, noise_n=0.02))
    assert restless.sway_pct > 2 * calm.sway_pct
    assert shaking.tremor_pct > 3 * calm.tremor_pct
    assert shaking.tremor_pct == pytest.approx(1.4, rel=0.4)


def test_the_decay_is_shown_once_the_load_has_settled() -> None:
    assert seen_after(5.0, Body()).expected_n is None
    view = seen_after(40.0, Body(breath_depth=0.0, sway=0.0))
    assert view.expected_n == pytest.approx(view.force_n, rel=0.02)
