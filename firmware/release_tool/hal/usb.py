"""The board's USB serial port as asyncio streams."""

import asyncio
import sys

import micropython


async def open_usb():
    """Return (reader, writer) of the port that the prompt used; Ctrl-C is data from now on."""
    micropython.kbd_intr(-1)
    return asyncio.StreamReader(sys.stdin.buffer), asyncio.StreamWriter(sys.stdout.buffer, {})
