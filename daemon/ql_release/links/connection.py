"""A connection to one tool: bytes in, bytes out, whatever carries them."""

import asyncio
from typing import Protocol

from ql_release.links.errors import LinkClosedError
from ql_release.wire.framing import Framing

# Many frames at once when the host lags behind, one at a time when it does not.
_READ_SIZE = 16384

CLOSE_PATIENCE_S = 1.0
"""Real seconds: a peer that is gone takes nothing any more, and its link must be free again."""


class Connection(Protocol):
    """What the protocol's host side needs of a link."""

    @property
    def label(self) -> str:
        """What people call this connection, such as `tcp 127.0.0.1:51234`."""
        ...

    def framing(self) -> Framing:
        """Return a new framing of the kind that this link uses."""
        ...

    async def read(self) -> bytes:
        """Wait for bytes and return them; empty when the connection has ended."""
        ...

    async def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            LinkClosedError: when the connection has ended.
        """
        ...

    def close(self) -> None:
        """End the connection; a waiting `read` returns. Once is enough, twice harmless."""
        ...

    async def wait_closed(self) -> None:
        """Wait until the connection has ended and its resources are free."""
        ...


class StreamConnection:
    """A connection over an asyncio stream pair.

    Args:
        reader: where the tool's bytes come from.
        writer: where the host's bytes go.
        label: what people call this connection.
        framing: the class of the link's framing.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        label: str,
        framing: type[Framing],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._label = label
        self._framing = framing

    @property
    def label(self) -> str:
        """What people call this connection."""
        return self._label

    def framing(self) -> Framing:
        """Return a new framing of the kind that this link uses."""
        return self._framing()

    async def read(self) -> bytes:
        """Wait for bytes and return them; empty when the connection has ended, however."""
        try:
            return await self._reader.read(_READ_SIZE)
        except OSError:
            # Reset, unplugged or hung up: to the caller all are the end.
            return b""

    async def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            LinkClosedError: when the connection has ended.
        """
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise LinkClosedError(f"{self._label} has closed: {error}") from error

    def close(self) -> None:
        """End the connection; a waiting `read` returns."""
        self._writer.close()

    async def wait_closed(self) -> None:
        """Wait until the connection has ended and its resources are free."""
        try:
            async with asyncio.timeout(CLOSE_PATIENCE_S):
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()  # nobody takes what was still to be sent
        except OSError:
            pass
