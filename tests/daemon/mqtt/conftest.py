"""A publisher, a journal and an ordinary subscriber, around a real broker."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from broker import Mosquitto
from mqtt_bench import Bench, EventFactory, Login, Relay, Subscriber

from ql_release.events import HoldStarted
from ql_release.journal import Journal
from ql_release.mqtt.topics import Topics
from ql_release.payloads.base import rfc3339


@pytest.fixture
def topics() -> Topics:
    """The topics of the bridge under test."""
    return Topics("ql_release", "pi")


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    """The bridge's journal."""
    async with await Journal.open(tmp_path / "journal.db", window_s=0.002) as opened:
        yield opened


@pytest.fixture
def event() -> EventFactory:
    """Make the n-th event of a tool; n names it."""

    def make(n: int, *, tool: str = "mat", age_s: float = 0.0) -> HoldStarted:
        moment = rfc3339(time.time_ns() // 1000 - round(age_s * 1_000_000))
        return HoldStarted(
            id=f"{n:032x}",
            bridge="pi",
            tool=tool,
            at=moment,
            decided_at=moment,
            session=None,
            person=None,
            placement=None,
        )

    return make


@pytest.fixture
async def bench(journal: Journal, topics: Topics) -> AsyncIterator[Bench]:
    """Makes publishers and takes them down at the test's end."""
    made = Bench(journal, topics)
    yield made
    await made.close()


@pytest.fixture
async def subscriber(mosquitto: Mosquitto) -> AsyncIterator[Subscriber]:
    """An ordinary subscriber to everything at the broker."""
    made = Subscriber(mosquitto.port)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def relay(mosquitto: Mosquitto) -> AsyncIterator[Relay]:
    """A relay before the broker, to be started."""
    made = Relay(mosquitto.port)
    yield made
    await made.close()


@pytest.fixture
def login(mosquitto: Mosquitto, mosquitto_clients: Any, tmp_path: Path) -> Login:
    """Passwords for the broker and for the publisher."""
    return Login(mosquitto, mosquitto_clients.passwd, tmp_path)


@pytest.fixture
async def silent_server() -> AsyncIterator[str]:
    """The URL of something that accepts connections and never says a word."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    yield f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
