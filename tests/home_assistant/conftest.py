"""A house with Home Assistant, its resident, and the chain from tool to broker."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from broker import Mosquitto
from chain import Chain
from house import House
from resident import Resident

MQTT = {
    "protocol": "5",
    "other_settings": {"set_client_cert": False, "set_ca_cert": "off", "transport": "tcp"},
}


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


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    """Start Home Assistant for the first time."""
    house = House(tmp_path)
    await house.start()
    yield house
    await house.stop()


@pytest.fixture
async def resident(house: House, mosquitto: Mosquitto) -> AsyncGenerator[Resident]:
    """Move in, and connect the broker."""
    resident = await Resident.move_in(house.url)
    broker = {"broker": "127.0.0.1", "port": mosquitto.port}
    made = await resident.set_up("mqtt", broker | MQTT)
    assert made["type"] == "create_entry", made
    yield resident
    await resident.leave()
