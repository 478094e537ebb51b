"""Garbage in: no crash, no false release, and memory that does not grow."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ql_release.signal.detections import Detection, HoldEnded, Judged
from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock
from ql_release.signal.steps import KEPT_STEPS, History


def play(
    force_at: Callable[[float], float], seconds: float, rate: float = 50.0, **flags: bool
) -> list[Detection]:
    """Return what is detected in a signal given by a function of time."""
    times = [number / rate for number in range(round(seconds * rate))]
    block = SampleBlock(index=0, t=times, zones=[(force_at(t),) for t in times], **flags)
    detector = Detector(DetectorSettings())
    return detector.feed(block) + detector.finish()


def judged(found: list[Detection]) -> list[Judged]:
    return [each for each in found if isinstance(each, Judged)]


def holds(found: list[Detection]) -> int:
    return sum(isinstance(each, HoldEnded) for each in found)


@pytest.mark.parametrize("force", [0.0, -500.0, 300.0, 1e12])
@pytest.mark.parametrize("rate", [1.0, 50.0])
def test_a_constant_says_nothing_but_its_hold(force: float, rate: float) -> None:
    found = play(lambda _: force, 60.0, rate)
    assert judged(found) == []
    assert holds(found) == (force >= 30.0)


@pytest.mark.parametrize("flag", ["saturated", "fault"])
def test_doubtful_forces_are_not_judged(flag: str) -> None:
    found = play(lambda t: 100.0 if t < 20 else 80.0 if t > 22 else 190 - 4.5 * t, 40.0,
                 **{flag: True})  # fmt: skip
    assert judged(found) == []


def test_one_sample_a_second_gives_the_hold_and_no_release() -> None:
    noise = random.Random(1)  # noqa: S311 - noise, not secrets
    found = play(lambda t: (80.0 if t < 25 else 60.0) + noise.gauss(0, 2), 60.0, rate=1.0)
    assert judged(found) == []
    assert holds(found) == 1


def test_twenty_minutes_of_holding_are_one_hold() -> None:
    noise = random.Random(1)  # noqa: S311 - noise, not secrets
    found = play(lambda t: 100.0 * (1 + t) ** -0.055 + noise.gauss(0, 0.5), 1200.0, rate=40.0)
    assert judged(found) == []
    assert holds(found) == 1


def test_an_hour_of_noise_gives_no_event() -> None:
    noise = random.Random(1)  # noqa: S311 - noise, not secrets
    assert judged(play(lambda _: noise.uniform(-20.0, 20.0), 3600.0, rate=20.0)) == []


def test_a_clock_that_stands_still_takes_no_memory() -> None:
    detector = Detector(DetectorSettings())
    size = 10_000
    for index in range(0, 100 * size, size):
        detector.feed(SampleBlock(index=index, t=[1.0] * size, zones=[(50.0,)] * size))
    assert len(detector._track._binner._forces) < 100


def test_the_history_of_a_contact_is_bounded() -> None:
    detector = Detector(DetectorSettings())
    rate, minutes = 20, 5
    for start in range(0, minutes * 60 * rate, rate):
        times = [(start + number) / rate for number in range(rate)]
        zones = [(50.0 + t % 4.0,) for t in times]
        detector.feed(SampleBlock(index=start, t=times, zones=zones))
    history = detector._track._history
    assert isinstance(history, History)
    assert KEPT_STEPS <= len(history.times) < 2 * KEPT_STEPS
    assert len(history._sums) == len(history.times) + 1


finite = st.floats(-1e6, 1e6, allow_nan=False)
row = st.tuples(
    st.floats(-1.0, 1.0), finite, finite, st.tuples(*[st.floats(-200, 200)] * 6), st.booleans()
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(row, min_size=1, max_size=200), cut=st.integers(1, 50))
def test_anything_goes_without_a_crash_and_the_same_in_pieces(rows: list, cut: int) -> None:
    times, t = [], 0.0
    for step, *_ in rows:
        t += step
        times.append(t)
    block = SampleBlock(
        index=0,
        t=times,
        zones=[(first, second) for _, first, second, _, _ in rows],
        imu=[motion for *_, motion, _ in rows],
        contact=[touched for *_, touched in rows],
    )
    whole = Detector(DetectorSettings(limit_n=50.0))
    pieces = Detector(DetectorSettings(limit_n=50.0))
    found = []
    for start in range(0, len(rows), cut):
        found += pieces.feed(block.part(start, start + cut))
        assert pieces.view.phase in ("idle", "contact", "hold")
    assert found + pieces.finish() == whole.feed(block) + whole.finish()
