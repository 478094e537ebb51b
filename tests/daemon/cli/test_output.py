"""Output that cannot be written is the output's fault, and said to be."""

import subprocess
from pathlib import Path

import pytest
from command import COMMAND, environ
from recording_files import HEAD

FULL = Path("/dev/full")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return a recording without contact."""
    path = tmp_path / "rest.csv"
    rows = "".join(f"{index / 10},0.0\n" for index in range(100))
    path.write_text(f"{HEAD}t,f1\n{rows}", encoding="utf-8")
    return path


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["analyze", "config"])
def test_a_full_disk_is_not_blamed_on_the_input(recording: Path, command: str) -> None:
    arguments = {"analyze": [str(recording)], "config": ["show"]}[command]
    with FULL.open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*COMMAND, command, *arguments],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environ(),
        )
    assert done.returncode == 1
    assert done.stderr == ("ql-release: The output cannot be written: no space left on device.\n")
