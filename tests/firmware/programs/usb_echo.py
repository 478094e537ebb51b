"""Sends back over the board's port what came in one reading, until the end; for MicroPython.

Usage: usb_echo.py FIRMWARE
"""

import asyncio
import sys

sys.path.insert(0, sys.argv[1])

from release_tool.hal.usb import open_usb


async def main():
    reader, writer = await open_usb()
    while True:
        data = await reader.read(16)
        if not data:
            return
        writer.write(data + b".")
        await writer.drain()


asyncio.run(main())
