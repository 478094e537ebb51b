"""A small daemon with a hand-turned clock, and a tool for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_bench import BenchTool, SmallDaemon


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[SmallDaemon]:
    """Not started yet, so that a test may set it up first."""
    made = SmallDaemon(tmp_path / "journal.db")
    yield made
    await made.stop()


@pytest.fixture
def tool(daemon: SmallDaemon) -> BenchTool:
    """Not connected yet."""
    return BenchTool(daemon.clock)
