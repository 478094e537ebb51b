"""The command as a process of its own: started as people start it, without their settings."""

import os
import subprocess
import sys
from pathlib import Path

Finished = subprocess.CompletedProcess[str]
Popen = subprocess.Popen[str]
COMMAND = [sys.executable, "-m", "ql_release"]
PATIENCE_S = 120


def environ(**more: str) -> dict[str, str]:
    """Return the environment without settings of whoever runs the tests."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith("QL_RELEASE_")}
    return {**kept, "PYTHONWARNINGS": "error", **more}


def run(*arguments: str | Path, **more: str) -> Finished:
    """Run the command to its end, with some environment variables more."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=environ(**more),
    )


def start(*arguments: str | Path, **more: str) -> Popen:
    """Start the command, its outputs to be read from pipes."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ(**more),
    )
