"""The contract's own examples and schemas, as files of this checkout."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "contract" / "mqtt"

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
"""After everything in the examples."""


def example(name: str) -> dict[str, Any]:
    """Return an example of a payload."""
    found: dict[str, Any] = json.loads((FOLDER / "examples" / f"{name}.json").read_text("utf-8"))
    return found


def schema(name: str) -> dict[str, Any]:
    """Return the schema of a payload."""
    found: dict[str, Any] = json.loads((FOLDER / "schema" / f"{name}.json").read_text("utf-8"))
    return found


def names(beginning: str) -> list[str]:
    """Return the names of the examples that begin so."""
    return sorted(path.stem for path in (FOLDER / "examples").glob(f"{beginning}*.json"))
