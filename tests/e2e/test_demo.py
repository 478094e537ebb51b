"""The demonstration, as a newcomer runs it."""

import subprocess
import sys
from pathlib import Path

from ql_release.simulate import Hold, Scenario, write_recording

SECONDS = 300
"""Only a demonstration that hangs takes so long."""


def demo(*options: str) -> subprocess.CompletedProcess[str]:
    """Run `ql-release demo`."""
    command = [sys.executable, "-m", "ql_release", "demo", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


def test_every_expected_event_comes_in_order(micropython_program: Path) -> None:
    """The scripted body: broker, daemon, tool and subscriber, and exit code 0."""
    done = demo()
    assert done.returncode == 0, done.stdout + done.stderr
    for told in ("MicroPython", "possible release", "slip", "bone contact", "Session summary"):
        assert told in done.stdout


def test_a_recording_of_the_users_is_played(micropython_program: Path, tmp_path: Path) -> None:
    """Another body, from a file."""
    path = tmp_path / "mine.csv"
    write_recording(Scenario(holds=(Hold(lasts=20.0),)), path)
    done = demo("--recording", str(path), "--speed", "20")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hold ended after" in done.stdout
