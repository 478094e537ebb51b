"""The golden vectors of the wire, and bytes for property tests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A loaded machine is slow: no example fails by the time it takes.
settings.register_profile("wire", deadline=None)
settings.load_profile("wire")

VECTORS = Path(__file__).parents[2] / "contract" / "wire"


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Any]:
    """Return a function from a file's name to the vectors in it."""

    def load(name: str) -> Any:
        return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))

    return load
