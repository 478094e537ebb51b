"""Whether Home Assistant's MQTT discovery is told of this bridge and its tools, and of which.

The integration for Home Assistant brings better entities of its own: while one says that it is
there, discovery is withdrawn, so that nothing is there twice. What this bridge has published is
noted in the journal, so that it can be withdrawn after a restart, too, and so that nothing is
withdrawn that never stood.
"""

import asyncio
import json
import logging
from typing import Literal

from pydantic import ValidationError

from ql_release.clock import Clock
from ql_release.journal import Journal, JournalError
from ql_release.mqtt.inbox import ONLINE
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import Topics, bridge_device, tool_device
from ql_release.payloads.tool import Hello

QUIET_S = 30.0
"""So long no integration must have shown itself before discovery is published (DESIGN §5): it
says that it is there right after it has connected, and that is retained."""
KEY = "discovery"
"""The journal's document with the topics at which a configuration stands."""

Mode = Literal["auto", "on", "off"]

_LOGGER = logging.getLogger(__name__)


class Announcer:
    """Publishes discovery, and withdraws it.

    Tools are known by their `hello` as it comes back from the broker: it is for the bridge that
    the hello names to announce a tool, whoever had it before.

    Args:
        publisher: the way to the broker.
        topics: the topics of this bridge.
        journal: remembers what stands at the broker.
        clock: tells how long it has been quiet.
        mode: `auto`: unless an integration is there; or always, or never.
        prefix: Home Assistant's discovery prefix.
    """

    def __init__(
        self,
        publisher: Publisher,
        topics: Topics,
        journal: Journal,
        clock: Clock,
        *,
        mode: Mode,
        prefix: str,
    ) -> None:
        self._mode = mode
        self._prefix = prefix
        self._publisher = publisher
        self._topics = topics
        self._journal = journal
        self._clock = clock
        self._news = asyncio.Event()
        self._tools: dict[str, Hello] = {}
        self._integrations: set[str] = set()
        self._quiet_since = 0.0
        self._sent: dict[str, bytes] = {}
        self._standing: set[str] = set()
        self._noted: set[str] = set()
        publisher.watch(topics.integration_statuses, self._on_integration)
        publisher.watch(topics.tool_hellos, self._on_hello)

    def connected(self) -> None:
        """Begin anew on a new connection: nothing is sent again before it is known who is there."""
        self._integrations.clear()
        self._quiet_since = self._clock.monotonic()
        for topic in self._sent:
            self._publisher.drop_document(topic)
        self._sent.clear()
        self._news.set()

    async def run(self) -> None:
        """Publish and withdraw as is called for, until cancelled."""
        self._noted = await self._remembered()
        self._standing |= self._noted
        while True:
            await self._next_look()
            if self._verdict():
                self._standing |= self._configs().keys()
                await self._note()  # what may stand is known before it does
            self._make_so()
            await self._note()

    async def _next_look(self) -> None:
        """Wait for news, or until it has been quiet for long enough."""
        left = self._quiet_since + QUIET_S - self._clock.monotonic()
        waiting = self._verdict() is None and self._publisher.connected
        seconds = self._clock.real_seconds(left) if waiting else None
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()

    def _verdict(self) -> bool | None:
        """Return whether discovery should stand at the broker; None: not known yet."""
        if self._mode != "auto":
            return self._mode == "on"
        if self._integrations:
            return False
        quiet_s = self._clock.monotonic() - self._quiet_since
        return True if quiet_s >= QUIET_S else None

    def _configs(self) -> dict[str, bytes]:
        """Return what should stand at the broker, by topic."""
        from ql_release.mqtt import discovery  # noqa: PLC0415 - few daemons ever need it

        own = self._topic(bridge_device(self._topics.bridge))
        configs = {own: discovery.bridge_config(self._topics)}
        for hello in self._tools.values():
            topic = self._topic(tool_device(hello.serial))
            configs[topic] = discovery.tool_config(self._topics, hello)
        return configs

    def _make_so(self) -> None:
        """Let exactly what should stand do so, of all that is this bridge's; if that is known."""
        announce = self._verdict()
        if announce is None or not self._publisher.connected:
            return
        configs = self._configs() if announce else {}
        for topic, config in configs.items():
            if self._sent.get(topic) != config:
                self._publisher.set_document(topic, config)
        for topic in self._standing - configs.keys():
            self._publisher.set_document(topic, None)
        self._sent = configs
        self._standing = set(configs)

    def _on_integration(self, message: Incoming) -> None:
        """Note that an integration is there, or has gone: then it must be quiet for a while."""
        parts = self._topics.parse(message.topic)
        if parts is None:
            return
        if message.payload == ONLINE:
            self._integrations.add(parts.id)
        elif parts.id in self._integrations:
            self._integrations.discard(parts.id)
            self._quiet_since = self._clock.monotonic()
        self._news.set()

    def _on_hello(self, message: Incoming) -> None:
        """Note a tool of ours; one that has gone or is another bridge's now is none."""
        parts = self._topics.parse(message.topic)
        if parts is None:
            return
        self._tools.pop(parts.id, None)
        hello = _read_hello(message.payload)
        if hello is not None and hello.bridge == self._topics.bridge:
            self._tools[parts.id] = hello
        elif hello is not None:
            self._leave(self._topic(tool_device(hello.serial)))
        self._news.set()

    def _leave(self, topic: str) -> None:
        """Leave a tool's configuration to the bridge that has the tool now."""
        self._publisher.drop_document(topic)
        self._sent.pop(topic, None)
        self._standing.discard(topic)

    def _topic(self, own: str) -> str:
        return f"{self._prefix}/device/{own}/config"

    async def _remembered(self) -> set[str]:
        """Return the topics at which this bridge has left something."""
        try:
            stored = (await self._journal.documents(KEY)).get(KEY, b"[]")
        except JournalError as error:
            _LOGGER.error("What discovery was told cannot be read: %s.", error)  # noqa: TRY400
            return set()
        return set(json.loads(stored))

    async def _note(self) -> None:
        """Keep the topics at which this bridge leaves something."""
        standing = set(self._standing)
        if standing == self._noted:
            return
        try:
            await self._journal.put_document(KEY, json.dumps(sorted(standing)).encode())
            self._noted = standing
        except JournalError as error:
            _LOGGER.error("What discovery is told cannot be noted: %s.", error)  # noqa: TRY400


def _read_hello(payload: bytes) -> Hello | None:
    """Return a hello; None for an empty one, or what is none."""
    try:
        return Hello.model_validate_json(payload)
    except ValidationError:
        return None
