"""Runs the check programs under every interpreter of the firmware."""

import subprocess
from pathlib import Path

import pytest
from program_paths import ROOT
from tool_peer import Interpreter

PROGRAMS = ROOT / "tests" / "firmware" / "programs"


def run(interpreter: Path, firmware: Path, module: str, *arguments: str) -> None:
    """Run a program and fail with its output unless all its checks hold."""
    done = subprocess.run(
        [
            str(interpreter),
            str(PROGRAMS / "run.py"),
            str(firmware),
            str(PROGRAMS),
            module,
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


NAMES = sorted(path.stem for path in PROGRAMS.glob("checks_*.py"))
NEED_FILES = {"checks_config", "checks_trace"}
BOARD_ONLY = {"checks_board"}


@pytest.mark.parametrize("module", [name for name in NAMES if name not in BOARD_ONLY])
def test_checks_hold(interpreter: Interpreter, firmware: Path, tmp_path: Path, module: str) -> None:
    """Every check of the module holds under every interpreter."""
    run(interpreter.path, firmware, module, *([str(tmp_path)] if module in NEED_FILES else []))


@pytest.mark.parametrize("module", sorted(BOARD_ONLY))
def test_board_checks_hold(
    micropython_program: Path, micropython32_program: Path, firmware: Path, module: str
) -> None:
    """What needs a board's own asyncio and ticks runs under MicroPython alone."""
    for interpreter in (micropython_program, micropython32_program):
        run(interpreter, firmware, module)
