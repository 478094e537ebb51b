"""The board's USB serial port as asyncio streams."""

import asyncio
import select
import sys

import micropython


class UsbReader:
    """Reads what is there: the port's own `read` waits until all that was asked for has come.

    Args:
        port: the port's byte stream.
    """

    def __init__(self, port):
        self._port = port
        self._stream = asyncio.StreamReader(port)
        self._poll = select.poll()
        self._poll.register(port, select.POLLIN)

    async def read(self, size):
        """Wait for a byte; return it and those that came with it, `size` at the most."""
        data = bytearray(await self._stream.read(1))
        while data and len(data) < size and self._poll.poll(0):
            more = self._port.read(1)
            if not more:
                break
            data += more
        return bytes(data)


async def open_usb():
    """Return (reader, writer) of the port that the prompt used; Ctrl-C is data from now on."""
    micropython.kbd_intr(-1)
    return UsbReader(sys.stdin.buffer), asyncio.StreamWriter(sys.stdout.buffer, {})
