"""The fixtures of the integration's tests, for its benchmarks."""

import gc
import importlib.util
import logging
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

FILE = Path(__file__).parents[2] / "integration" / "conftest.py"
SPEC = importlib.util.spec_from_file_location("integration_conftest", FILE)
assert SPEC is not None
assert SPEC.loader is not None
FIXTURES = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FIXTURES)

_no_cooldown = FIXTURES._no_cooldown
_integration = FIXTURES._integration
clock = FIXTURES.clock
entry = FIXTURES.entry
home = FIXTURES.home


@pytest.fixture(autouse=True)
def _as_at_home(_integration: None, hass: HomeAssistant) -> Generator[None]:
    """Measure neither Python's watch of the loop nor a log of every message.

    What was imported is no garbage: Home Assistant, too, keeps it from being looked through.
    """
    hass.loop.set_debug(False)
    logging.disable(logging.INFO)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    logging.disable(logging.NOTSET)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was measured, after all."""
    terminalreporter.section("figures")
    for line in terminalreporter.config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)


FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> list[str]:
    """Return where lines are noted that are printed after all."""
    return pytestconfig.stash.setdefault(FIGURES, [])
