"""A consumer that knows the contract and nothing else (docs/mqtt.md).

It subscribes first, then asks `history` from where it stood, page by page, stores its place only
once a page is applied, and knows an event by its id. What it holds in the end is what a consumer
of any kind can have.
"""

import asyncio
import contextlib
import itertools
import json
import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import aiomqtt

ANSWER_S = 2.0
"""How long it waits for a page; a bridge that is away does not answer, and is asked again."""
AGAIN_S = 0.1
"""How soon it comes back to a broker that is away."""
OUTSIDE = ("live", "epoch", "seq")
"""What stands outside an event's contents (DESIGN §2)."""
TIMES = ("at", "decided_at", "started_at")
"""What each run reads from its own clock: the same samples, played at another time, have others."""


# The library's own lines tell of connections that break: here they are meant to.
logging.getLogger("mqtt").setLevel(logging.CRITICAL)


class Watcher:
    """Notes every event by its id.

    Args:
        port: the broker's, on loopback.
        bridge: whose history it asks for.
        now_us: the time of day that it believes in, Unix µs.

    Attributes:
        events: contents by id, as first heard, without `live`, `epoch` and `seq`.
        doubled: ids and places that were heard with two contents.
        heard: messages with events, repeated ones included.
        pages: pages of history that were applied.
        retained: what stood at the broker when it came, by topic.
    """

    def __init__(
        self, port: int, bridge: str, now_us: Callable[[], int] = lambda: time.time_ns() // 1000
    ) -> None:
        self.events: dict[str, dict[str, Any]] = {}
        self.doubled: set[str] = set()
        self.heard = 0
        self.pages = 0
        self.retained: dict[str, bytes] = {}
        self._places: dict[tuple[str, int], str] = {}
        self._cursor: dict[str, Any] | None = None
        self._port = port
        self._bridge = f"ql_release/bridge/{bridge}"
        self.now_us = now_us
        self._names = itertools.count()
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._client: aiomqtt.Client | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Leave."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def missing(self, ids: Iterable[str]) -> set[str]:
        """Return those ids that it has not heard of."""
        return set(ids) - self.events.keys()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(aiomqtt.MqttError):
                await self._watch()
            self._client = None
            await asyncio.sleep(AGAIN_S)

    async def _watch(self) -> None:
        async with aiomqtt.Client("127.0.0.1", self._port) as client:
            await client.subscribe("ql_release/#", qos=1)
            self._client = client
            asking = asyncio.create_task(self._catch_up())
            try:
                async for message in client.messages:
                    self._take(message.topic.value, bytes(message.payload), message.retain)
            finally:
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)

    def _take(self, topic: str, payload: bytes, retain: bool) -> None:
        if "/event/" in topic:
            self.heard += 1
            self._note(json.loads(payload))
        elif topic == f"{self._bridge}/reply":
            reply = json.loads(payload)
            answer = self._answers.get(reply["id"])
            if answer is not None and not answer.done():
                answer.set_result(reply)
        elif retain:
            self.retained[topic] = payload

    def _note(self, event: dict[str, Any]) -> None:
        place = (event["epoch"], event["seq"])
        contents = {name: value for name, value in event.items() if name not in OUTSIDE}
        known = self.events.setdefault(event["id"], contents)
        if known != contents:
            self.doubled.add(event["id"])
        if self._places.setdefault(place, event["id"]) != event["id"]:
            self.doubled.add(f"{place[0]}/{place[1]}")

    async def _catch_up(self) -> None:
        """Ask for what was missed, until there is no more of it."""
        more = True
        while more:
            page = await self._page()
            for event in page["events"]:
                self._note(event)
            self._cursor = page["next"]
            self.pages += 1
            more = page["more"]

    async def _page(self) -> dict[str, Any]:
        while True:
            name = f"watch-{next(self._names)}"
            command = {"id": name, "sent": self._sent(), "op": "history", "after": self._cursor}
            answer = self._answers[name] = asyncio.get_running_loop().create_future()
            try:
                assert self._client is not None
                await self._client.publish(f"{self._bridge}/cmd", json.dumps(command), qos=1)
                reply: dict[str, Any] = await asyncio.wait_for(answer, ANSWER_S)
            except TimeoutError:
                continue
            finally:
                del self._answers[name]
            if reply["ok"]:
                return reply
            await asyncio.sleep(AGAIN_S)

    def _sent(self) -> str:
        moment = datetime.fromtimestamp(self.now_us() / 1e6, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def timeless(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event's contents without the times of day, to be compared with another run's."""
    return {name: value for name, value in event.items() if name not in TIMES}
