"""Simulated bodies as text recordings and as sample blocks."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from ql_release.signal.samples import SampleBlock
from ql_release.simulate.play import Row, rows
from ql_release.simulate.scenario import Scenario, Sensor

START = "2026-01-05T18:00:00Z"
"""When every simulated recording says it began: a fixed time keeps files comparable."""

IMU_COLUMNS = ("ax", "ay", "az", "gx", "gy", "gz")


def write_recording(scenario: Scenario, path: Path) -> None:
    """Write a scenario as a text recording.

    Args:
        scenario: what to play.
        path: the file to write; one that is there is replaced.
    """
    write_rows(rows(scenario), scenario.sensor, path)


def write_rows(source: Iterable[Row], sensor: Sensor, path: Path) -> None:
    """Write rows as a text recording.

    Args:
        source: the rows.
        sensor: what measured them: its zones, rate and IMU make the header.
        path: the file to write; one that is there is replaced.
    """
    columns = ["t", *(f"f{zone + 1}" for zone in range(sensor.zones))]
    if sensor.imu:
        columns += IMU_COLUMNS
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f"# recording: 1\n# start: {START}\n# rate_hz: {sensor.rate_hz:g}\n")
        out.write(",".join(columns) + "\n")
        for row in source:
            out.write(_line(row))


def sample_blocks(scenario: Scenario, size: int = 6) -> Iterator[SampleBlock]:
    """Yield a scenario as calibrated sample blocks of `size` samples, 6 as from a BLE tool."""
    source = rows(scenario)
    index = 0
    while batch := list(islice(source, size)):
        yield SampleBlock(
            index=index,
            t=[t for t, _, _ in batch],
            zones=[zones for _, zones, _ in batch],
            imu=[motion for _, _, motion in batch if motion] if scenario.sensor.imu else None,
        )
        index += len(batch)


def _line(row: Row) -> str:
    """Return a row as a line of CSV."""
    t, zones, motion = row
    return ",".join((f"{t:.5f}", *map(str, zones), *map(str, motion or ()))) + "\n"
