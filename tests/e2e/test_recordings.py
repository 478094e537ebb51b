"""`ql-release analyze` on recordings whose truth is known, as a user runs it."""

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

RATE_HZ = 100
PEAK_N = 100.0
HEADER = "# recording: 1\n# start: 2026-01-05T18:00:00Z\nt,f1\n"


def write(path: Path, forces: Iterable[float]) -> Path:
    """Write forces in newtons as a text recording."""
    rows = (f"{number / RATE_HZ:.2f},{force:.4f}\n" for number, force in enumerate(forces))
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def analyzed(path: Path) -> list[dict[str, Any]]:
    """Return what `ql-release analyze --json` prints of a recording."""
    command = [sys.executable, "-m", "ql_release", "analyze", str(path), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def kinds(events: list[dict[str, Any]]) -> Counter[str]:
    """Count the events by type."""
    return Counter(event["type"] for event in events)


def resampled(source: Path) -> list[float]:
    """Return a log-spaced relaxation at an even rate, its peak 100 N."""
    with source.open(encoding="utf-8") as file:
        points = [(float(row["Time"]), float(row["F"])) for row in csv.DictReader(file)]
    scale = PEAK_N / max(force for _, force in points)
    start, end = points[0][0], points[-1][0]
    forces, place = [], 0
    for number in range(int((end - start) * RATE_HZ)):
        t = start + number / RATE_HZ
        while points[place + 1][0] < t:
            place += 1
        (t0, f0), (t1, f1) = points[place], points[place + 1]
        forces.append(scale * (f0 + (f1 - f0) * (t - t0) / (t1 - t0)))
    return forces


@pytest.mark.parametrize("ramp", ["1s", "10s"])
def test_passive_muscle_never_lets_go(shared_data: Path, tmp_path: Path, ramp: str) -> None:
    """Real passive muscle, relaxing for minutes: one session, one hold, no release."""
    source = shared_data / "titin_relaxation" / f"AvgRelaxed_{ramp}.csv"
    found = kinds(analyzed(write(tmp_path / "muscle.csv", resampled(source))))
    assert found == {"started": 1, "hold_started": 1, "hold_ended": 1, "ended": 1}


def test_three_holds_are_one_session_and_three_holds(tmp_path: Path) -> None:
    """Three holds of forty seconds: exactly one session and three holds."""
    rest, hold = [0.0] * 10 * RATE_HZ, [60.0] * 40 * RATE_HZ
    events = analyzed(write(tmp_path / "three.csv", rest + (hold + rest) * 3))
    assert kinds(events) == {"started": 1, "hold_started": 3, "hold_ended": 3, "ended": 1}
    assert [event["hold_s"] for event in events if event["type"] == "hold_ended"] == [40.0] * 3
    assert events[-1]["holds"] == 3


def test_a_long_pause_begins_a_second_session(tmp_path: Path) -> None:
    """After two minutes without contact the next hold belongs to a new session."""
    rest, hold = [0.0] * 125 * RATE_HZ, [60.0] * 15 * RATE_HZ
    found = kinds(analyzed(write(tmp_path / "two.csv", (rest + hold) * 2)))
    assert (found["started"], found["ended"], found["hold_ended"]) == (2, 2, 2)
