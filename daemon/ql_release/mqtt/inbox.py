"""What arrives from the broker: commands, words about ourselves, and what others watch for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ql_release.clock import Clock
from ql_release.mqtt.guard import BridgeGuard
from ql_release.mqtt.port import Incoming, MqttPort
from ql_release.mqtt.topics import CommandTopic, Topics, matches

ONLINE = b"online"
OFFLINE = b"offline"
MAX_COMMANDS = 16
"""Commands being carried out at once; beyond, reading waits."""

CommandHandler = Callable[[CommandTopic, Incoming], Awaitable[None]]
Watcher = Callable[[Incoming], None]

_LOGGER = logging.getLogger(__name__)


class Inbox:
    """Hands each message to whom it concerns.

    Args:
        topics: the topics of this bridge.
        guard: judges `health` messages at our own topic.
        clock: tells how recent they are.
        on_command: carries a command out; it may take its time.
    """

    def __init__(
        self, topics: Topics, guard: BridgeGuard, clock: Clock, on_command: CommandHandler
    ) -> None:
        self._topics = topics
        self._guard = guard
        self._clock = clock
        self._on_command = on_command
        self._watchers: list[tuple[str, Watcher]] = []
        self._commands: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MAX_COMMANDS)

    @property
    def own_filters(self) -> list[str]:
        """What concerns this bridge, to be subscribed to before it says that it is there."""
        return [
            self._topics.bridge_status,
            self._topics.bridge_health,
            self._topics.bridge_command,
            self._topics.tool_commands,
        ]

    @property
    def watched_filters(self) -> list[str]:
        """What others watch for, to be subscribed to while `run` takes it in.

        Any number of retained messages comes at once.
        """
        return list(dict.fromkeys(topic_filter for topic_filter, _ in self._watchers))

    def watch(self, topic_filter: str, watcher: Watcher) -> None:
        """Have a function given each message that matches a filter."""
        self._watchers.append((topic_filter, watcher))

    async def run(self, port: MqttPort) -> None:
        """Look at what arrives on a connection until cancelled.

        Raises:
            ConnectionLostError: when the connection is gone.
            DuplicateBridgeError: when an older daemon has this bridge's id.
        """
        while True:
            await self._look_at(port, await port.receive())

    async def close(self) -> None:
        """Cancel the commands that are still being carried out."""
        for task in self._commands:
            task.cancel()
        await asyncio.gather(*self._commands, return_exceptions=True)

    async def _look_at(self, port: MqttPort, message: Incoming) -> None:
        for topic_filter, watcher in self._watchers:
            if matches(topic_filter, message.topic):
                watcher(message)
        if message.topic == self._topics.bridge_status:
            await self._insist(port, message)
        elif message.topic == self._topics.bridge_health:
            self._guard.judge(
                message.payload, retained=message.retained, now_us=self._clock.now_us()
            )
        elif command := self._topics.parse_command(message.topic):
            await self._begin(command, message)

    async def _insist(self, port: MqttPort, message: Incoming) -> None:
        """Say `online` again when someone says we are not: an earlier connection's will."""
        if message.payload == OFFLINE and not message.retained:
            await port.publish(self._topics.bridge_status, ONLINE, qos=1, retain=True)

    async def _begin(self, command: CommandTopic, message: Incoming) -> None:
        """Carry a command out beside all else; it outlives the connection that brought it."""
        await self._room.acquire()
        task = asyncio.create_task(self._carry_out(command, message))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    async def _carry_out(self, command: CommandTopic, message: Incoming) -> None:
        try:
            await self._on_command(command, message)
        except Exception:
            _LOGGER.exception("A command at %s failed.", message.topic)
        finally:
            self._room.release()
