"""The tool's side of the wire against the golden vectors, under each interpreter it runs on."""

import importlib
import subprocess
import sys
from enum import IntEnum, IntFlag
from pathlib import Path

import pytest

from ql_release.wire.control import AuthStep, Feature, Op, Status
from ql_release.wire.frames import EventKind, FrameFlags, FrameType

PROGRAM = Path(__file__).with_name("wire_program.py")
ROOT = Path(__file__).parents[2]
CHECKS = PROGRAM.read_text(encoding="utf-8").count("\n@check\n")


def passed(interpreter: Path | str) -> list[str]:
    """Run the program; return the checks that it says have passed."""
    command = [interpreter, PROGRAM, ROOT / "firmware", ROOT / "tests" / "contract" / "wire"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    *lines, last = run.stdout.splitlines()
    assert last == f"passed {CHECKS} of {CHECKS}"
    return lines


def test_under_cpython() -> None:
    assert len(passed(sys.executable)) == CHECKS


def test_under_micropython(micropython_program: Path) -> None:
    assert len(passed(micropython_program)) == CHECKS


def test_under_micropython_with_the_integers_of_a_board(micropython32_program: Path) -> None:
    assert len(passed(micropython32_program)) == CHECKS


@pytest.mark.parametrize("program", ["micropython_program", "micropython32_program"])
def test_a_wrong_vector_is_noticed(
    program: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The checks can fail: one digit of one vector is enough."""
    vectors = ROOT / "tests" / "contract" / "wire"
    for path in vectors.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    samples = (tmp_path / "samples.json").read_text(encoding="utf-8")
    (tmp_path / "samples.json").write_text(samples.replace('"hex": "11', '"hex": "12', 1))
    command = [request.getfixturevalue(program), PROGRAM, ROOT / "firmware", tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode != 0
    assert "AssertionError" in run.stderr + run.stdout


NAMES = {
    # What the tool calls otherwise, where a short name is kinder to a board's memory.
    "FLAG_GAP": "GAP_BEFORE",
    "FLAG_CALIBRATION": "NEW_CALIBRATION",
    "FLAG_FAULT": "SENSOR_FAULT",
    "FLAG_CLOCK": "CLOCK_REBASED",
}


@pytest.mark.parametrize(
    ("module", "prefix", "enum"),
    [
        ("wire.control", "OP_", Op),
        ("wire.control", "STATUS_", Status),
        ("wire.control", "FEATURE_", Feature),
        ("wire.control", "AUTH_", AuthStep),
        ("wire.frame", "TYPE_", FrameType),
        ("wire.frame", "FLAG_", FrameFlags),
        ("reports", "EVENT_", EventKind),
    ],
)
def test_tool_and_daemon_give_the_same_names_to_the_same_numbers(
    module: str, prefix: str, enum: type[IntEnum] | type[IntFlag], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "firmware"))
    constants = vars(importlib.import_module(f"release_tool.{module}"))
    known = {
        NAMES.get(name, name.removeprefix(prefix)): value
        for name, value in constants.items()
        if name.startswith(prefix)
    }
    reserved = {member.name for member in Op if member.name.startswith("UPDATE_")}
    assert known == {each.name: each.value for each in enum if each.name not in reserved}
