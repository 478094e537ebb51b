"""A short body, and its recording."""

from pathlib import Path

import pytest

from ql_release.simulate import Body, Hold, Scenario, Sensor, write_recording


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return a recording of one hold with two zones and an IMU."""
    path = tmp_path / "hold.csv"
    scenario = Scenario(
        holds=(Hold(force_n=60.0, lasts=6.0),),
        body=Body(),
        sensor=Sensor(zones=2, rate_hz=50.0),
        seed=3,
        end_rest_s=2.0,
    )
    write_recording(scenario, path)
    return path
