"""Messages on a byte stream: COBS + CRC-32 on serial lines, length + CRC-32 on TCP.

Frames go out by `encode`, requests come in by `feed`, which takes any chunking, never raises and
finds the next request after garbage.
"""

import binascii
import struct

from release_tool.compat import const

MAX_MESSAGE = const(1024)
MIN_MESSAGE = const(2)

_CHECKSUM_SIZE = const(4)
_LENGTH_SIZE = const(2)
_OVERHEAD = const(6)
_RUN = const(254)
_FULL = const(255)
# How much of the end of a spoilt block is searched for a request, whose longest is AUTH with
# 35 bytes: the search takes the square of it, and the watchdog waits.
_HUNT = const(64)


def _has_checksum(data):
    """Return whether the last four bytes are the checksum of those before."""
    end = len(data) - _CHECKSUM_SIZE
    if not MIN_MESSAGE <= end <= MAX_MESSAGE:
        return False
    return struct.unpack_from("<I", data, end)[0] == binascii.crc32(data[:end])


def block_size(size):
    """Return the bytes of a COBS block of so many bytes at the most."""
    return size + (size + _RUN - 1) // _RUN


_MAX_BLOCK = block_size(MAX_MESSAGE + _CHECKSUM_SIZE)


class LengthFraming:
    """`u16 length | message | u32 crc32(message)`."""

    def __init__(self):
        self._rest = b""

    def encode(self, message):
        """Return the frame of a message."""
        checksum = struct.pack("<I", binascii.crc32(message))
        return struct.pack("<H", len(message)) + message + checksum

    def feed(self, data):
        """Take bytes as they came; return the messages that are now whole."""
        rest = self._rest + bytes(data)
        messages = []
        at = 0
        keep = -1
        while at + _LENGTH_SIZE <= len(rest):
            size = rest[at] | rest[at + 1] << 8
            end = at + size + _OVERHEAD
            if MIN_MESSAGE <= size <= MAX_MESSAGE:
                if end > len(rest):
                    keep = at if keep < 0 else keep
                elif _has_checksum(rest[at + _LENGTH_SIZE : end]):
                    messages.append(rest[at + _LENGTH_SIZE : end - _CHECKSUM_SIZE])
                    at = end
                    keep = -1
                    continue
            at += 1
        self._rest = rest[at if keep < 0 else keep :]
        return messages


class CobsFraming:
    """`COBS(message | u32 crc32(message))` and a zero byte."""

    def __init__(self):
        self._rest = b""

    def encode(self, message):
        """Return the block of a message and its zero byte."""
        data = message + struct.pack("<I", binascii.crc32(message))
        out = bytearray(block_size(len(data)) + 1)
        code_at = 0
        at = 1
        for byte in data:
            if at - code_at == _FULL:
                out[code_at] = _FULL
                code_at = at
                at += 1
            if byte:
                out[at] = byte
            else:
                out[code_at] = at - code_at
                code_at = at
            at += 1
        out[code_at] = at - code_at
        return bytes(memoryview(out)[: at + 1])

    def feed(self, data):
        """Take bytes as they came; return the messages that are now whole."""
        blocks = (self._rest + bytes(data)).split(b"\0")
        self._rest = blocks.pop()[-_MAX_BLOCK:]
        messages = []
        for block in blocks:
            message = self._message(block[-_MAX_BLOCK:])
            if message is not None:
                messages.append(message)
        return messages

    def _message(self, block):
        """Return the message of a block, or of an ending of it, or None."""
        data = unstuff(block, 0)
        if _has_checksum(data):
            return data[:-_CHECKSUM_SIZE]
        for start in range(max(0, len(block) - _HUNT), len(block)):
            data = unstuff(block, start)
            if _has_checksum(data):
                return data[:-_CHECKSUM_SIZE]
        return None


def unstuff(block, start):
    """Return what a COBS block holds from a place on; nothing when its codes lead past its end."""
    data = bytearray()
    size = len(block)
    at = start
    while at < size:
        code = block[at]
        data.extend(block[at + 1 : at + code])
        at += code
        if code != _FULL and at < size:
            data.append(0)
    return bytes(data) if at == size else b""
