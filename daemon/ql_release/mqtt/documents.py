"""Retained documents: the latest of each topic is kept, and sent again on each connection."""

import asyncio
import logging
from dataclasses import dataclass

from ql_release.clock import Clock
from ql_release.mqtt.port import MqttPort, PublishRefusedError

REFUSED_PAUSE_S = 30.0
"""How long to wait after the broker refused a document: its rights must be changed by hand."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Document:
    payload: bytes
    qos: int


class Documents:
    """What should stand at retained topics, and what of it the broker does not have yet.

    Args:
        clock: for waits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._documents: dict[str, _Document] = {}
        # A dict for its order: documents go out in the order in which they changed.
        self._unsent: dict[str, None] = {}
        self._refused: dict[str, None] = {}
        self._refusal = asyncio.Event()
        self._news = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()

    def set(self, topic: str, payload: bytes | None, qos: int) -> None:
        """Put a document in place of the one before; None removes it at the broker, too."""
        self._documents[topic] = _Document(payload or b"", qos)
        self._queue(topic)

    def drop(self, topic: str) -> None:
        """Leave a topic to someone else, whatever stands there."""
        self._documents.pop(topic, None)
        self._unsent.pop(topic, None)
        if not self._unsent:
            self._all_sent.set()

    def again(self) -> None:
        """Send everything again over the present connection, or the next one."""
        for topic in self._documents:
            self._queue(topic)

    async def settled(self) -> None:
        """Wait until the broker has everything that it accepts."""
        await self._all_sent.wait()

    async def run(self, port: MqttPort) -> None:
        """Send everything over a new connection, then what changes, until cancelled.

        Raises:
            ConnectionLostError: when the connection is gone.
        """
        self.again()
        while True:
            await self._news.wait()
            while self._unsent:
                await self._send(port, next(iter(self._unsent)))
            self._news.clear()
            self._all_sent.set()

    async def try_refused_again(self) -> None:
        """Queue what the broker refused, a pause later, until cancelled."""
        while True:
            await self._refusal.wait()
            await self._clock.sleep(REFUSED_PAUSE_S)
            refused, self._refused = self._refused, {}
            self._refusal.clear()
            for topic in refused:
                if topic in self._documents:
                    self._queue(topic)

    def _queue(self, topic: str) -> None:
        self._unsent[topic] = None
        self._all_sent.clear()
        self._news.set()

    async def _send(self, port: MqttPort, topic: str) -> None:
        """Send one document; it stays unsent unless the broker has, or refused, this very one."""
        document = self._documents[topic]
        try:
            await port.publish(topic, document.payload, qos=document.qos, retain=True)
        except PublishRefusedError as error:
            _LOGGER.warning(
                "The broker does not accept a document (%s): it is tried again; check its rights.",
                error,
            )
            self._refuse(topic, document)
            return
        if self._documents.get(topic) is not document:
            return
        del self._unsent[topic]
        if not document.payload:
            del self._documents[topic]

    def _refuse(self, topic: str, document: _Document) -> None:
        """Keep a document for later, unless another has taken its place."""
        if self._documents.get(topic) is document:
            del self._unsent[topic]
            self._refused[topic] = None
            self._refusal.set()
