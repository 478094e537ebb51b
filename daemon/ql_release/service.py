"""The daemon: opens the journal, listens for tools, keeps the broker told, stops cleanly."""

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from ql_release.clock import Clock
from ql_release.journal import Journal, JournalError
from ql_release.links.connection import Connection
from ql_release.links.driver import ToolDriver
from ql_release.links.serial import serve_serial
from ql_release.links.source import Tool
from ql_release.links.tcp import serve_tcp
from ql_release.mqtt.commands import CommandDesk
from ql_release.mqtt.guard import DuplicateBridgeError
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import CommandTopic, Topics
from ql_release.settings import SerialSettings, Settings, TcpSettings
from ql_release.tools.bridge_ops import BridgeOps
from ql_release.tools.fleet import Fleet, seen_tools
from ql_release.tools.health import HealthReporter
from ql_release.tools.people import People
from ql_release.tools.presence import Presences
from ql_release.tools.surroundings import Surroundings
from ql_release.tools.tool_ops import ToolOps

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_LOGGER = logging.getLogger(__name__)


class ServiceError(Exception):
    """The daemon cannot start or go on; the message says why and what to do."""


async def run(settings: Settings, clock: Clock, *, sources: Sequence[Tool] = ()) -> None:
    """Run the daemon until SIGTERM or SIGINT, or until all sources have ended.

    On a stop the open session is committed and stays open for the next start, and `offline`
    is published.

    Args:
        settings: everything that can be set.
        clock: the time.
        sources: tools to live with besides those that connect, such as files that are played.

    Raises:
        ServiceError: when the journal or an address cannot be used, or another daemon has this
            bridge's id.
    """
    try:
        async with _journal(settings) as journal:
            await _Service(settings, clock, journal, sources).run()
    except* ServiceError as group:
        raise _first(group) from None
    except* (DuplicateBridgeError, JournalError, ValueError) as group:
        raise ServiceError(str(_first(group))) from group


@asynccontextmanager
async def _journal(settings: Settings) -> AsyncIterator[Journal]:
    async with await Journal.open(settings.journal.path) as journal:
        yield journal


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first single exception of a group."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


class _Service:
    """One run of the daemon."""

    def __init__(
        self, settings: Settings, clock: Clock, journal: Journal, sources: Sequence[Tool]
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._journal = journal
        self._sources = sources
        self._desk: CommandDesk | None = None
        self._fleet: Fleet | None = None
        topics = Topics(settings.mqtt.prefix, settings.bridge.id)
        self._publisher = Publisher(
            settings.mqtt,
            topics,
            journal,
            clock,
            on_command=self._on_command,
            on_connected=self._on_connected,
        )
        self._topics = topics

    async def run(self) -> None:
        """Run until asked to stop."""
        fleet = await self._set_up()
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stop.set)
        try:
            await self._run_all(fleet, stop)
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)

    async def _set_up(self) -> Fleet:
        """Make everything that commands and links need."""
        people = People(self._settings, await self._journal.profiles())
        known = {
            tool: json.dumps(fields["hello"]).encode()
            for tool, fields in (await seen_tools(self._journal)).items()
        }
        self._presences = Presences(self._publisher, self._topics, self._clock, known)
        around = Surroundings(
            self._settings,
            self._clock,
            self._journal,
            self._publisher,
            self._topics,
            people,
            self._presences,
        )
        fleet = await Fleet.restore(around)
        desk = CommandDesk(
            self._topics,
            self._journal,
            self._clock,
            reply=self._publisher.reply,
            knows_tool=fleet.knows,
        )
        ToolOps(fleet, people, self._journal).register(desk)
        BridgeOps(fleet, people, self._journal).register(desk)
        self._health = HealthReporter(around, fleet)
        self._fleet, self._desk = fleet, desk
        return fleet

    async def _run_all(self, fleet: Fleet, stop: asyncio.Event) -> None:
        """Run every part; at a stop end them in the order in which data flows."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publisher.run())
            running = tasks.create_task(fleet.run())
            helpers = [tasks.create_task(self._health.run())]
            helpers.append(tasks.create_task(self._presences.settle()))
            helpers += self._start_links(tasks, fleet)
            if self._sources:
                helpers.append(tasks.create_task(self._play(fleet, stop)))
            await stop.wait()
            _LOGGER.info("Stopping.")
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            fleet.close()
            await running
            await self._publisher.stop()

    def _start_links(self, tasks: asyncio.TaskGroup, fleet: Fleet) -> list[asyncio.Task[None]]:
        started = [
            tasks.create_task(self._serve_serial(serial, fleet)) for serial in self._settings.serial
        ]
        if self._settings.tcp.enabled:
            started.append(tasks.create_task(self._listen(self._settings.tcp, fleet)))
        return started

    async def _listen(self, tcp: TcpSettings, fleet: Fleet) -> None:
        key = tcp.key()

        async def serve(connection: Connection) -> None:
            await fleet.serve(ToolDriver(connection, self._clock, key))

        try:
            async with serve_tcp(tcp.host, tcp.port, key, serve) as port:
                _LOGGER.info("Listening for tools on %s port %d.", tcp.host, port)
                await asyncio.Event().wait()
        except OSError as error:
            raise ServiceError(
                f"cannot listen for tools on {tcp.host} port {tcp.port}: {error.strerror}; "
                "stop what uses it, or set tcp.port"
            ) from error

    async def _serve_serial(self, serial: SerialSettings, fleet: Fleet) -> None:
        key = self._settings.tcp.key()

        async def serve(connection: Connection) -> None:
            # A cable is trusted; but a tool that has a key wants to see it on a cable, too.
            await fleet.serve(ToolDriver(connection, self._clock, key, key_required=False))

        await serve_serial(serial.port, serial.baudrate, self._clock, serve)

    async def _play(self, fleet: Fleet, stop: asyncio.Event) -> None:
        """Live with the sources, and stop when the last one has ended."""
        async with asyncio.TaskGroup() as tasks:
            for source in self._sources:
                tasks.create_task(fleet.serve(source, source="import"))
        stop.set()

    async def _on_command(self, topic: CommandTopic, message: Incoming) -> None:
        if self._desk is not None:
            await self._desk.handle(topic, message)

    def _on_connected(self) -> None:
        """Publish fresh states: a broker that restarted has none."""
        for tool in self._fleet or ():
            tool.refresh()
