"""The broker side of the daemon: one connection after another, for as long as it runs."""

import asyncio
import contextlib
import importlib
import logging
import random
from collections.abc import Callable, Coroutine
from typing import Any

from ql_release.backoff import Backoff
from ql_release.clock import Clock
from ql_release.journal import Journal
from ql_release.mqtt.brokers import Brokers, Candidate
from ql_release.mqtt.documents import Documents
from ql_release.mqtt.guard import BridgeGuard, DuplicateBridgeError
from ql_release.mqtt.inbox import OFFLINE, ONLINE, CommandHandler, Inbox, Watcher
from ql_release.mqtt.nonces import remember_nonce
from ql_release.mqtt.outbox import Outbox
from ql_release.mqtt.passing import Replies, States
from ql_release.mqtt.port import (
    LoginRefusedError,
    MqttPort,
    MqttTroubleError,
    MqttVersion,
    NotSpokenError,
    PortFactory,
)
from ql_release.mqtt.topics import Topics
from ql_release.settings import BrokerAddress, MqttSettings

CLIENT_ID = "ql-release-{bridge}"
"""Stable, so that a broker notices a second daemon of the same id (docs/mqtt.md)."""
FIRST_WAIT_S = 1.0
"""Before the second round of attempts; each further wait is twice as long …"""
LONGEST_WAIT_S = 60.0
"""… up to this, so that a broker that comes back is found within a minute."""
REFUSED_WAIT_S = 30.0
"""At least this after a refused password: only a person can mend it."""
JITTER = 0.5
"""Each wait is shortened by up to half, so that many daemons do not come back together."""
STEADY_S = 10.0
"""A connection that stood for so long was no failure: waits begin small again."""
SUBSCRIBE_AGAIN_S = 10.0
"""After a refused subscription: rights are mended by hand, but a cluster that has just lost a node
refuses while it finds a new leader, and without commands there would be no history."""
FAREWELL_S = 0.5
"""At a stop, what is waiting may take so long to go out, of the one second that a stop has."""
OFFLINE_S = 0.2
"""… and then saying `offline` so long; closing has the rest."""

_LOGGER = logging.getLogger(__name__)


class _StopRequestedError(Exception):
    """Unwinds a connection at a stop."""


