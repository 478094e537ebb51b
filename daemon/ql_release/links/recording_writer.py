"""Writes text recordings."""

from math import isfinite
from pathlib import Path

from ql_release.links.open_file import OpenFile
from ql_release.links.recording_header import RecordingHeader
from ql_release.signal.samples import SampleBlock

# Microseconds for time; a tenth of a millinewton, and well under an IMU's own resolution
# (about 0.005 m/s² and 0.001 rad/s at the widest ranges).
_TIME_FORMAT = "%.6f"
_VALUE_FORMAT = "%.4f"


class RecordingWriter(OpenFile[str]):
    """Writes a new text recording block by block; a context manager.

    Args:
        path: the file to make.
        header: what stands above the rows; its columns say what each row holds.
        overwrite: replace an existing file; otherwise one is left alone.

    Raises:
        FileExistsError: when the file exists and is not to be overwritten.
        OSError: when the file cannot be written.
    """

    def __init__(self, path: Path, header: RecordingHeader, *, overwrite: bool = False) -> None:
        self._header = header
        self._row = ",".join([_TIME_FORMAT, *[_VALUE_FORMAT] * (len(header.columns) - 1)]) + "\n"
        self._file = path.open("w" if overwrite else "x", encoding="utf-8", newline="\n")
        self._file.write(header.to_text())

    def write(self, block: SampleBlock) -> None:
        """Append a block's samples.

        Raises:
            ValueError: when a sample lacks a column or has a value that is not finite; nothing
                of the block is written then.
            OSError: when the disk refuses.
        """
        imu = block.imu if self._header.imu and block.imu is not None else [()] * len(block.t)
        rows = [
            (t, *zones, *motion) for t, zones, motion in zip(block.t, block.zones, imu, strict=True)
        ]
        for row in rows:
            if len(row) != len(self._header.columns) or not isfinite(sum(row)):
                raise ValueError(f"the row {row} does not fit {','.join(self._header.columns)}")
        self._file.write("".join([self._row % row for row in rows]))

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        self._file.flush()
