"""A home in which a test plays the bridge."""

import asyncio
import json
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from contract_files import example
from custom_components.ql_release.const import CONF_PERSON, SUBENTRY_PERSON
from custom_components.ql_release.coordinator import QlReleaseCoordinator
from homeassistant.components import mqtt
from homeassistant.components.mqtt import ReceiveMessage
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_mqtt_message,
)
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

SERIAL = "24587ccdb0a1f00d"
EPOCH = "5f0c7d1e9a3b2846"
STEPS = 500
STEP_S = 0.01


def subentry(person: str, name: str, **data: Any) -> ConfigSubentry:
    """Return a person as a subentry."""
    stored = {CONF_PERSON: person, **data}
    return ConfigSubentry(
        data=MappingProxyType(stored),
        subentry_type=SUBENTRY_PERSON,
        title=name,
        unique_id=person,
        subentry_id=f"01KATEST000000000000000{person.upper()}",
    )


class Home:
    """Home Assistant, the entry under test, and one bridge with one tool.

    Attributes:
        journal: The events that the bridge has, in their order.
        page: Events on a page of its history.
        refuse: Error codes by op.
        silent: Whether it leaves commands unanswered.
        commands: What was asked: topic under the prefix, and the command.

    """

    def __init__(
        self, hass: HomeAssistant, entry: MockConfigEntry, client: MqttMockHAClient
    ) -> None:
        """Keep them together."""
        self.hass = hass
        self.entry = entry
        self.mqtt = client
        self.journal: list[dict[str, Any]] = []
        self.page = 200
        self.refuse: dict[str, str] = {}
        self.silent = False
        self.commands: list[tuple[str, dict[str, Any]]] = []

    @property
    def coordinator(self) -> QlReleaseCoordinator:
        """The entry's coordinator."""
        found: QlReleaseCoordinator = self.entry.runtime_data
        return found

    async def set_up(self) -> None:
        """Set the entry up, and return once its subscriptions stand."""
        await mqtt.async_subscribe(self.hass, "ql_release/+/+/cmd", self._obey)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.listening()

    async def listening(self) -> None:
        """Wait until all subscriptions stand."""
        await self.until(lambda: self.coordinator._listening)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        for _ in range(STEPS):
            await self.settle()
            if condition():
                return
            await asyncio.sleep(STEP_S)
        raise AssertionError("it never became so")

    async def settle(self) -> None:
        """Let everything that follows happen."""
        await self.hass.async_block_till_done(wait_background_tasks=False)

    async def say(self, topic: str, payload: object, *, retain: bool = False) -> None:
        """Publish under the prefix: text as it is, anything else as JSON."""
        data = payload if isinstance(payload, str | bytes) else json.dumps(payload)
        async_fire_mqtt_message(self.hass, f"ql_release/{topic}", data, 1, retain)
        await self.settle()

    async def bridge_online(self) -> None:
        """Let the bridge come, and answer what it is asked at once."""
        asked = len(self.commands)
        await self.say("bridge/home/status", "online")
        if not self.silent:
            await self.until(lambda: len(self.commands) > asked)

    async def tool_online(self) -> None:
        """Let bridge and tool come, as retained messages do."""
        await self.bridge_online()
        await self.say("tool/lounge/hello", example("tool-hello"))
        await self.say("tool/lounge/availability", example("tool-availability"))

    async def state(self, **changes: Any) -> None:
        """Let the tool tell its live values."""
        await self.say("tool/lounge/state", example("tool-state") | changes)

    async def event(self, name: str, **changes: Any) -> None:
        """Let the tool tell an event of the examples."""
        event = example(f"event-{name}") | changes
        await self.say(f"tool/lounge/event/{event['family']}", event)

    def value(self, entity_id: str) -> str:
        """Return an entity's state."""
        state = self.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} is not there: {self.hass.states.async_entity_ids()}"
        return state.state

    def asked(self, op: str) -> list[dict[str, Any]]:
        """Return the commands of an op, without what is new in each."""
        return [
            {key: value for key, value in command.items() if key not in ("v", "id", "sent", "op")}
            for _, command in self.commands
            if command["op"] == op
        ]

    def published(self, topic: str) -> list[Any]:
        """Return payload, QoS and retain of all that was published at a topic under the prefix."""
        return [
            call.args[1:4]
            for call in self.mqtt.async_publish.call_args_list
            if call.args[0] == f"ql_release/{topic}"
        ]

    @callback
    def _obey(self, message: ReceiveMessage) -> None:
        command = json.loads(message.payload)
        topic = message.topic.removeprefix("ql_release/")
        self.commands.append((topic, command))
        if self.silent:
            return
        reply = {"v": 1, "id": command["id"], "op": command["op"], "ok": True}
        if code := self.refuse.get(command["op"]):
            reply |= {"ok": False, "error": code, "message": "it is so"}
        elif command["op"] == "history":
            reply |= self._history(command["after"])
        self.hass.loop.call_soon(
            async_fire_mqtt_message,
            self.hass,
            message.topic.removesuffix("cmd") + "reply",
            json.dumps(reply),
        )

    def _history(self, after: dict[str, Any] | None) -> dict[str, Any]:
        """Return a page as a bridge does: from the oldest if it does not know the epoch."""
        known = after is not None and after["epoch"] == EPOCH
        begin = after["seq"] if after and known else 0
        later = [event for event in self.journal if event["seq"] > begin]
        page = later[: self.page]
        end = page[-1]["seq"] if page else begin
        return {
            "events": [event | {"live": False} for event in page],
            "next": {"epoch": EPOCH, "seq": end},
            "more": len(later) > len(page),
        }
