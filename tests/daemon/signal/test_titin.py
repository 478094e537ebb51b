"""Real passive muscle relaxing by itself: one hold, and nothing that let go."""

import csv
from bisect import bisect_right
from pathlib import Path

import pytest

from ql_release.signal.detections import HoldEnded, HoldStarted, Judged
from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock

DATA = Path(__file__).parents[2] / "data" / "titin_relaxation"
PEAK_N = 100.0
RATE_HZ = 100.0


def recording(name: str) -> SampleBlock:
    """Return the data scaled to 100 N at its peak and resampled to 100 Hz."""
    with (DATA / name).open(encoding="utf-8") as lines:
        rows = [(float(row["Time"]), float(row["F"])) for row in csv.DictReader(lines)]
    scale = PEAK_N / max(force for _, force in rows)
    known = [t for t, _ in rows]
    times = [known[0] + n / RATE_HZ for n in range(int((known[-1] - known[0]) * RATE_HZ))]
    forces = []
    for t in times:
        after = min(max(1, bisect_right(known, t)), len(rows) - 1)
        (t0, f0), (t1, f1) = rows[after - 1], rows[after]
        forces.append(scale * (f0 + (f1 - f0) * (t - t0) / (t1 - t0)))
    return SampleBlock(index=0, t=times, zones=[(force,) for force in forces])


@pytest.mark.parametrize("name", ["AvgRelaxed_1s.csv", "AvgRelaxed_10s.csv"])
def test_relaxing_muscle_is_one_hold_and_no_release(name: str) -> None:
    detector = Detector(DetectorSettings())
    found = detector.feed(recording(name)) + detector.finish()
    assert sum(isinstance(each, HoldStarted) for each in found) == 1
    assert [round(each.peak_force_n) for each in found if isinstance(each, HoldEnded)] == [100]
    assert [each for each in found if isinstance(each, Judged)] == []
