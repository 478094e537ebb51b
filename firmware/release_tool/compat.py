"""What MicroPython and CPython spell differently, so that no other module needs to know.

The tool itself runs MicroPython. CPython runs the same modules in unit tests, and in the
demo on machines where no MicroPython can be had.
"""

import asyncio
import os
import time

try:
    from micropython import const
except ImportError:

    def const(value):
        """Return the value: CPython has no compile-time constants."""
        return value


try:
    from time import ticks_diff, ticks_us
except ImportError:
    # As on a 32-bit board, so that CPython meets the same wrap.
    _TICKS_MASK = (1 << 30) - 1
    _TICKS_HALF = 1 << 29

    def ticks_us():
        """Return microseconds that wrap at 2^30."""
        return (time.monotonic_ns() // 1000) & _TICKS_MASK

    def ticks_diff(later, earlier):
        """Return the signed distance of two ticks that wrap at 2^30."""
        return ((later - earlier + _TICKS_HALF) & _TICKS_MASK) - _TICKS_HALF


if hasattr(asyncio, "sleep_ms"):
    sleep_ms = asyncio.sleep_ms
else:

    async def sleep_ms(milliseconds):
        """Let other tasks run for so long."""
        await asyncio.sleep(milliseconds / 1000)


def limit_buffer(writer):
    """Make `drain` wait until everything is handed over; MicroPython's always does."""
    transport = getattr(writer, "transport", None)
    if transport is not None:
        transport.set_write_buffer_limits(high=0)


def sync_file(file):
    """Bring a file's contents to the medium where the platform offers a way."""
    file.flush()
    if hasattr(os, "fsync"):
        os.fsync(file.fileno())
    elif hasattr(os, "sync"):
        os.sync()


async def close_stream(writer):
    """Close a connection at once; what was drained is on its way all the same."""
    transport = getattr(writer, "transport", None)
    if transport is None:
        await writer.wait_closed()
    else:
        transport.abort()
