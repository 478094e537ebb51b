"""A publisher under test, an ordinary subscriber, and a relay that cuts connections."""

import asyncio
import contextlib
import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiomqtt
from broker import Mosquitto

from ql_release.backoff import Backoff
from ql_release.clock import SystemClock
from ql_release.events import HoldStarted
from ql_release.journal import Batch, Journal
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import CommandTopic, Topics
from ql_release.settings import MqttSettings

EventFactory = Callable[..., HoldStarted]

PATIENCE_S = 120.0
"""How long to wait for what must happen; only a failing test waits so long."""
POLL_S = 0.01


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something, perhaps awaitable, has become true."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            outcome = condition()
            if await outcome if asyncio.iscoroutine(outcome) else outcome:
                return
            await asyncio.sleep(POLL_S)


class HurriedClock(SystemClock):
    """The real time, but waits are a hundred times shorter."""

    async def sleep(self, seconds: float) -> None:
        """Wait for a hundredth of that."""
        await asyncio.sleep(seconds / 100)


class Subscriber:
    """An ordinary MQTT client that notes all it hears and comes back whenever it is cut off."""

    def __init__(self, port: int) -> None:
        self.heard: list[aiomqtt.Message] = []
        self._port = port
        self._there = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._client: aiomqtt.Client | None = None

    async def start(self) -> None:
        """Come, and be there when this returns."""
        self._task = asyncio.create_task(self._run())
        await self.back()

    async def back(self) -> None:
        """Wait until subscribed."""
        await asyncio.wait_for(self._there.wait(), PATIENCE_S)

    async def stop(self) -> None:
        """Leave."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def say(self, topic: str, payload: Any, *, retain: bool = False, **more: Any) -> None:
        """Publish something, as JSON unless it is bytes."""
        assert self._client is not None
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        await self._client.publish(topic, body, qos=1, retain=retain, **more)

    def at(self, topic: str) -> list[bytes]:
        """Return what was heard at a topic."""
        return [bytes(m.payload) for m in self.heard if m.topic.value == topic]

    def events(self) -> list[dict[str, Any]]:
        """Return the events that were heard."""
        return [json.loads(m.payload) for m in self.heard if "/event/" in m.topic.value]

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(aiomqtt.MqttError):
                await self._listen()
            self._there.clear()
            await asyncio.sleep(POLL_S)

    async def _listen(self) -> None:
        protocol = aiomqtt.ProtocolVersion.V311
        async with aiomqtt.Client("127.0.0.1", self._port, protocol=protocol) as client:
            await client.subscribe("#", qos=1)
            self._client = client
            self._there.set()
            async for message in client.messages:
                self.heard.append(message)


class Bench:
    """Makes publishers and takes them down at the test's end."""

    def __init__(self, journal: Journal, topics: Topics) -> None:
        self.journal = journal
        self.topics = topics
        self.commands: list[tuple[CommandTopic, Incoming]] = []
        self._running: list[tuple[Publisher, asyncio.Task[None]]] = []

    def publisher(self, url: str, **more: Any) -> Publisher:
        """Return a publisher for a broker, not running yet."""
        settings = MqttSettings(urls=url.split(), **more.pop("settings", {}))
        journal = more.pop("journal", self.journal)
        more.setdefault("on_command", self._note)
        backoff = Backoff(5.0, 20.0)
        clock = HurriedClock()
        return Publisher(settings, self.topics, journal, clock, backoff=backoff, **more)

    def run(self, publisher: Publisher) -> asyncio.Task[None]:
        """Let a publisher run until the test's end."""
        task = asyncio.create_task(publisher.run())
        self._running.append((publisher, task))
        return task

    async def journal_events(self, publisher: Publisher, *events: HoldStarted) -> None:
        """Journal events, as the daemon does: first the commit, then the word."""
        await self.journal.write(Batch("mat", events=events))
        publisher.wake()

    async def close(self) -> None:
        """Stop what still runs."""
        for publisher, task in self._running:
            if not task.done():
                await publisher.stop()
            await asyncio.gather(task, return_exceptions=True)

    async def _note(self, topic: CommandTopic, message: Incoming) -> None:
        self.commands.append((topic, message))


class Relay:
    """Stands between a publisher and the broker, and cuts connections on demand.

    Attributes:
        budget: bytes from publisher to broker until the next cut; None for no cut.
        first_budget: the budget that the next connection begins with.
        connections: how many there have been.
    """

    def __init__(self, target: int) -> None:
        self.budget: int | None = None
        self.first_budget: int | None = None
        self.connections = 0
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Return the URL at which the broker now appears to be."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"mqtt://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Be gone, and everything that goes through with it."""
        if self._server is not None:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection in the middle of whatever it carries."""
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.first_budget is not None:
            self.budget, self.first_budget = self.first_budget, None
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers |= {writer, far_writer}
            await asyncio.gather(
                self._pass_on(reader, far_writer, counted=True),
                self._pass_on(far_reader, writer, counted=False),
            )
        writer.transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        while data := await reader.read(4096):
            if counted and self.budget is not None:
                data, cut = data[: self.budget], len(data) >= self.budget
                self.budget -= len(data)
                writer.write(data)
                if cut:
                    await writer.drain()
                    self.budget = None
                    self.cut()
                    return
            else:
                writer.write(data)
        writer.transport.abort()


class Login:
    """Makes a broker ask for a password, and keeps the file that the publisher reads.

    Attributes:
        folder: where the files are.
    """

    def __init__(self, mosquitto: Mosquitto, passwd: Path, folder: Path) -> None:
        self.folder = folder
        self._mosquitto = mosquitto
        self._passwd = passwd

    def require(self, user: str, password: str) -> None:
        """Restart the broker so that it lets only this user in."""
        users = self.folder / "users"
        users.unlink(missing_ok=True)
        command = [str(self._passwd), "-b", "-c", str(users), user, password]
        subprocess.run(command, check=True, capture_output=True)
        self._mosquitto.configure(["allow_anonymous false", f"password_file {users}"])
        self._mosquitto.stop()
        self._mosquitto.start()

    def file(self, password: str) -> Path:
        """Write the password that the publisher gives."""
        path = self.folder / "password"
        path.write_text(f"{password}\n")
        return path

    def refusals(self) -> int:
        """Return how often the broker has refused somebody."""
        return self._mosquitto.log.read_text().count("not authorised")


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate for the loopback that vouches for itself; return it and its key."""
    certificate, key = folder / f"{name}-cert.pem", folder / f"{name}-key.pem"
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN={name} -addext subjectAltName=IP:127.0.0.1 -out {certificate} "
        f"-keyout {key}".split(),
        check=True,
        capture_output=True,
    )
    return certificate, key


def signal_broker(mosquitto: Mosquitto, number: signal.Signals) -> None:
    """Send the broker's process a signal."""
    assert mosquitto._process is not None
    mosquitto._process.send_signal(number)


def set_rights(mosquitto: Mosquitto, *lines: str) -> None:
    """Give the broker an access list; it holds from the next start or SIGHUP."""
    rights = mosquitto.config.with_name("acl")
    rights.write_text("\n".join(lines) + "\n")
    rights.chmod(0o600)
    mosquitto.configure(["allow_anonymous true", f"acl_file {rights}"])
