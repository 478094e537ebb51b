"""Fixtures every test may use: real programs, a real broker, real recordings."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from broker import Mosquitto
from hypothesis import settings
from program_paths import ROOT, program

IN_HOME_ASSISTANT = ["integration", "home_assistant", "bench/home_assistant"]
"""What runs in Home Assistant, in an environment of its own: make test-integration."""
collect_ignore = [] if find_spec("homeassistant") else IN_HOME_ASSISTANT

# How long an example takes on a busy machine is no finding.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@dataclass(frozen=True, slots=True)
class MosquittoClients:
    """The programs that come with Mosquitto."""

    sub: Path
    pub: Path
    passwd: Path


@pytest.fixture(scope="session")
def micropython_program() -> Path:
    """MicroPython of this machine's word size."""
    return program("micropython")


@pytest.fixture(scope="session")
def micropython32_program() -> Path:
    """MicroPython with the integers and ticks of a 32-bit board."""
    return program("micropython32")


@pytest.fixture(scope="session")
def mosquitto_program() -> Path:
    """The broker's program; `mosquitto` is one that runs."""
    return program("mosquitto")


@pytest.fixture(scope="session")
def mosquitto_clients() -> MosquittoClients:
    """Ordinary MQTT clients, and the tool that writes password files."""
    return MosquittoClients(
        sub=program("mosquitto_sub"),
        pub=program("mosquitto_pub"),
        passwd=program("mosquitto_passwd"),
    )


@pytest.fixture
def mosquitto(mosquitto_program: Path, tmp_path: Path) -> Iterator[Mosquitto]:
    """Run a broker that lets everyone in."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(mosquitto_program, folder)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real recordings: those beside the checkout, or the copies that the tests bring."""
    beside = ROOT.parent / "shared" / "data"
    return beside if beside.is_dir() else ROOT / "tests" / "data"
