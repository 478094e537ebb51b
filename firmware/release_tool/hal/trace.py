"""Reads a body's trace: a text recording, row by row, in constant memory.

Lines `# key: value`, then CSV with the header `t,f1[,f2...][,ax,ay,az,gx,gy,gz]` in
s, N, m/s^2 and rad/s. A value that is missing or not a number becomes NaN, as from a sensor
that gives none. Deliberately not here: judging the recording. That is the daemon's work.
"""

from math import isnan

_NAN = float("nan")
_IMU_COLUMNS = ("ax", "ay", "az", "gx", "gy", "gz")
_DEFAULT_RATE_HZ = 100
_MAX_ZONES = 8
_MICROSECONDS = 1_000_000


class TraceError(ValueError):
    """The file is no text recording."""


def _number(text):
    """Return the number in a field, NaN for none."""
    try:
        return float(text)
    except ValueError:
        return _NAN


class Trace:
    """An open recording.

    Attributes:
        header: its `# key: value` lines.
        n_force: force zones, 1 to 8.
        imu: whether all six IMU columns are there.
        rate_hz: from the header, else from the first two rows.

    Args:
        path: the file.

    Raises:
        TraceError: when the header or every row is missing.
        OSError: when it cannot be read.
    """

    def __init__(self, path):
        self._path = path
        self._file = open(path)
        self.header = {}
        names = self._read_header()
        self._force = [i for i, name in enumerate(names) if name[:1] == "f"]
        self._time = names.index("t") if "t" in names else -1
        self.imu = all(name in names for name in _IMU_COLUMNS)
        self._motion = [names.index(name) for name in _IMU_COLUMNS] if self.imu else []
        self.n_force = len(self._force)
        if self._time < 0 or not 1 <= self.n_force <= _MAX_ZONES:
            raise TraceError(path + ": the header must name t and f1, at most up to f8")
        self._first_t = _NAN
        self._at_us = -1
        self._period_us = _MICROSECONDS // _DEFAULT_RATE_HZ
        self._next = self._read_row()
        if self._next is None:
            raise TraceError(path + ": there are no samples")
        self._after = self._read_row()
        self._period_us = self._find_period()
        self.rate_hz = max(1, round(_MICROSECONDS / self._period_us))

    @property
    def period_us(self):
        """Nominal microseconds between two rows."""
        return self._period_us

    def _read_header(self):
        while True:
            line = self._file.readline()
            if not line:
                raise TraceError(self._path + ": there is no line with column names")
            line = line.strip()
            if line.startswith("#"):
                key, _, value = line[1:].partition(":")
                self.header[key.strip()] = value.strip()
            elif line:
                return [name.strip() for name in line.split(",")]

    def _find_period(self):
        rate = _number(self.header.get("rate_hz", ""))
        if rate > 0:
            return round(_MICROSECONDS / rate)
        if self._after is not None:
            step = self._after[0] - self._next[0]
            if step > 0:
                return step
        return self._period_us

    def _read_row(self):
        """Return (us since the first row, forces, motion), None at the end."""
        line = "\n"
        while line == "\n":
            line = self._file.readline()
        if not line:
            self._file.close()
            return None
        fields = line.strip().split(",")
        values = [_number(fields[i]) if i < len(fields) else _NAN for i in self._force]
        motion = [_number(fields[i]) if i < len(fields) else _NAN for i in self._motion]
        t = _number(fields[self._time]) if self._time < len(fields) else _NAN
        return self._time_us(t), values, motion

    def _time_us(self, t):
        """Return a row's time; one that does not advance is taken as a period later."""
        if isnan(self._first_t):
            self._first_t = t
        at = self._at_us + self._period_us
        if not isnan(t):
            at = round((t - self._first_t) * _MICROSECONDS)
        if at <= self._at_us:
            at = self._at_us + self._period_us
        self._at_us = at
        return at

    def peek(self):
        """Return the coming row (us since the first row, forces, motion), None at the end."""
        return self._next

    def advance(self):
        """Go on to the next row."""
        self._next = self._after
        self._after = None if self._next is None else self._read_row()
