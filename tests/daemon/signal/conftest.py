"""Signals for the detectors: plain ones made by hand, and simulated bodies."""

from collections.abc import Callable, Sequence

import pytest

from ql_release.signal.detections import Detection
from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock
from ql_release.simulate import Scenario, sample_blocks

Feed = Callable[..., list[Detection]]


def make_block(
    pieces: Sequence[tuple[float, float]], rate: float = 100.0, start: float = 0.0
) -> SampleBlock:
    """Return one block of one zone: pieces of (seconds, newtons), one after the other."""
    forces = [force for seconds, force in pieces for _ in range(round(seconds * rate))]
    return SampleBlock(
        index=0,
        t=[start + number / rate for number in range(len(forces))],
        zones=[(force,) for force in forces],
    )


@pytest.fixture
def block_of() -> Callable[..., SampleBlock]:
    """Makes a block from pieces of (seconds, newtons)."""
    return make_block


@pytest.fixture
def detected() -> Feed:
    """Feeds pieces of (seconds, newtons) and returns what was detected, end included."""

    def feed(
        pieces: Sequence[tuple[float, float]], *, rate: float = 100.0, limit: float | None = None
    ) -> list[Detection]:
        detector = Detector(DetectorSettings(limit_n=limit))
        return detector.feed(make_block(pieces, rate)) + detector.finish()

    return feed


@pytest.fixture
def watched() -> Callable[[Scenario], list[Detection]]:
    """Plays a simulated body and returns what was detected, end included."""

    def watch(scenario: Scenario) -> list[Detection]:
        detector = Detector(DetectorSettings())
        found = []
        for block in sample_blocks(scenario):
            found += detector.feed(block)
        return found + detector.finish()

    return watch
