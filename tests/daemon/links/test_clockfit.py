"""The device clock's fit: late frames do not move it, drift and steps are followed."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.links.clockfit import MAX_PPM, ClockFit

UNIX_US = 1_800_000_000_000_000
SECOND = 1_000_000


def feed(
    fit: ClockFit,
    seconds: float,
    *,
    ppm: float = 0.0,
    offset: int = UNIX_US,
    delay: Callable[[], float] = lambda: 0,
    start: int = 0,
    every: int = 100_000,
) -> int:
    """Observe a frame each tenth of a second; return the last device time."""
    device = start
    for device in range(start, start + round(seconds * SECOND), every):
        true = offset + device + round(device * ppm / 1e6)
        fit.observe(device, true + round(delay()))
    return device


def true_host(device: int, *, ppm: float = 0.0, offset: int = UNIX_US) -> int:
    return offset + device + round(device * ppm / 1e6)


def test_without_observations_nothing_is_known() -> None:
    fit = ClockFit()
    assert fit.anchor is None
    assert fit.ppm == 0
    with pytest.raises(ValueError, match="not known yet"):
        fit.host_us(0)


def test_one_observation_gives_a_line_of_slope_one() -> None:
    fit = ClockFit()
    fit.observe(5 * SECOND, UNIX_US)
    assert fit.host_us(7 * SECOND) == UNIX_US + 2 * SECOND
    assert fit.host_us(3 * SECOND) == UNIX_US - 2 * SECOND
    assert fit.ppm == 0


@pytest.mark.parametrize("ppm", [-150, -40, 0, 3, 40, 150])
def test_drift_is_recovered_through_a_radios_jitter(ppm: float) -> None:
    """Frames wait up to 50 ms for the next connection event, and now and then far longer."""
    rng = random.Random(ppm)  # noqa: S311 - jitter, not a secret
    fit = ClockFit()
    last = feed(
        fit,
        120,
        ppm=ppm,
        delay=lambda: rng.uniform(0, 50_000) + (rng.random() < 0.02) * 400_000,
    )
    assert fit.ppm == pytest.approx(ppm, abs=60)
    assert abs(fit.host_us(last) - true_host(last, ppm=ppm)) < 3_000


def test_jitter_does_not_reach_the_fit() -> None:
    """Successive host times of even device times stay even, though arrivals do not."""
    rng = random.Random(1)  # noqa: S311 - jitter, not a secret
    fit = ClockFit()
    errors = []
    device = 0
    for _ in range(3000):
        device += 100_000
        fit.observe(device, true_host(device) + round(rng.uniform(0, 30_000)))
        errors.append(fit.host_us(device) - true_host(device))
    settled = errors[600:]
    assert max(settled) - min(settled) < 2_000
    assert max(settled) < 2_000


def test_long_runs_are_followed_as_the_crystal_warms() -> None:
    fit = ClockFit()
    host = float(UNIX_US)
    device = 0
    for step in range(36_000):
        device += 100_000
        host += 100_000 * (1 + (20 + step / 1000) * 1e-6)
        fit.observe(device, round(host))
    assert fit.ppm == pytest.approx(56, abs=3)
    assert abs(fit.host_us(device) - host) < 100


@pytest.mark.parametrize("ppm", [-5000, -300, 300, 5000])
def test_drift_beyond_what_crystals_do_is_bounded(ppm: float) -> None:
    fit = ClockFit()
    last = feed(fit, 90, ppm=ppm)
    assert abs(fit.ppm) <= MAX_PPM
    assert fit.host_us(last) <= true_host(last, ppm=ppm)


@pytest.mark.parametrize("step_s", [-3600, -10, -1])
def test_a_host_clock_set_back_is_followed_at_once(step_s: int) -> None:
    fit = ClockFit()
    last = feed(fit, 60)
    device = last + 100_000
    fit.observe(device, true_host(device) + step_s * SECOND)
    assert fit.host_us(device) == true_host(device) + step_s * SECOND


@pytest.mark.parametrize("step_s", [1, 10, 3600, 50 * 365 * 86400])
def test_a_host_clock_set_forward_is_followed_within_twelve_seconds(step_s: int) -> None:
    fit = ClockFit()
    last = feed(fit, 60)
    after = UNIX_US + step_s * SECOND
    last = feed(fit, 12, offset=after, start=last + 100_000)
    assert abs(fit.host_us(last) - true_host(last, offset=after)) < 1_000


def test_a_link_that_stalls_for_some_seconds_is_no_step() -> None:
    fit = ClockFit()
    last = feed(fit, 60)
    last = feed(fit, 8, delay=lambda: 3 * SECOND, start=last + 100_000)
    assert abs(fit.host_us(last) - true_host(last)) < 1_000
    last = feed(fit, 20, start=last + 100_000)
    assert abs(fit.host_us(last) - true_host(last)) < 1_000


def test_a_pause_of_minutes_begins_a_new_window() -> None:
    fit = ClockFit()
    last = feed(fit, 60, ppm=100)
    later = last + 600 * SECOND
    fit.observe(later, true_host(later, ppm=100))
    assert abs(fit.host_us(later) - true_host(later, ppm=100)) < 1_000


def test_reset_forgets_the_stream_before() -> None:
    fit = ClockFit()
    feed(fit, 60)
    fit.reset()
    assert fit.anchor is None
    fit.observe(0, UNIX_US + 90 * SECOND)
    assert fit.host_us(0) == UNIX_US + 90 * SECOND


def test_the_anchor_tells_the_same_line() -> None:
    rng = random.Random(3)  # noqa: S311 - jitter, not a secret
    fit = ClockFit()
    last = feed(fit, 100, ppm=30, delay=lambda: rng.uniform(0, 5_000))
    for device in (0, last, last + 10 * SECOND):
        assert abs(fit.anchor.at(device) - fit.host_us(device)) <= 1


def test_memory_is_bounded_however_many_frames_come() -> None:
    fit = ClockFit()
    for frame in range(50_000):
        fit.observe(frame * 10_000, UNIX_US + frame * 10_000)
    assert len(fit._points) <= 62


@given(
    st.lists(
        st.tuples(st.integers(1, 3 * SECOND), st.integers(0, 400_000)), min_size=1, max_size=120
    ),
    st.integers(-100, 100),
)
def test_the_line_is_a_lower_envelope(steps: list[tuple[int, int]], ppm: float) -> None:
    """No frame arrived before the line says it was sent, and the line touches one."""
    fit = ClockFit()
    device = 0
    observed = []
    for step, delay in steps:
        device += step
        observed.append((device, true_host(device, ppm=ppm) + delay))
        fit.observe(*observed[-1])
    recent = [(x, y - fit.host_us(x)) for x, y in observed if x >= device - 59 * SECOND]
    assert min(late for _, late in recent) >= -1
    assert abs(fit.ppm) <= MAX_PPM
    kept = [y - fit.host_us(x) for x, y in fit._points]
    assert min(kept) <= 1


@given(st.lists(st.tuples(st.integers(0, 2**63), st.integers(0, 2**63)), max_size=60))
def test_any_observations_leave_a_usable_fit(observations: list[tuple[int, int]]) -> None:
    fit = ClockFit()
    for device, host in observations:
        fit.observe(device, host)
        assert isinstance(fit.host_us(device), int)
        assert abs(fit.ppm) <= MAX_PPM
