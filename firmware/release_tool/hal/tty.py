"""Opens a terminal device as asyncio streams, under MicroPython's unix port and CPython."""

import asyncio
import termios

try:
    import ffi
except ImportError:
    ffi = None
    import os

# Linux, for MicroPython's termios has few names. Both sides are raw: no echo, no editing,
# no signals, no translation of line ends, 8 bits.
_INPUT_OFF = 0o2753
_OUTPUT_OFF = 0o1
_CONTROL_OFF = 0o460
_CONTROL_ON = 0o60
_LOCAL_OFF = 0o100113
_F_GETFL = 3
_F_SETFL = 4
_O_NONBLOCK = 0o4000


def _make_raw(descriptor):
    """Switch to raw mode, keeping what has come already (as `setraw` would not)."""
    attributes = termios.tcgetattr(descriptor)
    attributes[0] &= ~_INPUT_OFF
    attributes[1] &= ~_OUTPUT_OFF
    attributes[2] = attributes[2] & ~_CONTROL_OFF | _CONTROL_ON
    attributes[3] &= ~_LOCAL_OFF
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


async def open_tty(path):
    """Return (reader, writer) of a terminal device in raw mode.

    Raises:
        OSError: when it cannot be opened.
    """
    if ffi is None:
        return await _open_cpython(path)
    return _open_micropython(path)


def _open_micropython(path):
    file = open(path, "r+b")
    descriptor = file.fileno()
    _make_raw(descriptor)
    # Without this one slow reader at the other end would stop the whole tool.
    fcntl = ffi.open("libc.so.6").func("i", "fcntl", "iii")
    fcntl(descriptor, _F_SETFL, fcntl(descriptor, _F_GETFL, 0) | _O_NONBLOCK)
    return asyncio.StreamReader(file), asyncio.StreamWriter(file, {})


async def _open_cpython(path):
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
    _make_raw(descriptor)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    read_end = os.fdopen(descriptor, "rb", buffering=0)
    await loop.connect_read_pipe(lambda: protocol, read_end)
    write_end = os.fdopen(os.dup(descriptor), "wb", buffering=0)
    flow = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    transport, _ = await loop.connect_write_pipe(lambda: flow, write_end)
    return reader, asyncio.StreamWriter(transport, flow, None, loop)
