"""NATS, where it is to be had."""

from pathlib import Path

import pytest
from program_paths import program


@pytest.fixture(scope="session")
def nats_program() -> Path:
    """The server of a cluster."""
    return program("nats-server")
