"""A proxy between daemon and broker that cuts the connection inside a chosen packet."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

PUBLISH = 3
"""The packet's type, high half of its first byte (MQTT 5, 2.1.2)."""
PUBACK = 4
CONTINUES = 0x80
"""Bit of a length byte that says that another follows."""
EVENT_LEVEL = b"/event/"
"""What stands in the topic of an event, and in no other."""


class CuttingProxy:
    """Passes packets on, until it is told to cut one.

    Attributes:
        port: where it listens, once started.
        cuts: how often it has cut.
    """

    def __init__(self) -> None:
        self.cuts = 0
        self.port = 0
        self._broker = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._cut_event_at: int | None = None
        self._cut_answer_at: int | None = None
        self._cut: asyncio.Future[int] | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def aim(self, broker: int) -> None:
        """Say at which port the broker is."""
        self._broker = broker

    async def stop(self) -> None:
        """Be gone."""
        if self._server is not None:
            self._server.close()
        self._hang_up()

    async def cut_event(self, at: int) -> int:
        """Cut the next packet with an event after so many bytes; return its length."""
        self._cut_event_at = at
        return await self._until_cut()

    async def cut_answer(self, at: int) -> int:
        """Cut the next acknowledgement after so many bytes; return its length."""
        self._cut_answer_at = at
        return await self._until_cut()

    async def _until_cut(self) -> int:
        self._cut = asyncio.get_running_loop().create_future()
        return await self._cut

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._broker)
            self._writers |= {writer, far_writer}
            await asyncio.gather(
                self._to_broker(reader, far_writer), self._to_daemon(far_reader, writer)
            )
        writer.transport.abort()

    async def _to_broker(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for packet in packets(reader):
            if packet[0] >> 4 == PUBLISH and EVENT_LEVEL in packet:
                at, self._cut_event_at = self._cut_event_at, None
                if at is not None:
                    await self._end(writer, packet, at)
                    return
            writer.write(packet)
            await writer.drain()
        self._hang_up()

    async def _to_daemon(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for packet in packets(reader):
            if packet[0] >> 4 == PUBACK:
                at, self._cut_answer_at = self._cut_answer_at, None
                if at is not None:
                    await self._end(writer, packet, at)
                    return
            writer.write(packet)
            await writer.drain()
        self._hang_up()

    async def _end(self, writer: asyncio.StreamWriter, packet: bytes, at: int) -> None:
        """Let the first bytes of a packet arrive, then break the connection."""
        writer.write(packet[:at])
        with contextlib.suppress(OSError):
            await writer.drain()
        self.cuts += 1
        writer.close()
        self._hang_up()
        if self._cut is not None:
            self._cut.set_result(len(packet))

    def _hang_up(self) -> None:
        writers, self._writers = self._writers, set()
        for writer in writers:
            if not writer.is_closing():
                writer.transport.abort()


async def packets(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield MQTT packets, each whole."""
    with contextlib.suppress(asyncio.IncompleteReadError, OSError):
        while True:
            head = await reader.readexactly(2)
            size, shift = head[1] & ~CONTINUES, 7
            while head[-1] & CONTINUES:
                head += await reader.readexactly(1)
                size |= (head[-1] & ~CONTINUES) << shift
                shift += 7
            yield head + await reader.readexactly(size)
