"""The firmware's interpreters: the tool's own, on both word sizes, and the demo's fall-back."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from program_paths import ROOT, program
from tool_peer import Interpreter

RATE_HZ = 100


@pytest.fixture(params=["micropython", "micropython32", "cpython"])
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    """Return every interpreter in turn."""
    name: str = request.param
    path = Path(sys.executable) if name == "cpython" else program(name)
    return Interpreter(name, path)


@pytest.fixture(scope="session")
def firmware() -> Path:
    """Return the firmware's folder."""
    return ROOT / "firmware"


@pytest.fixture
def body(tmp_path: Path) -> Callable[[int], Path]:
    """Return a function that writes a body's trace of so many rows."""

    def write(rows: int) -> Path:
        path = tmp_path / "body.csv"
        lines = ["# recording: 1", f"# rate_hz: {RATE_HZ}", "t,f1,f2,ax,ay,az,gx,gy,gz"]
        lines += [body_line(row) for row in range(rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def body_line(row: int) -> str:
    """Return a row that is like no other nearby."""
    force = (30.0 + row % 97 * 0.5, 20.0 - row % 31 * 0.25)
    motion = (0.1, -0.2, 9.75, 0.01, 0.0, row % 11 * 0.02)
    return ",".join(f"{value:.4f}" for value in (row / RATE_HZ, *force, *motion))
