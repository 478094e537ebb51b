"""Records of a closed segment as one compressed blob.

A chunk is, under zlib, each record's head and data one after the other. zlib's own checksum tells
a damaged one.
"""

import struct
import zlib
from collections.abc import Iterable

from ql_release.journal.records import RecordKind, SegmentRecord

RECORDS_IN_CHUNK = 256
"""About 60 kB of frames: twice as far as zlib looks back, so that larger ones are hardly any
smaller, and a few ms of work on a small Pi."""
_HEAD = struct.Struct("<?qQqI")
"""Whether it is a mark, `host_us`, `uid`, `index`, and how many bytes of data follow."""


def pack(records: Iterable[SegmentRecord]) -> bytes:
    """Return some records as a chunk."""
    parts: list[bytes] = []
    for one in records:
        mark = one.kind == "mark"
        parts += (_HEAD.pack(mark, one.host_us, one.uid, one.index, len(one.data)), one.data)
    return zlib.compress(b"".join(parts))


def unpack(chunk: bytes) -> list[SegmentRecord]:
    """Return the records of a chunk.

    Raises:
        ValueError: when it is damaged.
    """
    try:
        plain = zlib.decompress(chunk)
    except zlib.error as error:
        raise ValueError(f"a chunk of frames is damaged: {error}") from error
    records: list[SegmentRecord] = []
    at = 0
    while at < len(plain):
        mark, host_us, uid, index, length = _HEAD.unpack_from(plain, at)
        at += _HEAD.size
        kind: RecordKind = "mark" if mark else "frame"
        records.append(SegmentRecord(kind, host_us, uid, index, plain[at : at + length]))
        at += length
    return records
