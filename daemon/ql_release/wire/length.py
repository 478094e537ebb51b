"""Framing for TCP: a length, the message, a checksum."""

import re
from collections.abc import Iterator
from struct import Struct
from zlib import crc32

from ql_release.wire.framing_base import FramingStats, check_size
from ql_release.wire.limits import MAX_MESSAGE, MIN_MESSAGE

_LENGTH = Struct("<H")
_CHECKSUM = Struct("<I")
_OVERHEAD = _LENGTH.size + _CHECKSUM.size

# Where a length from MIN_MESSAGE to MAX_MESSAGE could stand: a look-ahead, for places overlap.
_PLAUSIBLE_LENGTH = re.compile(rb"(?=[\x02-\xff]\x00|.[\x01-\x03]|\x00\x04)", re.DOTALL)


class LengthFraming:
    """For TCP: `u16 length | message | u32 crc32(message)`.

    Where a frame is due it is taken as soon as it is whole. While it is not, every later offset
    is watched too, and the first frame found true wins: garbage cannot hide the frames after it
    by claiming a great length.
    """

    def __init__(self) -> None:
        self.stats = FramingStats()
        self._buffer = b""
        self._scanned = 0
        self._watched: list[int] = []
        self._in_step = True

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they came; return the messages that are now whole, in order."""
        buffer = self._buffer + data
        messages: list[bytes] = []
        due = 0
        while True:
            due = self._take_run(buffer, due, messages)
            start = self._hunt(buffer)
            if start is None:
                break
            self._lose_step(buffer, due, start - due)
            due = start
        self._keep(buffer, due)
        self.stats.messages += len(messages)
        return messages

    def encode(self, message: bytes) -> bytes:
        """Return the frame that carries a message.

        Raises:
            ValueError: when the message is shorter or longer than the wire allows.
        """
        check_size(message)
        return _LENGTH.pack(len(message)) + message + _CHECKSUM.pack(crc32(message))

    def _take_run(self, buffer: bytes, due: int, messages: list[bytes]) -> int:
        """Take frames that follow one another; return where the next one is due."""
        start = due
        while True:
            end = _frame_end(buffer, start)
            if end > len(buffer) or not _is_frame(buffer, start, end):
                break
            messages.append(buffer[start + _LENGTH.size : end - _CHECKSUM.size])
            start = end
        if start > due:
            self._in_step = True
            self._watched.clear()
            self._scanned = start
        return start

    def _hunt(self, buffer: bytes) -> int | None:
        """Return the first offset with a true frame; remember those not yet whole."""
        waiting: list[int] = []
        for start in self._places(buffer):
            end = _frame_end(buffer, start)
            if end > len(buffer):
                waiting.append(start)
            elif _is_frame(buffer, start, end):
                return start
        self._watched = waiting
        # The last byte may be the first half of a length.
        self._scanned = max(self._scanned, len(buffer) - 1)
        return None

    def _places(self, buffer: bytes) -> Iterator[int]:
        yield from self._watched
        for match in _PLAUSIBLE_LENGTH.finditer(buffer, self._scanned):
            yield match.start()

    def _keep(self, buffer: bytes, due: int) -> None:
        """Keep the buffer from the first place where a frame may still begin."""
        first = min(self._watched[0] if self._watched else self._scanned, len(buffer))
        if first > due:
            self._lose_step(buffer, due, first - due)
        self._buffer = buffer[first:]
        self._scanned -= first
        self._watched = [start - first for start in self._watched]

    def _lose_step(self, buffer: bytes, due: int, discarded: int) -> None:
        self.stats.discarded_bytes += discarded
        if self._in_step:
            self._in_step = False
            too_long = _frame_end(buffer, due) - due > MAX_MESSAGE + _OVERHEAD
            self.stats.oversize += too_long
            self.stats.checksum_errors += not too_long


def _frame_end(buffer: bytes, start: int) -> int:
    """Return where a frame that begins there would end; past the buffer when that is open."""
    if start + _LENGTH.size > len(buffer):
        return len(buffer) + 1
    return start + _OVERHEAD + int(_LENGTH.unpack_from(buffer, start)[0])


def _is_frame(buffer: bytes, start: int, end: int) -> bool:
    """Return whether the bytes between are a frame with a true checksum."""
    if not MIN_MESSAGE + _OVERHEAD <= end - start <= MAX_MESSAGE + _OVERHEAD:
        return False
    checksum = _CHECKSUM.unpack_from(buffer, end - _CHECKSUM.size)[0]
    return bool(crc32(buffer[start + _LENGTH.size : end - _CHECKSUM.size]) == checksum)
