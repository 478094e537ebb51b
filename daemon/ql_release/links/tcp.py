"""Tools on the network: they connect, the daemon listens."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from ql_release.links.connection import Connection, StreamConnection
from ql_release.links.errors import ListenError
from ql_release.settings.addresses import is_loopback
from ql_release.wire.framing import LengthFraming

MAX_CONNECTIONS = 64
"""A studio has fifty tools; strangers who open connections must not use up memory."""

_LOGGER = logging.getLogger(__name__)

OnConnection = Callable[[Connection], Awaitable[None]]


@asynccontextmanager
async def serve_tcp(
    host: str, port: int, key: bytes | None, on_connection: OnConnection
) -> AsyncIterator[int]:
    """Listen for tools while the context lasts; yield the port.

    Each connection is handed to `on_connection` in a task of its own and closed when that
    returns. Leaving the context stops listening, cancels those tasks and waits for them.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 for any that is free.
        key: the key that tools must prove to have; may be None on loopback only. The proof
            itself is the handshake's work: hand the same key to `ToolDriver`.
        on_connection: what to do with a new connection.

    Raises:
        ValueError: for an address that others can reach, without a key.
        ListenError: when the address cannot be listened on.
    """
    if key is None and not is_loopback(host):
        raise ValueError(
            f"listening on {host!r} lets anyone on the network pose as a tool: set tcp.key_file,"
            " or set tcp.host to 127.0.0.1"
        )
    listener = _Listener(on_connection)
    try:
        server = await asyncio.start_server(listener.accept, host, port)
    except OSError as error:
        raise ListenError(
            f"cannot listen for tools on {host} port {port} ({_reason(error)}): stop what uses "
            "it, or set another tcp.host or tcp.port"
        ) from error
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await listener.stop()
        await server.wait_closed()


def _reason(error: OSError) -> str:
    """Return why, without what asyncio writes around it; names that are none have no errno."""
    number = error.errno or 0
    return (os.strerror(number) if number > 0 else error.strerror or str(error)).lower()


class _Listener:
    """Runs one task for each connection."""

    def __init__(self, on_connection: OnConnection) -> None:
        self._on_connection = on_connection
        self._tasks: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin to serve a new connection."""
        # Nothing is told of a peer that has already gone again.
        address, port = (writer.get_extra_info("peername") or ("unknown", 0))[:2]
        label = f"tcp {address}:{port}"
        if len(self._tasks) >= MAX_CONNECTIONS:
            _LOGGER.warning(
                "%s was turned away: there are %d connections already", label, MAX_CONNECTIONS
            )
            writer.close()
            return
        connection = StreamConnection(reader, writer, label, LengthFraming)
        task = asyncio.create_task(self._serve(connection), name=label)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Cancel what is running and wait until it has ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, connection: Connection) -> None:
        try:
            await self._on_connection(connection)
        except Exception:
            _LOGGER.exception("%s was closed after an unexpected error", connection.label)
        finally:
            connection.close()
            await connection.wait_closed()
