"""With a real broker: retained messages, a question, its answer, and a restart."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest
from broker import Mosquitto
from contract_files import NOW, example
from custom_components.ql_release.contract.base import timestamp
from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

STEPS = 1500
STEP_S = 0.02
FORCE = "sensor.ql_release_lounge_force"


class Publisher:
    """Publishes and listens as an ordinary client."""

    def __init__(self, folder: Path, port: int) -> None:
        """Use Mosquitto's own clients."""
        self._folder = folder
        self._where = ("-h", "127.0.0.1", "-p", str(port), "-V", "5")

    async def publish(self, topic: str, payload: object, *, retain: bool = True) -> None:
        """Publish under the prefix."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        options = ("-q", "1", "-t", f"ql_release/{topic}", "-m", text, *(["-r"] if retain else []))
        program = str(self._folder / "mosquitto_pub")
        done = await asyncio.create_subprocess_exec(program, *self._where, *options)
        assert await done.wait() == 0

    async def first(self, topic: str) -> str:
        """Return the first message at a topic under the prefix."""
        program = str(self._folder / "mosquitto_sub")
        options = ("-C", "1", "-t", f"ql_release/{topic}")
        done = await asyncio.create_subprocess_exec(
            program, *self._where, *options, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await done.communicate()
        return output.decode().strip()


@pytest.fixture
def broker(socket_enabled: None, mosquitto: Mosquitto) -> Mosquitto:
    """Run a broker that keeps what is retained over a restart."""
    mosquitto.stop()
    store = mosquitto.config.parent / "store"
    store.mkdir(mode=0o777)
    mosquitto.configure(
        ["allow_anonymous true", "persistence true", f"persistence_location {store}/"]
    )
    mosquitto.start()
    return mosquitto


@pytest.fixture
async def publisher(
    hass: HomeAssistant, broker: Mosquitto, mosquitto_clients: Any, mock_hass_config: None
) -> AsyncGenerator[Publisher]:
    """Connect Home Assistant's MQTT integration to it."""
    entry = MockConfigEntry(
        domain=mqtt.DOMAIN,
        data={mqtt.CONF_BROKER: "127.0.0.1", "port": broker.port, mqtt.CONF_PROTOCOL: "5"},
        options={mqtt.CONF_BIRTH_MESSAGE: {}},
        version=2,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    yield Publisher(mosquitto_clients.pub.parent, broker.port)
    await hass.config_entries.async_unload(entry.entry_id)


async def _until(hass: HomeAssistant, condition: Callable[[], object]) -> None:
    for _ in range(STEPS):
        await hass.async_block_till_done(wait_background_tasks=False)
        if condition():
            return
        await asyncio.sleep(STEP_S)
    raise AssertionError("it never became so")


def _shows(hass: HomeAssistant, value: str) -> Callable[[], bool]:
    def shown() -> bool:
        state = hass.states.get(FORCE)
        return state is not None and state.state == value

    return shown


@pytest.mark.usefixtures("clock")
async def test_the_chain(
    hass: HomeAssistant, entry: MockConfigEntry, publisher: Publisher, broker: Mosquitto
) -> None:
    """From retained messages to entities; asked for history; the broker killed and back."""
    entry.add_to_hass(hass)
    await publisher.publish("bridge/home/status", "online")
    await publisher.publish("tool/lounge/hello", example("tool-hello"))
    await publisher.publish("tool/lounge/availability", example("tool-availability"))
    # An older one would be no news.
    await publisher.publish("tool/lounge/state", example("tool-state") | {"at": timestamp(NOW)})
    question = asyncio.create_task(publisher.first("bridge/home/cmd"))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await _until(hass, _shows(hass, "73.1"))
    presence = f"integration/{entry.entry_id.lower()}/status"
    assert await publisher.first(presence) == "online"

    asked = json.loads(await question)
    assert (asked["op"], asked["after"]) == ("history", None)
    reply = example("bridge-reply-history") | {"id": asked["id"], "more": False}
    await publisher.publish("bridge/home/reply", reply, retain=False)
    cursors = entry.runtime_data.store.cursors
    await _until(hass, lambda: cursors.get("home"))
    assert cursors["home"].seq == 202

    broker.stop()
    await _until(hass, _shows(hass, "unavailable"))
    broker.start()
    await _until(hass, _shows(hass, "73.1"))
    assert await hass.config_entries.async_unload(entry.entry_id)
