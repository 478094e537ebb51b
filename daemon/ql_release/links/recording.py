"""Text recordings: newtons and IMU values over time, for people and other people's sensors.

Lines `# key: value`, then CSV with the header `t,f1[,f2…][,ax,ay,az][,gx,gy,gz]` in s, N,
m/s² and rad/s. Reading is streamed: a file of any size takes the memory of one block.
"""

import hashlib
import os
from collections.abc import Iterator
from math import inf, isfinite
from pathlib import Path

from ql_release.links.damage import DamagedRecording
from ql_release.links.open_file import OpenFile
from ql_release.links.recording_header import HeaderError, RecordingHeader, parse_header
from ql_release.signal.samples import SampleBlock

BLOCK_ROWS = 256
"""Rows to a block: enough to spread the cost of a call, little enough to stay cheap in memory."""

# A row of 8 zones and an IMU with 17 digits each takes under 400 bytes.
_MAX_LINE = 4096
# Lines above the rows are kept until the column names are found.
_MAX_HEADER_LINES = 1000
# A contact lost for longer is a new contact; a pause in the file must not bridge one.
_GAP_S = 0.5
# ... but at low rates the time from one sample to the next is no pause.
_GAP_PERIODS = 5
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_IMU_CHANNELS = 6
# Characters of a wrong value that an error message repeats.
_SHOWN = 20


def content_uid(path: Path) -> int:
    """Return the stream uid of a recording: the first 8 bytes of its contents' SHA-256.

    The same contents give the same uid, and so the same event ids, wherever the file lies.

    Raises:
        OSError: when the file cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return int.from_bytes(digest[:8], "big")


class RecordingReader(OpenFile[bytes]):
    """Reads a text recording in blocks; a context manager.

    The index of a sample is its row, counted from 0; its time is that of the file. A pause of
    more than half a second between two rows sets `gap_before` on the block after it.

    Args:
        path: the recording.

    Attributes:
        header: what stands above the rows.

    Raises:
        DamagedRecording: when the lines above the rows are not those of a recording.
        OSError: when the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self._size = max(1, os.fstat(self._file.fileno()).st_size)
        self._line = 0
        self._has_samples = False
        self._damage: DamagedRecording | None = None
        try:
            self.header = self._read_header()
        except BaseException:
            self._file.close()
            raise
        rate_hz = self.header.rate_hz
        self._gap_s = max(_GAP_S, _GAP_PERIODS / rate_hz) if rate_hz else _GAP_S

    @property
    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, self._file.tell() / self._size)

    def __iter__(self) -> Iterator[SampleBlock]:
        """Yield the samples, at most `BLOCK_ROWS` to a block; once.

        Raises:
            DamagedRecording: at the first row that is not one (a value that is missing, not a
                number or not finite, a time before that of the row above), after everything
                before it was yielded; and at the end when there was no row at all.
        """
        index = 0
        for gap_before, rows in self._runs():
            yield self._block(index, rows, gap_before=gap_before)
            index += len(rows)
        if self._damage is not None:
            raise self._damage
        if index == 0:
            raise self._damaged("the recording ends without any samples")

    def _read_header(self) -> RecordingHeader:
        keys: dict[str, tuple[str, int]] = {}
        for line in self._header_lines():
            if not line.startswith("#"):
                return self._parse_header(keys, line)
            key, _, value = line[1:].partition(":")
            keys[key.strip().lower()] = (value.strip(), self._line)
        raise self._damaged("the line of column names, like 't,f1,f2', is missing")

    def _parse_header(self, keys: dict[str, tuple[str, int]], columns: str) -> RecordingHeader:
        try:
            return parse_header(keys, columns, self._line)
        except HeaderError as error:
            line = self._line if error.line is None else error.line
            raise DamagedRecording(self._path, str(error), line=line, has_samples=False) from None

    def _header_lines(self) -> Iterator[str]:
        """Yield the first lines of the file without those that are blank."""
        for number in range(1, _MAX_HEADER_LINES + 1):
            raw = self._file.readline(_MAX_LINE)
            if not raw:
                return
            self._line = number
            self._pass_over_rest(raw)
            if number == 1:
                raw = raw.removeprefix(_BYTE_ORDER_MARK)
            if line := raw.decode("utf-8", errors="replace").strip():
                yield line

    def _runs(self) -> Iterator[tuple[bool, list[list[float]]]]:
        """Yield runs of rows without a pause, each with whether a pause came before it."""
        run: list[list[float]] = []
        gap_before = False
        last_t = inf
        for row in self._rows():
            pause = row[0] - last_t > self._gap_s
            if pause or len(run) == BLOCK_ROWS:
                yield gap_before, run
                run, gap_before = [], pause
            run.append(row)
            last_t = row[0]
        if run:
            yield gap_before, run

    def _rows(self) -> Iterator[list[float]]:
        """Yield the rows' values until the end or the first damage, which is kept.

        Finite values have a finite sum, so that one test stands for all of them.
        """
        width = len(self.header.columns)
        last_t = -inf
        while line := self._file.readline(_MAX_LINE):
            self._line += 1
            try:
                row = list(map(float, line.split(b",")))
            except ValueError:
                row = []
            if len(row) != width or row[0] < last_t or not isfinite(sum(row)) or b"_" in line:
                self._pass_over_rest(line)
                if _is_skipped(line):
                    continue
                self._damage = self._damaged(self._fault(line, last_t))
                return
            last_t = row[0]
            self._has_samples = True
            yield row

    def _pass_over_rest(self, line: bytes) -> None:
        """Read on to the end of a line that was cut, as a long comment is."""
        while len(line) == _MAX_LINE and not line.endswith(b"\n"):
            line = self._file.readline(_MAX_LINE)

    def _block(self, index: int, rows: list[list[float]], *, gap_before: bool) -> SampleBlock:
        zones_end = 1 + self.header.n_force
        imu_end = zones_end + _IMU_CHANNELS
        return SampleBlock(
            index=index,
            t=[row[0] for row in rows],
            zones=[row[1:zones_end] for row in rows],
            imu=[row[zones_end:imu_end] for row in rows] if self.header.imu else None,
            gap_before=gap_before,
        )

    def _fault(self, line: bytes, last_t: float) -> str:
        """Say what is wrong with a row."""
        columns = self.header.columns
        fields = [field.strip() for field in line.decode("utf-8", errors="replace").split(",")]
        for name, field in zip(columns, fields, strict=False):
            if problem := _number_fault(field):
                return f"{_shortened(field)} in column {name} is {problem}"
        if len(fields) != len(columns):
            return f"there are {len(fields)} values where the header names {len(columns)} columns"
        if float(fields[0]) < last_t:
            return f"the time {fields[0]} s is before the {last_t!r} s of the row above"
        return "its values are too large to be measurements"

    def _damaged(self, reason: str) -> DamagedRecording:
        # An empty file has no line to point to; its first is where people look.
        line = max(1, self._line)
        return DamagedRecording(self._path, reason, line=line, has_samples=self._has_samples)


def _is_skipped(line: bytes) -> bool:
    """Return whether a line among the rows is blank or a comment."""
    text = line.strip()
    return not text or text.startswith(b"#")


def _number_fault(field: str) -> str | None:
    """Say why a value is not a finite number; None when it is one."""
    if not field:
        return "no value"
    try:
        number = float(field)
    except ValueError:
        return "not a number"
    if "_" in field:
        return "not a number"
    return None if isfinite(number) else "not a finite number"


def _shortened(field: str) -> str:
    return repr(field if len(field) <= _SHOWN else field[:_SHOWN] + "…")