class Publisher:
    """Keeps the broker told.

    Events come out of the journal's outbox; documents, values and replies are handed in here.
    Nothing of it waits for the broker: all methods but `run` and `stop` return at once.

    Args:
        settings: brokers, user, certificates.
        topics: the topics of this bridge.
        journal: holds the outbox.
        clock: for waits, and for which events are live.
        on_command: is given each command that arrives, and the message it came in.
        on_connected: is called whenever a connection stands, after `online` went out: the
            moment to publish states again.
        make_port: makes the client; aiomqtt's by default. It may raise `MqttTroubleError`.
        backoff: the waits between rounds of attempts.
    """

    def __init__(
        self,
        settings: MqttSettings,
        topics: Topics,
        journal: Journal,
        clock: Clock,
        *,
        on_command: CommandHandler,
        on_connected: Callable[[], None] | None = None,
        make_port: PortFactory | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._settings = settings
        self._topics = topics
        self._journal = journal
        self._clock = clock
        self._on_connected = on_connected
        self._make_port = make_port or self._aiomqtt_port
        self._backoff = backoff or Backoff(FIRST_WAIT_S, LONGEST_WAIT_S)
        self._random = random.Random()  # noqa: S311 - spreads waits, guards nothing
        self._brokers = Brokers(settings)
        self._documents = Documents(clock)
        self._states = States()
        self._replies = Replies()
        self._outbox = Outbox(journal, topics, clock)
        self._health: bytes | None = None
        self._guard = BridgeGuard(topics.bridge, journal.nonce)
        self._inbox = Inbox(topics, self._guard, clock, on_command)
        self._stop = asyncio.Event()
        self._stopped = asyncio.Event()
        self._connected = False
        self._told: str | None = None
        self._refused: list[str] = []

    @property
    def connected(self) -> bool:
        """Whether a connection stands and `online` is published on it."""
        return self._connected

    def set_document(self, topic: str, payload: bytes | None) -> None:
        """Publish a retained document, now and on each later connection, at QoS 1.

        Args:
            topic: where; a later document takes its place.
            payload: what; None publishes an empty one, which removes it, and forgets it.
        """
        self._documents.set(topic, payload, qos=1)

    def drop_document(self, topic: str) -> None:
        """Leave a retained topic to someone else; what stands there stays."""
        self._documents.drop(topic)

    def resend_documents(self) -> None:
        """Publish every retained document again: somebody may have lost them."""
        self._documents.again()

    def set_health(self, payload: bytes) -> None:
        """Publish the bridge's health, now and on each later connection, at QoS 0, retained."""
        self._health = payload
        self.publish_state(self._topics.bridge_health, payload, retain=True)

    def publish_state(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Publish a live value at QoS 0, unless a newer one comes first or nobody is connected."""
        if self._connected:
            self._states.put(topic, payload, retain=retain)

    def reply(self, topic: str, payload: bytes) -> None:
        """Send the reply to a command."""
        self._replies.put(topic, payload)

    def wake(self) -> None:
        """Tell that the journal has new events."""
        self._outbox.wake()

    def watch(self, topic_filter: str, watcher: Watcher) -> None:
        """Have a function given each message that matches a filter; call it before `run`."""
        self._inbox.watch(topic_filter, watcher)

    async def run(self) -> None:
        """Connect, and connect again, until `stop`.

        Raises:
            DuplicateBridgeError: when an older daemon has this bridge's id.
        """
        try:
            await self._until_stopped(self._remember_nonce())
            while not self._stop.is_set():
                await self._attempt()
            await self._outbox.finish()
        finally:
            await self._inbox.close()
            self._stopped.set()

    async def stop(self) -> None:
        """Publish `offline`, disconnect and let `run` return, all within a second."""
        self._stop.set()
        await self._stopped.wait()

    async def _remember_nonce(self) -> None:
        self._guard.know(await remember_nonce(self._journal, meanwhile=self._load))

    async def _attempt(self) -> None:
        """Try one broker; use the connection while it stands; wait when all have failed."""
        candidate = self._brokers.candidate()
        connected: float | None = None
        try:
            port = self._make_port(candidate.broker, candidate.version)
            if not await self._until_stopped(port.connect()):
                return
            connected = self._clock.monotonic()
            await self._serve(port, candidate)
        except NotSpokenError as error:
            if self._brokers.not_spoken():
                return
            await self._failed(candidate, error)
        except MqttTroubleError as error:
            if connected is not None and self._clock.monotonic() - connected >= STEADY_S:
                self._backoff.reset()
            await self._failed(candidate, error)

    async def _failed(self, candidate: Candidate, error: MqttTroubleError) -> None:
        """Tell of a failure, once, and wait if every broker has now failed."""
        self._tell(candidate.sentence(error))
        if not self._brokers.failed():
            return
        wait = self._backoff.wait() * (1 - JITTER * self._random.random())
        if isinstance(error, LoginRefusedError):
            wait = max(wait, REFUSED_WAIT_S)
        await self._until_stopped(self._clock.sleep(wait))

    def _tell(self, sentence: str) -> None:
        """Log what has changed; the same trouble again is not news."""
        if sentence != self._told:
            self._told = sentence
            _LOGGER.warning(sentence)

    async def _serve(self, port: MqttPort, candidate: Candidate) -> None:
        """Use a connection until it is lost or a stop is asked for.

        Raises:
            ConnectionLostError: when it is lost.
            DuplicateBridgeError: when an older daemon has this bridge's id.
        """
        try:
            if not await self._until_stopped(self._greet(port)):
                return
            self._told = None
            _LOGGER.info("Connected to %s by MQTT %s.", candidate.label, candidate.version)
            await self._work(port)
        except _StopRequestedError:
            if await self._say_offline(port):
                await port.close()
        except DuplicateBridgeError:
            # The other daemon is online: no word of ours may say otherwise.
            await port.close()
            raise
        finally:
            self._connected = False
            self._states.clear()
            port.abort()

    async def _greet(self, port: MqttPort) -> None:
        """Subscribe, then say `online`: whoever sees that may send commands."""
        self._refused = await self._subscribe(port, self._inbox.own_filters)
        health = self._health
        if health is not None:
            await port.publish(self._topics.bridge_health, health, qos=0, retain=True)
        await port.publish(self._topics.bridge_status, ONLINE, qos=1, retain=True)
        # The acknowledgement of what came after it proves that the health has arrived.
        self._guard.connected(health)
        self._connected = True

    async def _subscribe(self, port: MqttPort, topic_filters: list[str]) -> list[str]:
        """Ask for messages; return the filters that the broker refused.

        Only commands are worth QoS 1, and each is asked for by itself: a cluster keeps every such
        subscription on several nodes, and takes up to 5 s for each while one of them is away.
        """
        commands = [self._topics.bridge_command, self._topics.tool_commands]
        words = [topic_filter for topic_filter in topic_filters if topic_filter not in commands]
        refused = await port.subscribe(words, qos=0) if words else []
        for command in commands:
            if command in topic_filters:
                refused += await port.subscribe([command], qos=1)
        return refused

    async def _work(self, port: MqttPort) -> None:
        """Run everything that uses the connection; raise the one thing that ends it."""
        ends: list[BaseException] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._inbox.run(port))
                tasks.create_task(self._documents.run(port))
                tasks.create_task(self._documents.try_refused_again())
                tasks.create_task(self._states.run(port))
                tasks.create_task(self._replies.run(port))
                tasks.create_task(self._outbox.run(port))
                tasks.create_task(self._subscribe_to_rest(port))
                tasks.create_task(self._await_stop())
                if self._on_connected is not None:
                    self._on_connected()
        except* (_StopRequestedError, DuplicateBridgeError, MqttTroubleError) as group:
            ends.extend(group.exceptions)
        raise ends[0]

    async def _subscribe_to_rest(self, port: MqttPort) -> None:
        """Ask for what is watched, and for what was refused until it is granted."""
        self._refused += await self._subscribe(port, self._inbox.watched_filters)
        if not self._refused:
            return
        _LOGGER.warning(
            "The broker does not allow subscribing to %s: it is tried again; check its rights.",
            ", ".join(self._refused),
        )
        while self._refused:
            await self._clock.sleep(SUBSCRIBE_AGAIN_S)
            self._refused = await self._subscribe(port, self._refused)
        _LOGGER.info("The broker now allows subscribing to everything.")

    async def _await_stop(self) -> None:
        """Wait for a stop, then give what is waiting a moment to go out."""
        await self._stop.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._documents.settled()
                await self._outbox.settled()
        raise _StopRequestedError

    async def _say_offline(self, port: MqttPort) -> bool:
        """Say `offline`; if that fails, hanging up makes the broker say it by the will."""
        try:
            async with asyncio.timeout(OFFLINE_S):
                await port.publish(self._topics.bridge_status, OFFLINE, qos=1, retain=True)
        except (TimeoutError, MqttTroubleError):
            return False
        return True

    async def _until_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do something unless a stop comes first; say whether it was done."""
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                await task
            return task.done()
        finally:
            await _cancel(task, stop)

    def _load(self) -> None:
        """Load the library behind the usual port, unless another port is used."""
        if self._make_port == self._aiomqtt_port:
            importlib.import_module("ql_release.mqtt.aiomqtt_port")

    def _aiomqtt_port(self, broker: BrokerAddress, version: MqttVersion) -> MqttPort:
        """Make the usual port; the library behind it is loaded only here."""
        from ql_release.mqtt.aiomqtt_port import AiomqttPort  # noqa: PLC0415

        return AiomqttPort(
            broker,
            version,
            self._settings,
            identifier=CLIENT_ID.format(bridge=self._topics.bridge),
            will_topic=self._topics.bridge_status,
            will=OFFLINE,
        )


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they have ended, however they end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
