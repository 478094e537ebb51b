"""Whether a write-ahead log has lost commits in its middle.

SQLite reads a log up to the first frame whose checksum is wrong, and takes what follows for the
rest of an earlier log. After a power cut that is right: only the last commit can be half-written.
Two or more commits behind a wrong frame were reported as safe once, and are lost; were the journal
to go on as if they had never been, it would give their numbers to others.

The format is SQLite's own (its documentation's page on WAL-mode files, section 1).
"""

import struct
from pathlib import Path
from typing import BinaryIO

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682
"""Its lowest bit tells whether checksums are made of big-endian words."""
_MASK = 0xFFFFFFFF
PAGE_BYTES = 4096
"""A journal's pages."""
LOST = 2
"""Commits behind a wrong frame that no power cut can explain."""


def lost_commits(log: Path) -> bool:
    """Return whether commits in a log lie behind damage."""
    with log.open("rb") as file:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return False
        magic, _, _, _, *salt, first, second = _HEADER.unpack(header)
        order = ">" if magic & 1 else "<"
        sound = magic & ~1 == _MAGIC and _sum(header[:24], (0, 0), order) == (first, second)
        if sound:
            _skip_sound(file, salt, (first, second), order)
        return _commits(file, salt if sound else None) >= LOST


def _skip_sound(file: BinaryIO, salt: list[int], state: tuple[int, int], order: str) -> None:
    """Read a log up to its first wrong frame, that one included."""
    while len(frame := file.read(_FRAME.size + PAGE_BYTES)) == _FRAME.size + PAGE_BYTES:
        _, _, *rest = _FRAME.unpack_from(frame)
        state = _sum(frame[_FRAME.size :], _sum(frame[:8], state, order), order)
        if rest != [*salt, *state]:
            return


def _commits(file: BinaryIO, salt: list[int] | None) -> int:
    """Return how many commits follow in a log, or as many as there are at least.

    Args:
        file: the log.
        salt: what marks this log's frames; None when its header is lost: then the next frame's.
    """
    commits = 0
    while len(frame := file.read(_FRAME.size + PAGE_BYTES)) == _FRAME.size + PAGE_BYTES:
        _, size, *rest = _FRAME.unpack_from(frame)
        salt = rest[:2] if salt is None else salt
        commits += rest[:2] == salt != [0, 0] and size > 0
    return commits


def _sum(data: bytes, state: tuple[int, int], order: str) -> tuple[int, int]:
    """Return SQLite's checksum over some more words."""
    first, second = state
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for one, two in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & _MASK
        second = (second + two + first) & _MASK
    return first, second
