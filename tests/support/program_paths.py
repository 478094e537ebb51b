"""Find the programs that `make programs` set up, or say why a test must do without one."""

import json
import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = ROOT / ".tools" / "bin"
STATE = ROOT / ".tools" / "state.json"
HOME_ASSISTANT_PYTHON = ROOT / ".venv-ha" / "bin" / "python"
"""The environment that has Home Assistant."""


def program(name: str) -> Path:
    """Return the path of a program under `.tools/bin`.

    A test that asks for a program which is not there is skipped by name, with the reason that
    the set-up wrote down; with CI=true that is a failure, for there everything must have run.
    """
    path = BIN / name
    return path if path.exists() else _do_without(name)


def python_with_home_assistant() -> Path:
    """Return the Python whose environment has Home Assistant, or do without as `program` does."""
    found = HOME_ASSISTANT_PYTHON.exists()
    return HOME_ASSISTANT_PYTHON if found else _do_without("python3.14", "make home-assistant")


def _do_without(name: str, set_up: str = "make programs") -> NoReturn:
    reason = f"{name} is missing: {missing_reason(name, set_up)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def missing_reason(name: str, set_up: str = "make programs") -> str:
    """Return why a program is not there, as the set-up wrote it down, or what sets it up."""
    try:
        missing = json.loads(STATE.read_text(encoding="utf-8"))["missing"]
    except (OSError, ValueError, KeyError):
        missing = {}
    return str(missing.get(name, f"it is not set up, run `{set_up}`"))
