"""The same samples give the same detections, however they are cut or resumed."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ql_release.signal.detections import Detection, Released, Slip
from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock
from ql_release.simulate import (
    Body,
    Hold,
    Release,
    Scenario,
    Sensor,
    sample_blocks,
)
from ql_release.simulate import (
    Slip as SlipsAway,
)

LIMIT = DetectorSettings(limit_n=70.0)


@pytest.fixture(scope="module")
def session() -> SampleBlock:
    """Two holds, a touch between them, lost packets; all its samples in one block."""
    scenario = Scenario(
        holds=(
            Hold(70.0, 34.0, (Release(17.0, 0.18, 1.5),), rest_s=2.0),
            Hold(30.0, 0.8, approach_s=0.2, lift_s=0.2, rest_s=2.0),
            Hold(80.0, 14.0, (SlipsAway(8.0),), rest_s=2.0),
        ),
        body=Body(breath_depth=0.03),
        sensor=Sensor(zones=2, rate_hz=50.0, lost=0.02),
        end_rest_s=2.0,
    )
    (block,) = sample_blocks(scenario, 1_000_000)
    return block


@pytest.fixture(scope="module")
def whole(session: SampleBlock) -> list:
    """What is detected when the session is fed in one piece."""
    detector = Detector(LIMIT)
    return detector.feed(session) + detector.finish()


def test_the_session_has_something_to_find(whole: list[Detection]) -> None:
    assert any(isinstance(each, Released) for each in whole)
    assert any(isinstance(each, Slip) for each in whole)


def cuts(total: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, total - 1), max_size=12).map(sorted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_chunking_gives_the_same(
    session: SampleBlock, whole: list[Detection], data: st.DataObject
) -> None:
    total = len(session.t)
    edges = [0, *data.draw(cuts(total)), total]
    detector = Detector(LIMIT)
    found = []
    for start, stop in itertools.pairwise(edges):
        found += detector.feed(session.part(start, stop))
    assert found + detector.finish() == whole


@pytest.mark.parametrize("size", [1, 6])
def test_small_blocks_give_the_same(
    session: SampleBlock, whole: list[Detection], size: int
) -> None:
    detector = Detector(LIMIT)
    found = []
    for start in range(0, len(session.t), size):
        found += detector.feed(session.part(start, start + size))
    assert found + detector.finish() == whole


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_fresh_detector_fed_from_the_resume_index_goes_on_alike(
    session: SampleBlock, data: st.DataObject
) -> None:
    stop = data.draw(st.integers(1, len(session.t) - 1))
    detector = Detector(LIMIT)
    detector.feed(session.part(0, stop))
    resume = detector.resume_index
    fresh = Detector(LIMIT, first_index=resume)
    again = fresh.feed(session.part(resume, stop))
    assert all(each.index >= resume for each in again)
    assert (fresh.idle, fresh.resume_index) == (detector.idle, detector.resume_index)
    rest = session.part(stop, len(session.t))
    assert fresh.feed(rest) + fresh.finish() == detector.feed(rest) + detector.finish()
