"""What stands at a broker of the bridges and tools under a prefix.

Retained messages come right after the subscription, in any order, and nothing says which is the
last: they have all come when what was wanted is there and nothing more follows for a moment.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

import aiomqtt

from ql_release.cli.subscriber import SubscriberError, connection, unreachable
from ql_release.cli.words import Document
from ql_release.settings import MqttSettings

SETTLED_S = 0.3
"""Seconds without a further message after which all have come."""
TOPICS = ("bridge/+/status", "bridge/+/health", "tool/+/hello", "tool/+/availability")


@dataclass(slots=True)
class Standing:
    """What was retained.

    Attributes:
        status: `online` or `offline`, by bridge.
        health: what each bridge last said of itself.
        hello: who each tool is.
        availability: whether each tool is heard.
    """

    status: dict[str, str] = field(default_factory=dict)
    health: dict[str, Document] = field(default_factory=dict)
    hello: dict[str, Document] = field(default_factory=dict)
    availability: dict[str, Document] = field(default_factory=dict)

    @property
    def bridges(self) -> list[str]:
        """The bridges that have ever been here."""
        return sorted(self.status.keys() | self.health.keys())

    def tools(self, bridge: str) -> list[str]:
        """Return the tools that a bridge speaks for."""
        return sorted(tool for tool, hello in self.hello.items() if hello.get("bridge") == bridge)

    def take(self, topic: str, payload: bytes) -> None:
        """Note a message, its topic without the prefix."""
        match topic.split("/"):
            case ["bridge", bridge, "status"]:
                self.status[bridge] = payload.decode(errors="replace")
            case ["bridge", bridge, "health"]:
                _put(self.health, bridge, payload)
            case ["tool", tool, "hello"]:
                _put(self.hello, tool, payload)
            case ["tool", tool, "availability"]:
                _put(self.availability, tool, payload)


def _put(into: dict[str, Document], name: str, payload: bytes) -> None:
    with contextlib.suppress(ValueError):
        document: Any = json.loads(payload)
        if isinstance(document, dict):
            into[name] = document


async def ask(settings: MqttSettings, bridge: str | None, timeout_s: float) -> Standing:
    """Return what stands at the broker.

    Args:
        settings: the broker and the prefix.
        bridge: the bridge that is wanted; None for any.
        timeout_s: real seconds for all of it; what has come by then is what there is.

    Raises:
        SubscriberError: when no broker answers in that time, or none lets us in.
    """
    standing = Standing()
    joined = False
    try:
        async with asyncio.timeout(timeout_s), connection(settings) as client:
            joined = True
            await _collect(client, settings.prefix, standing, bridge)
    except TimeoutError:
        if not joined:
            places = ", ".join(f"{one.host}:{one.port}" for one in settings.brokers)
            raise SubscriberError(
                f"{places} does not answer within {timeout_s:g} s; is the broker running, and is "
                "mqtt.urls right?"
            ) from None
    except aiomqtt.MqttError as error:
        raise SubscriberError(unreachable(settings, error)) from error
    return standing


async def _collect(
    client: aiomqtt.Client, prefix: str, standing: Standing, bridge: str | None
) -> None:
    """Take messages until those that are wanted have come and no more follow."""
    await client.subscribe([(f"{prefix}/{topic}", 1) for topic in TOPICS])
    messages = aiter(client.messages)
    while True:
        patience_s = SETTLED_S if _is_there(standing, bridge) else None
        try:
            async with asyncio.timeout(patience_s):
                message = await anext(messages)
        except TimeoutError:
            return
        standing.take(message.topic.value.removeprefix(f"{prefix}/"), bytes(message.payload))


def _is_there(standing: Standing, bridge: str | None) -> bool:
    wanted = standing.bridges if bridge is None else [bridge]
    return any(one in standing.status and one in standing.health for one in wanted)
