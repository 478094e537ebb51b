"""Fixtures of the link tests: a scripted tool at the other end of a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from scripted_tool import Pair, Recorder, ScriptedTool

from ql_release.clock import SystemClock, VirtualClock
from ql_release.links import channel
from ql_release.links.connection import Connection, StreamConnection
from ql_release.wire.framing import LengthFraming

SHORT_S = 0.02
"""A time-out for what never comes."""


@pytest.fixture
def sink() -> Recorder:
    """Keep what comes."""
    return Recorder()


@pytest.fixture
def clock() -> SystemClock:
    """The machine's clock."""
    return SystemClock()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> VirtualClock:
    """Time-outs of milliseconds, so that silence is tested without waiting."""
    monkeypatch.setattr(channel, "_MIN_REAL_TIMEOUT_S", SHORT_S)
    return VirtualClock(speed=100, duration=0)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    """Makes a connection and the tool at its other end."""
    ends: list[Connection] = []
    tasks: list[asyncio.Task[None]] = []

    async def make(key: bytes | None = None) -> tuple[Connection, ScriptedTool]:
        host, tool = socket.socketpair()
        connection = StreamConnection(
            *await asyncio.open_connection(sock=host), "test link", LengthFraming
        )
        peer = ScriptedTool(*await asyncio.open_connection(sock=tool), LengthFraming(), key)
        ends.append(connection)
        tasks.append(asyncio.create_task(peer.serve()))
        return connection, peer

    yield make
    for connection in ends:
        connection.close()
        await connection.wait_closed()
    await asyncio.gather(*tasks)
