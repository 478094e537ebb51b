"""Raw captures (`.qlcap`): what came over a link, byte for byte, with host times.

The file is `QLCAP`, a version byte and records, little endian:

    kind u8 | host µs u64 | length u16 | bytes | crc32 u32 of everything before it in the record

A capture is only ever appended to, so that one cut short by a power loss is whole up to its
last complete record. Nothing here interprets the bytes of a record.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from ql_release.links.damage import DamagedRecording
from ql_release.links.open_file import OpenFile

MAGIC = b"QLCAP"
VERSION = 1

_HEAD = struct.Struct("<BQH")
_CRC = struct.Struct("<I")
_MAX_LENGTH = 0xFFFF
_MAX_HOST_US = 0xFFFF_FFFF_FFFF_FFFF
# First bytes of frame messages that hold samples: version 1, type 1 (live) and 4 (replayed).
_SAMPLE_FRAMES = (b"\x11", b"\x14")


class RecordKind(IntEnum):
    """What a record holds."""

    INFO = 1
    """The payload of the tool's INFO reply."""
    CALIBRATION = 2
    """A calibration block, as in the GET_CAL reply."""
    FRAME = 3
    """One frame message, bare: without length, checksum or COBS."""
    MARK = 4
    """One host decision as JSON; see `marks.Mark`."""
    SESSION = 5
    """The journaled session that the capture was cut out for, as JSON; see
    `links.captured_session`. A reader that does not know it passes over it."""


_KINDS = {kind.value: kind for kind in RecordKind}


@dataclass(frozen=True, slots=True)
class CaptureRecord:
    """One record of a capture.

    Attributes:
        kind: what `data` is.
        host_us: when it arrived or was decided, Unix microseconds.
        data: its bytes, at most 65,535.
    """

    kind: RecordKind
    host_us: int
    data: bytes

    def encode(self) -> bytes:
        """Return the record as it stands in the file.

        Raises:
            ValueError: when a field does not fit the format.
        """
        if len(self.data) > _MAX_LENGTH:
            raise ValueError(f"a capture's record holds at most {_MAX_LENGTH} bytes")
        if not 0 <= self.host_us <= _MAX_HOST_US:
            raise ValueError(f"a capture cannot hold the time {self.host_us} µs")
        body = _HEAD.pack(self.kind, self.host_us, len(self.data)) + self.data
        return body + _CRC.pack(zlib.crc32(body))


def is_capture(path: Path) -> bool:
    """Return whether the file begins as a capture does, whatever its version.

    Raises:
        OSError: when the file cannot be read.
    """
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class CaptureWriter(OpenFile[bytes]):
    """Appends records to a new capture; a context manager.

    Args:
        path: the file to make.
        overwrite: replace an existing file; otherwise one is left alone.

    Raises:
        FileExistsError: when the file exists and is not to be overwritten.
        OSError: when the file cannot be written.
    """

    def __init__(self, path: Path, *, overwrite: bool = False) -> None:
        self._file = path.open("wb" if overwrite else "xb")
        self._file.write(MAGIC + bytes([VERSION]))

    def write(self, record: CaptureRecord) -> None:
        """Append one record; it is buffered until `flush` or `close`.

        Raises:
            ValueError: when a field does not fit the format; nothing is written then.
            OSError: when the disk refuses.
        """
        self._file.write(record.encode())

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        self._file.flush()


class CaptureReader(OpenFile[bytes]):
    """Reads a capture record by record in constant memory; a context manager.

    Records of kinds that a later version may have added are passed over.

    Args:
        path: the capture.

    Raises:
        DamagedRecording: when the file is not a capture, or one of another version.
        OSError: when the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self._size = max(1, os.fstat(self._file.fileno()).st_size)
        self._offset = 0
        self._record_offset = 0
        self._has_samples = False
        try:
            self._check_header()
        except BaseException:
            self._file.close()
            raise

    @property
    def path(self) -> Path:
        """The capture's file."""
        return self._path

    @property
    def offset(self) -> int:
        """The byte at which the next record begins."""
        return self._offset

    @property
    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, self._offset / self._size)

    def __iter__(self) -> Iterator[CaptureRecord]:
        """Yield the records from where reading stands.

        Raises:
            DamagedRecording: at the first record that is cut short or does not match its
                checksum, after everything before it was yielded; and at the end when the
                capture held no samples at all.
        """
        while head := self._file.read(_HEAD.size):
            record = self._record(head)
            if record is None:
                continue
            yield record
            if record.kind is RecordKind.FRAME and record.data[:1] in _SAMPLE_FRAMES:
                self._has_samples = True
        if not self._has_samples:
            raise self._damage("the capture ends without any samples")

    def damage(self, reason: str) -> DamagedRecording:
        """Return what is to be raised when the record that was read last makes no sense."""
        return DamagedRecording(
            self._path, reason, offset=self._record_offset, has_samples=self._has_samples
        )

    def _check_header(self) -> None:
        head = self._file.read(len(MAGIC) + 1)
        if head[: len(MAGIC)] != MAGIC:
            raise self._damage("this is not a capture: it does not begin with QLCAP")
        version = head[len(MAGIC) :]
        if version != bytes([VERSION]):
            found = f"version {version[0]}" if version else "no version"
            raise self._damage(f"the capture has {found}; this program reads version {VERSION}")
        self._offset = len(head)

    def _record(self, head: bytes) -> CaptureRecord | None:
        """Return the record that begins with `head`, or None when its kind is not known."""
        if len(head) < _HEAD.size:
            raise self._damage("the last record is cut short")
        kind, host_us, length = _HEAD.unpack(head)
        rest = self._file.read(length + _CRC.size)
        if len(rest) < length + _CRC.size:
            raise self._damage("the last record is cut short, or its length is wrong")
        data = rest[:length]
        if zlib.crc32(data, zlib.crc32(head)) != _CRC.unpack_from(rest, length)[0]:
            raise self._damage("the record does not match its checksum")
        self._record_offset = self._offset
        self._offset += len(head) + len(rest)
        return CaptureRecord(_KINDS[kind], host_us, data) if kind in _KINDS else None

    def _damage(self, reason: str) -> DamagedRecording:
        return DamagedRecording(
            self._path, reason, offset=self._offset, has_samples=self._has_samples
        )
