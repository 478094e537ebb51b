"""The daemon: opens the journal, listens for tools, keeps the broker told, stops cleanly."""

import asyncio
import json
import logging
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from ql_release.bootclock import BootClock
from ql_release.clock import Clock
from ql_release.journal import Journal, JournalError, Limits
from ql_release.links.connection import Connection
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import ListenError
from ql_release.links.serial import serve_serial
from ql_release.links.source import Tool
from ql_release.links.tcp import serve_tcp
from ql_release.links.watch import LinkEnd, LinkKeeper
from ql_release.mqtt.announcer import Announcer
from ql_release.mqtt.birth import BirthWatch
from ql_release.mqtt.guard import DuplicateBridgeError
from ql_release.mqtt.inbox import CommandHandler
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import CommandTopic, Topics
from ql_release.settings import MetricsSettings, SerialSettings, Settings, TcpSettings
from ql_release.systemd import ServiceManager
from ql_release.tools.dating import Dating
from ql_release.tools.fleet import Fleet, seen_tools
from ql_release.tools.health import HealthReporter
from ql_release.tools.overview import Overview
from ql_release.tools.people import People
from ql_release.tools.presence import Presences
from ql_release.tools.surroundings import Surroundings

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
SEND_PATIENCE_S = 10.0
"""Once a file has been played, the broker has this long (of real time) to take its events."""
SEND_POLL_S = 0.05
COMMIT_PATIENCE_S = 0.5
"""How long a stop waits for the tools' last commits: a disk that hangs must not keep `offline`
from being published, nor the process from ending within two seconds."""

_LOGGER = logging.getLogger(__name__)


class ServiceError(Exception):
    """The daemon cannot start or go on; the message says why and what to do."""


