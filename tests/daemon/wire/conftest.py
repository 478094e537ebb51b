"""The golden vectors of the wire, and bytes for property tests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parents[2] / "contract" / "wire"


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Any]:
    """Return a function from a file's name to the vectors in it."""

    def load(name: str) -> Any:
        return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))

    return load
