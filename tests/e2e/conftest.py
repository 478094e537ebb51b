"""The chain under test."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from broker import Mosquitto
from chain import Chain

MakeChain = Callable[..., Chain]


@pytest.fixture
async def make_chain(
    tmp_path: Path, mosquitto: Mosquitto, micropython_program: Path
) -> AsyncIterator[MakeChain]:
    """Make chains of the test's own, and end them."""
    made: list[Chain] = []

    def make(**more: Any) -> Chain:
        chain = Chain(tmp_path, mosquitto, micropython_program, **more)
        made.append(chain)
        return chain

    yield make
    for chain in made:
        await chain.close()
