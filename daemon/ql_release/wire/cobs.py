"""Framing for serial lines, by Consistent Overhead Byte Stuffing.

It writes any bytes as a block that holds no zero byte, so that a zero byte can end each block.
After Cheshire and Baker (1999): a code byte tells how far ahead the next zero of the data is;
255 stands for 254 bytes that no zero follows. The end of the data counts as a zero.
"""

from struct import Struct
from zlib import crc32

from ql_release.wire.framing_base import FramingStats, check_size
from ql_release.wire.limits import MAX_MESSAGE, MIN_MESSAGE

_RUN = 254
"""Most bytes under one code byte."""
_FULL = 255
"""The code byte of such a run."""


_CHECKSUM = Struct("<I")
_DELIMITER = b"\0"


def encoded_size(size: int) -> int:
    """Return the greatest length of a block for so many bytes of data."""
    return size + max(1, -(-size // _RUN))


MAX_BLOCK = encoded_size(MAX_MESSAGE + _CHECKSUM.size)
"""Longest block without its delimiter."""


class CobsFraming:
    """For serial lines: `COBS(message | u32 crc32(message))` and a zero byte.

    A zero byte ends every block, so garbage can only spoil the block it touches. Of a spoilt
    block every ending is tried: text that a board prints at its start costs no frame.
    """

    def __init__(self) -> None:
        self.stats = FramingStats()
        self._rest = b""
        self._overflowing = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they came; return the messages that are now whole, in order."""
        *blocks, rest = (self._rest + data).split(_DELIMITER)
        messages: list[bytes] = []
        for block in blocks:
            if block:
                message = self._message(block)
                if message is not None:
                    messages.append(message)
            self._overflowing = False
        self._rest = self._bounded(rest)
        self.stats.messages += len(messages)
        return messages

    def encode(self, message: bytes) -> bytes:
        """Return the block that carries a message, and its delimiter.

        Raises:
            ValueError: when the message is shorter or longer than the wire allows.
        """
        check_size(message)
        return encode(message + _CHECKSUM.pack(crc32(message))) + _DELIMITER

    def _message(self, block: bytes) -> bytes | None:
        block = self._bounded(block)
        message = _checked(decode(block))
        if message is not None:
            return message
        self.stats.checksum_errors += 1
        for start, data in tails(block):
            message = _checked(data)
            if message is not None:
                self.stats.discarded_bytes += start
                return message
        self.stats.discarded_bytes += len(block) + len(_DELIMITER)
        return None

    def _bounded(self, block: bytes) -> bytes:
        """Return the end of a block, as much as a message can need."""
        excess = len(block) - MAX_BLOCK
        if excess <= 0:
            return block
        if not self._overflowing:
            self._overflowing = True
            self.stats.oversize += 1
        self.stats.discarded_bytes += excess
        return block[excess:]


def encode(data: bytes) -> bytes:
    """Return the block for some data, without the zero byte that ends it on a line."""
    block = bytearray()
    start, size = 0, len(data)
    while True:
        zero = data.find(0, start, start + _RUN)
        if zero < 0 and start + _RUN < size:
            block.append(_FULL)
            block += data[start : start + _RUN]
            start += _RUN
            continue
        end = size if zero < 0 else zero
        block.append(end - start + 1)
        block += data[start:end]
        if zero < 0:
            return bytes(block)
        start = zero + 1


def decode(block: bytes) -> bytes | None:
    """Return the data of a block without zero bytes, None when its codes lead past its end."""
    data = bytearray()
    size = len(block)
    at = 0
    while at < size:
        code = block[at]
        following = at + code
        data += block[at + 1 : following]
        at = following
        if code != _FULL and at < size:
            data.append(0)
    return bytes(data) if at == size else None


def tails(block: bytes) -> list[tuple[int, bytes]]:
    """Return the data of every ending of the block that is a block itself, longest first.

    Args:
        block: up to about a thousand bytes without zeros; time and memory grow with the square.

    Returns:
        Pairs of where in the block the ending begins and what it decodes to.
    """
    size = len(block)
    found: dict[int, bytes] = {size: b""}
    for start in range(size - 1, -1, -1):
        following = start + block[start]
        rest = found.get(following)
        if rest is not None:
            zero = b"\0" if block[start] != _FULL and following < size else b""
            found[start] = block[start + 1 : following] + zero + rest
    del found[size]
    return sorted(found.items())


def _checked(data: bytes | None) -> bytes | None:
    """Return the message before a true checksum, None without one."""
    if data is None or not MIN_MESSAGE <= len(data) - _CHECKSUM.size <= MAX_MESSAGE:
        return None
    message = data[: -_CHECKSUM.size]
    return message if _CHECKSUM.unpack_from(data, len(message))[0] == crc32(message) else None
