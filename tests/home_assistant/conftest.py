"""A house with Home Assistant, its resident, and the chain from tool to broker.

What their programs have said is printed at the end of each test; pytest shows it of one that fails.
"""

import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

import pytest
from broker import Mosquitto
from chain import Chain
from house import House
from resident import Resident

MQTT = {
    "protocol": "5",
    "other_settings": {"set_client_cert": False, "set_ca_cert": "off", "transport": "tcp"},
}
HERE: Final = Path(__file__).parent
TOO_LONG_S: Final = 900
LOG_END: Final = 8000
"""Characters of a program's log that are printed."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test wait longer than all of its waits together: the one that fails says which."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(TOO_LONG_S))


def print_ends(*logs: str) -> None:
    """Print the ends of logs."""
    for log in logs:
        sys.stdout.write(log[-LOG_END:])


@pytest.fixture
async def chain(
    tmp_path: Path, mosquitto: Mosquitto, micropython_program: Path
) -> AsyncGenerator[Chain]:
    """Run the daemon, and listen to it; the test brings the tool."""
    chain = Chain(tmp_path, mosquitto, micropython_program, end_after_s=10.0)
    await chain.subscriber.start()
    await chain.daemon()
    yield chain
    await chain.close()
    print_ends(*chain.logs)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    """Start Home Assistant for the first time."""
    house = House(tmp_path)
    await house.start()
    yield house
    await house.stop()
    print_ends(house.log)


@pytest.fixture
async def resident(house: House, mosquitto: Mosquitto) -> AsyncGenerator[Resident]:
    """Move in, and connect the broker."""
    resident = await Resident.move_in(house.url)
    broker = {"broker": "127.0.0.1", "port": mosquitto.port}
    made = await resident.set_up("mqtt", broker | MQTT)
    assert made["type"] == "create_entry", made
    yield resident
    await resident.leave()