async def run(settings: Settings, clock: Clock, *, sources: Sequence[Tool] = ()) -> bool:
    """Run the daemon until SIGTERM or SIGINT, or until all sources have ended.

    On a stop the open session is committed and stays open for the next start, and `offline`
    is published.

    Args:
        settings: everything that can be set.
        clock: the time.
        sources: tools to live with besides those that connect, such as files that are played.

    Returns:
        Whether it ran to its end, rather than being told to stop.

    Raises:
        ServiceError: when the journal or an address cannot be used, another daemon has this
            bridge's id, or no broker took the sources' events.
    """
    ended = False
    try:
        async with _journal(settings) as journal:
            ended = await _Service(settings, clock, journal, sources).run()
    except* ServiceError as group:
        raise _first(group) from None
    except* (DuplicateBridgeError, JournalError, ListenError, ValueError) as group:
        raise ServiceError(str(_first(group))) from group
    return ended


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
        self._handle: CommandHandler | None = None
        self._fleet: Fleet | None = None
        self._interrupted = False
        self._unsent = 0
        self._dating: Dating | None = None
        self._manager = ServiceManager(os.environ)
        self._listening = asyncio.Event()
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
        # What is played from a file is over soon: entities of it would only be left behind.
        self._announcer = None if sources else self._make_announcer()
        prefix = settings.mqtt.discovery_prefix
        self._birth = BirthWatch(self._publisher, prefix, clock, self._refresh)

    def _make_announcer(self) -> Announcer:
        mqtt = self._settings.mqtt
        return Announcer(
            self._publisher,
            self._topics,
            self._journal,
            self._clock,
            mode=mqtt.discovery,
            prefix=mqtt.discovery_prefix,
        )

    async def run(self) -> bool:
        """Run until asked to stop, or until all sources have ended; return whether they have."""
        fleet = await self._set_up()
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._interrupt, stop)
        try:
            await self._run_all(fleet, stop)
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)
        if self._unsent:
            raise ServiceError(
                f"{self._unsent} events were not sent, for no broker took them: check that it "
                "runs, and mqtt.urls"
            )
        return not self._interrupted

    def _interrupt(self, stop: asyncio.Event) -> None:
        """Stop as told by a signal."""
        self._interrupted = True
        stop.set()

    async def _set_up(self) -> Fleet:
        """Make everything that commands and links need."""
        if isinstance(self._clock, BootClock):  # a time that is played is known
            self._dating = Dating(self._journal, self._clock, self._settings.time)
            await self._dating.begin()
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
        self._ports = {
            serial.port: LinkKeeper(f"serial {serial.port}", self._clock)
            for serial in self._settings.serial
        }
        self._health = HealthReporter(around, fleet, [self._time_trouble], self._ports)
        self._around, self._fleet = around, fleet
        return fleet

    def _time_trouble(self) -> str | None:
        return None if self._dating is None else self._dating.problem

    async def _run_all(self, fleet: Fleet, stop: asyncio.Event) -> None:
        """Run every part; at a stop end them in the order in which data flows."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publisher.run())
            running = tasks.create_task(fleet.run())
            helpers = [tasks.create_task(self._health.run())]
            helpers.append(tasks.create_task(self._presences.settle()))
            if self._dating is not None:
                helpers.append(tasks.create_task(self._dating.run(fleet, fleet.publish_dates)))
            helpers.append(tasks.create_task(self._birth.run()))
            if self._announcer is not None:
                helpers.append(tasks.create_task(self._announcer.run()))
            helpers.append(tasks.create_task(self._journal.keep_up(self._clock, self._limits())))
            helpers.append(tasks.create_task(self._watch_journal()))
            helpers += self._start_links(tasks, fleet)
            if self._settings.metrics.enabled:
                helpers.append(tasks.create_task(self._serve_metrics(self._settings.metrics)))
            if self._sources:
                helpers.append(tasks.create_task(self._play(fleet, stop)))
            if self._manager.listens:
                helpers.append(tasks.create_task(self._tell_manager(fleet)))
            await stop.wait()
            self._manager.stopping()
            _LOGGER.info("Stopping.")
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            fleet.close()
            await asyncio.wait([running], timeout=COMMIT_PATIENCE_S)
            running.cancel()
            if self._sources:
                self._unsent = await self._left_unsent()
            await self._publisher.stop()

    async def _watch_journal(self) -> None:
        """End the daemon when its journal turns out to be damaged.

        Raises:
            ServiceError: then. The next start sets the file aside and goes on.
        """
        reason = await self._journal.damaged()
        raise ServiceError(
            f"the journal {self._settings.journal.path} is damaged ({reason}): start again, and "
            "it is set aside and a new one begun with what can be read of it"
        )

    def _limits(self) -> Limits:
        """Return how long and how much the journal keeps."""
        kept = self._settings.journal
        return Limits.of(
            keep_days=kept.keep_days,
            keep_mb=kept.keep_mb,
            frames_days=kept.frames_days,
            frames_mb=kept.frames_mb,
        )

    def _start_links(self, tasks: asyncio.TaskGroup, fleet: Fleet) -> list[asyncio.Task[None]]:
        started = [
            tasks.create_task(self._serve_serial(serial, fleet)) for serial in self._settings.serial
        ]
        if self._settings.tcp.enabled:
            started.append(tasks.create_task(self._listen(self._settings.tcp, fleet)))
        else:
            self._listening.set()
        return started

    async def _tell_manager(self, fleet: Fleet) -> None:
        """Keep systemd told; the watchdog is fed only after loop and journal have answered.

        The time is the machine's own, for the watchdog's is.
        """
        await self._listening.wait()
        self._manager.ready()
        overview = Overview(self._around, fleet)
        while True:
            self._manager.status(await overview.line())
            self._manager.feed()
            await asyncio.sleep(self._manager.period_s)

    async def _serve_metrics(self, settings: MetricsSettings) -> None:
        try:
            from ql_release.metrics import Measured, serve_metrics  # noqa: PLC0415 - few ask
        except ImportError as error:
            raise ServiceError(
                "metrics need the 'metrics' extra: pip install 'ql-release[metrics]', or set "
                "metrics.enabled to false"
            ) from error

        async def measure() -> Measured:
            return Measured(await self._health.health(), self._publisher.connected)

        async with serve_metrics(settings.host, settings.port, measure):
            await asyncio.Event().wait()

    async def _listen(self, tcp: TcpSettings, fleet: Fleet) -> None:
        key = tcp.key()

        async def serve(connection: Connection) -> None:
            await fleet.serve(ToolDriver(connection, self._clock, key))

        async with serve_tcp(tcp.host, tcp.port, key, serve) as port:
            _LOGGER.info("Listening for tools on %s port %d.", tcp.host, port)
            self._listening.set()
            await asyncio.Event().wait()

    async def _serve_serial(self, serial: SerialSettings, fleet: Fleet) -> None:
        key = self._settings.tcp.key()

        async def serve(connection: Connection) -> LinkEnd:
            # A cable is trusted; but a tool that has a key wants to see it on a cable, too.
            driver = ToolDriver(connection, self._clock, key, key_required=False)
            return await fleet.serve(driver)

        keeper = self._ports[serial.port]
        await serve_serial(serial.port, serial.baudrate, self._clock, serve, keeper)

    async def _play(self, fleet: Fleet, stop: asyncio.Event) -> None:
        """Live with the sources, and stop when the last one has ended."""
        async with asyncio.TaskGroup() as tasks:
            for source in self._sources:
                tasks.create_task(fleet.serve(source, source="import"))
        stop.set()

    async def _left_unsent(self) -> int:
        """Wait for the broker, unless told to stop; return how many events it did not take."""
        for _ in range(round(SEND_PATIENCE_S / SEND_POLL_S)):
            if self._interrupted or not await self._journal.outbox_depth():
                return 0
            await asyncio.sleep(SEND_POLL_S)  # the broker's time is real, whatever our clock's is
        return await self._journal.outbox_depth()

    async def _on_command(self, topic: CommandTopic, message: Incoming) -> None:
        if self._fleet is None:
            return
        if self._handle is None:
            from ql_release.tools.desk import open_desk  # noqa: PLC0415 - see there

            self._handle = open_desk(self._around, self._fleet).handle
        await self._handle(topic, message)

    def _on_connected(self) -> None:
        if self._announcer is not None:
            self._announcer.connected()
        self._refresh()

    def _refresh(self) -> None:
        """Publish fresh states: a broker or a Home Assistant that restarted has none."""
        for tool in self._fleet or ():
            tool.refresh()
