"""What the tool remembers: calibration, over-pressure limit and name.

Two copies, each with its number and checksum. A change is written beside the older copy and
then takes its place by a rename, so a power cut at any instant leaves at least the newer copy
whole; on loading, the whole one with the higher number counts.
"""

import binascii
import os
import struct

from release_tool.calibration import decode_calibration
from release_tool.compat import const, sync_file

_MAGIC = b"QLC1"
# magic, sequence number, length of what follows before the checksum
_HEAD = "<4sIH"
_BODY = "<fB"
_CRC = "<I"
_CRC_SIZE = const(4)
_COPIES = ("config-a", "config-b")
_UNFINISHED = "config-new"

# A u8 length on the wire, and enough for a person.
MAX_NAME_BYTES = const(32)


class Config:
    """The remembered values; treated as a value: changes make a new one.

    Args:
        calibration: the `Calibration` in force.
        limit_n: over-pressure limit in newtons, 0 for none.
        name: the tool's name, at most `MAX_NAME_BYTES` bytes.

    Raises:
        ValueError: when the name is longer.
    """

    def __init__(self, calibration, limit_n=0.0, name=""):
        if len(name.encode()) > MAX_NAME_BYTES:
            raise ValueError("the name is longer than 32 bytes of UTF-8: choose a shorter one")
        self.calibration = calibration
        self.limit_n = limit_n
        self.name = name

    def changed(self, calibration=None, limit_n=None, name=None):
        """Return a configuration with these values changed."""
        return Config(
            self.calibration if calibration is None else calibration,
            self.limit_n if limit_n is None else limit_n,
            self.name if name is None else name,
        )

    def encode(self):
        """Return the configuration as bytes."""
        name = self.name.encode()
        return struct.pack(_BODY, self.limit_n, len(name)) + name + self.calibration.encode()


def decode_config(body):
    """Return the `Config` in the bytes that `Config.encode` made.

    Raises:
        ValueError: when they are none.
    """
    head = struct.calcsize(_BODY)
    if len(body) < head:
        raise ValueError("the configuration is too short")
    limit_n, length = struct.unpack_from(_BODY, body, 0)
    name = bytes(body[head : head + length])
    return Config(decode_calibration(body[head + length :]), limit_n, str(name, "utf-8"))


def seal(sequence, body):
    """Return the contents of a copy."""
    copy = struct.pack(_HEAD, _MAGIC, sequence, len(body)) + body
    return copy + struct.pack(_CRC, binascii.crc32(copy) & 0xFFFFFFFF)


def unseal(copy):
    """Return the (sequence number, body) of a copy, None when it is not whole."""
    head = struct.calcsize(_HEAD)
    if len(copy) < head + _CRC_SIZE:
        return None
    magic, sequence, length = struct.unpack_from(_HEAD, copy, 0)
    end = head + length
    if magic != _MAGIC or len(copy) != end + _CRC_SIZE:
        return None
    (crc,) = struct.unpack_from(_CRC, copy, end)
    if crc != binascii.crc32(copy[:end]) & 0xFFFFFFFF:
        return None
    return sequence, copy[head:end]


class ConfigStore:
    """The two copies in a directory.

    Attributes:
        damaged: whether something was kept, of which `load` found nothing whole.

    Args:
        directory: where they are; made on the first save.
    """

    def __init__(self, directory):
        self._directory = directory
        self._sequence = 0
        self._newest = 1
        self.damaged = False

    def load(self):
        """Return the newest whole `Config`, None when there is none."""
        newest = None
        for place, name in enumerate(_COPIES):
            found = self._read(name)
            if found is not None and found[0] > self._sequence:
                self._sequence, newest = found
                self._newest = place
        self.damaged = newest is None and any(_exists(self._path(name)) for name in _COPIES)
        return newest

    def _read(self, name):
        try:
            with open(self._path(name), "rb") as file:
                found = unseal(file.read())
            return None if found is None else (found[0], decode_config(found[1]))
        except (OSError, ValueError):
            return None

    def save(self, config):
        """Put a configuration in the place of the older copy.

        Raises:
            OSError: when it cannot be written; the newer copy is untouched.
        """
        _make_directory(self._directory)
        older = 1 - self._newest
        unfinished = self._path(_UNFINISHED)
        with open(unfinished, "wb") as file:
            file.write(seal(self._sequence + 1, config.encode()))
            sync_file(file)
        os.rename(unfinished, self._path(_COPIES[older]))
        self._sequence += 1
        self._newest = older

    def _path(self, name):
        return self._directory + "/" + name


def _make_directory(path):
    if not _exists(path):
        os.mkdir(path)


def _exists(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True
