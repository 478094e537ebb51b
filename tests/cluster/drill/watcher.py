"""A consumer that knows only docs/mqtt.md: subscribe, ask history, ignore what it has already.

It has the role `home`, goes from node to node as the daemons do, and takes nothing from anywhere
but the broker.
"""

import asyncio
import json
import ssl
import time
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from drill import shipped
from drill.shelf import Shelf

CLIENT_ID = "drill-watcher"
FILTERS = (
    ("ql_release/tool/+/event/+", 1),
    ("ql_release/bridge/+/reply", 0),
    ("ql_release/bridge/+/status", 0),
)
"""With the QoS each is wanted at: a reply that got lost is asked for again anyway."""
PAGE = 200
"""Events to a page of history: as many as there may be."""
PAUSE_S = 0.5
"""Between attempts to find a node that answers."""
ANSWER_PATIENCE_S = 8.0
"""For a node to answer, then it is the next one's turn. Without a leader NATS says so after 5 s."""
KEEPALIVE_S = 10
REPLY_PATIENCE_S = 5.0
"""For a reply; then the same command is sent again (docs/mqtt.md, Commands)."""
FRESH_S = 20.0
"""A command older than this is given up and asked anew: at 30 s the bridge would refuse it."""
REFUSED = 0x80


class Watcher:
    """Ends up with every event of some bridges.

    Attributes:
        shelves: what it has, by bridge.
        longest_silence_s: longest time without any event since `begin_to_listen`.
        connections: how often it connected.
        history_pages: how many pages it fetched.

    Args:
        urls: the nodes.
        ca_file: whom to trust.
        bridges: their ids.
    """

    def __init__(self, urls: Sequence[str], ca_file: Path, bridges: Iterable[str]) -> None:
        self.shelves = {bridge: Shelf() for bridge in bridges}
        self.longest_silence_s = 0.0
        self.connections = 0
        self.history_pages = 0
        self._addresses = [urlsplit(url) for url in urls]
        self._tls = ssl.create_default_context(cafile=str(ca_file))
        self._news = {bridge: asyncio.Event() for bridge in self.shelves}
        self._replies: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._last_heard = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Leave."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def begin_to_listen(self) -> None:
        """Measure the longest silence anew."""
        self._last_heard = time.monotonic()
        self.longest_silence_s = 0.0

    def look_again(self) -> None:
        """Ask every bridge for what may be new, as one does who was away."""
        for news in self._news.values():
            news.set()

    def count(self) -> int:
        """Return how many events it has.

        Raises:
            BaseException: what it stumbled over, if it did: then it hears nothing any more.
        """
        if self._task is not None and self._task.done():
            self._task.result()
        return sum(len(shelf.events) for shelf in self.shelves.values())

    async def _run(self) -> None:
        turn = 0
        while True:
            address = self._addresses[turn % len(self._addresses)]
            try:
                await self._visit(address.hostname or "", address.port or 0)
            except* (aiomqtt.MqttError, OSError):
                turn += 1
            await asyncio.sleep(PAUSE_S)

    async def _visit(self, host: str, port: int) -> None:
        """Listen at one node for as long as it lasts.

        Raises:
            aiomqtt.MqttError: it is gone, or does not let us subscribe now.
        """
        client = aiomqtt.Client(
            host,
            port,
            username="home",
            password=shipped.PASSWORDS["home"],
            protocol=aiomqtt.ProtocolVersion.V311,
            identifier=CLIENT_ID,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_PATIENCE_S,
            tls_context=self._tls,
        )
        async with client:
            codes = await client.subscribe(list(FILTERS))
            if any(_number(code) >= REFUSED for code in codes):
                raise aiomqtt.MqttError("not subscribed")
            self.connections += 1
            self.look_again()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(client))
                for bridge in self.shelves:
                    tasks.create_task(self._keep_asking(client, bridge))

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            self._hear(message.topic.value, bytes(message.payload))

    def _hear(self, topic: str, payload: bytes) -> None:
        match topic.split("/"):
            case [_, "tool", _, "event", _]:
                self._hear_event(json.loads(payload))
            case [_, "bridge", _, "reply"]:
                reply = json.loads(payload)
                waiting = self._replies.get(reply["id"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(reply)
            case [_, "bridge", bridge, "status"] if payload == b"online":
                self._news[bridge].set()

    def _hear_event(self, event: dict[str, Any]) -> None:
        now = time.monotonic()
        self.longest_silence_s = max(self.longest_silence_s, now - self._last_heard)
        self._last_heard = now
        shelf = self.shelves[event["bridge"]]
        shelf.hear(event)
        if shelf.missing:
            self._news[event["bridge"]].set()

    async def _keep_asking(self, client: aiomqtt.Client, bridge: str) -> None:
        """Ask a bridge's history whenever something is missing of it."""
        shelf, news = self.shelves[bridge], self._news[bridge]
        while True:
            await news.wait()
            news.clear()
            command = {"op": "history", "after": shelf.cursor, "limit": PAGE}
            page = await self._ask(client, bridge, command)
            if page is not None:
                self.history_pages += 1
                shelf.take_page(page)
            if page is None or page["more"] or shelf.missing:
                news.set()

    async def _ask(
        self, client: aiomqtt.Client, bridge: str, command: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Send a command until it is obeyed; None when it has become too old for that.

        Raises:
            aiomqtt.MqttError: the node is gone.
        """
        name = uuid.uuid4().hex
        waiting = self._replies[name] = asyncio.get_running_loop().create_future()
        sent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        payload = json.dumps({"id": name, "sent": sent, **command})
        give_up = time.monotonic() + FRESH_S
        try:
            while time.monotonic() < give_up:
                await client.publish(f"ql_release/bridge/{bridge}/cmd", payload, qos=1)
                await asyncio.wait([waiting], timeout=REPLY_PATIENCE_S)
                if waiting.done():
                    return waiting.result() if waiting.result()["ok"] else None
        finally:
            del self._replies[name]
        return None


def _number(code: int | ReasonCode) -> int:
    return code if isinstance(code, int) else code.value
