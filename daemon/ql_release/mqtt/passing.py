"""What is not kept: live values, of which only the latest counts, and replies to commands."""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass

from ql_release.mqtt.port import MqttPort, PublishRefusedError

MAX_REPLIES = 64
"""Replies waiting for a connection. The reply to a command is remembered by its id in any
case, so that one that falls out here can be asked for again."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _State:
    payload: bytes
    retain: bool


class States:
    """Live values: the latest of each topic, at QoS 0."""

    def __init__(self) -> None:
        self._latest: dict[str, _State] = {}
        self._port: MqttPort | None = None
        self._news = asyncio.Event()

    def put(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Publish a value, at once if possible: else soon, unless a newer one comes before that."""
        if not self._at_once(topic, payload, retain=retain):
            self._latest[topic] = _State(payload, retain)
            self._news.set()

    def clear(self) -> None:
        """Drop what has not gone out: by the time there is a connection again it is old."""
        self._latest.clear()

    async def run(self, port: MqttPort) -> None:
        """Send values over a new connection until cancelled.

        Raises:
            ConnectionLostError: when the connection is gone.
        """
        self._port = port
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                await self._send_all(port)
        finally:
            self._port = None

    def _at_once(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Publish a value now, unless there is no connection or others wait before it."""
        port = self._port
        if port is None or self._latest:
            return False
        return port.publish_now(topic, payload, retain=retain)

    async def _send_all(self, port: MqttPort) -> None:
        while self._latest:
            topic = next(iter(self._latest))
            state = self._latest.pop(topic)
            await port.publish(topic, state.payload, qos=0, retain=state.retain)


class Replies:
    """Replies to commands, at QoS 1, in order."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=MAX_REPLIES)
        self._news = asyncio.Event()

    def put(self, topic: str, payload: bytes) -> None:
        """Send a reply soon."""
        self._waiting.append((topic, payload))
        self._news.set()

    async def run(self, port: MqttPort) -> None:
        """Send replies over a new connection until cancelled.

        Raises:
            ConnectionLostError: when the connection is gone.
        """
        self._news.set()  # for what an earlier connection has left
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                reply = self._waiting[0]
                await self._send(port, *reply)
                # Unless it has fallen out meanwhile, by others that came.
                if self._waiting and self._waiting[0] is reply:
                    self._waiting.popleft()

    async def _send(self, port: MqttPort, topic: str, payload: bytes) -> None:
        try:
            await port.publish(topic, payload, qos=1, retain=False)
        except PublishRefusedError as error:
            _LOGGER.warning("The broker does not accept a reply (%s): check its rights.", error)
