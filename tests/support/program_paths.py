"""Find the programs that `make programs` set up, or say why a test must do without one."""

import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = ROOT / ".tools" / "bin"
STATE = ROOT / ".tools" / "state.json"


def program(name: str) -> Path:
    """Return the path of a program under `.tools/bin`.

    A test that asks for a program which is not there is skipped by name, with the reason that
    the set-up wrote down; with CI=true that is a failure, for there everything must have run.
    """
    path = BIN / name
    if path.exists():
        return path
    reason = f"{name} is missing: {missing_reason(name)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def missing_reason(name: str) -> str:
    """Return why a program is not there, as the set-up wrote it down."""
    try:
        missing = json.loads(STATE.read_text(encoding="utf-8"))["missing"]
    except (OSError, ValueError, KeyError):
        missing = {}
    return str(missing.get(name, "it is not set up, run `make programs`"))
