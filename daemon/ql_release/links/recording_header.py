"""What stands above the rows of a text recording."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite

from ql_release.wire.limits import MAX_ZONES

FORMAT_VERSION = 1
TIME = "t"
ACCELERATION = ("ax", "ay", "az")
ROTATION = ("gx", "gy", "gz")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SLOWEST_HZ = 0.01
_FASTEST_HZ = 0xFFFF
"""What START can name (docs/wire.md)."""
_NUMBERS = ("rate_hz", "threshold_n", "contact_area_cm2", "body_mass_kg")


class HeaderError(ValueError):
    """A line above the rows is wrong or missing.

    Attributes:
        line: the line, counted from 1; None when a line is missing.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class RecordingHeader:
    """What a text recording says of itself.

    Attributes:
        start: when `t` was 0, with a time zone.
        columns: the names in the CSV header, in order.
        rate_hz: samples a second, nominal; None when not told.
        threshold_n: the person's own pressure threshold, newtons; None when not told.
        contact_area_cm2: the tool's contact area, cm²; None when not told.
        body_mass_kg: the person's mass, kg; None when not told.
    """

    start: datetime
    columns: tuple[str, ...]
    rate_hz: float | None = None
    threshold_n: float | None = None
    contact_area_cm2: float | None = None
    body_mass_kg: float | None = None

    @property
    def n_force(self) -> int:
        """How many force zones there are."""
        return sum(name.startswith("f") for name in self.columns)

    @property
    def imu(self) -> bool:
        """Whether there is both acceleration and rotation, which is what an IMU is needed for."""
        return self.columns[-len(ACCELERATION + ROTATION) :] == ACCELERATION + ROTATION

    @property
    def notes(self) -> tuple[str, ...]:
        """What is missing and what that means, as sentences for people."""
        if self.imu:
            return ()
        if set(self.columns).isdisjoint(ACCELERATION + ROTATION):
            return ("There are no IMU columns: what needs them is left out or less certain.",)
        missing = ROTATION if ACCELERATION[0] in self.columns else ACCELERATION
        note = (
            f"The columns {','.join(missing)} are missing, so the other IMU columns are not"
            " used: what needs them is left out or less certain."
        )
        return (note,)

    @property
    def start_us(self) -> int:
        """`start` as Unix microseconds."""
        return (self.start - _EPOCH) // _MICROSECOND

    def to_text(self) -> str:
        """Return the lines above the rows, as `RecordingReader` reads them."""
        lines = [f"# recording: {FORMAT_VERSION}", f"# start: {self.start.isoformat()}"]
        values = {name: getattr(self, name) for name in _NUMBERS}
        lines += [f"# {name}: {value!r}" for name, value in values.items() if value is not None]
        return "\n".join([*lines, ",".join(self.columns), ""])


def column_names(n_force: int, *, imu: bool) -> tuple[str, ...]:
    """Return the CSV header for so many zones, with or without an IMU."""
    zones = tuple(f"f{zone}" for zone in range(1, n_force + 1))
    return (TIME, *zones, *(ACCELERATION + ROTATION if imu else ()))


def parse_header(
    keys: Mapping[str, tuple[str, int]], columns: str, columns_line: int
) -> RecordingHeader:
    """Return the header told by the key lines and the line of column names.

    Args:
        keys: for each `# key: value` line, the value and the line's number.
        columns: the line of column names.
        columns_line: that line's number, counted from 1.

    Raises:
        HeaderError: when something is missing or not understood.
    """
    _check_version(keys)
    numbers = {name: _number(name, *keys[name]) for name in _NUMBERS if name in keys}
    if "rate_hz" in numbers and not _SLOWEST_HZ <= numbers["rate_hz"] <= _FASTEST_HZ:
        text, line = keys["rate_hz"]
        raise HeaderError(
            f"rate_hz is {text!r}; it should be between {_SLOWEST_HZ} and {_FASTEST_HZ}", line
        )
    return RecordingHeader(start=_start(keys), columns=_columns(columns, columns_line), **numbers)


def _check_version(keys: Mapping[str, tuple[str, int]]) -> None:
    if "recording" not in keys:
        raise HeaderError("this is not a recording: the line '# recording: 1' is missing")
    version, line = keys["recording"]
    if version != str(FORMAT_VERSION):
        raise HeaderError(
            f"the recording has version {version!r}; this program reads {FORMAT_VERSION}", line
        )


def _start(keys: Mapping[str, tuple[str, int]]) -> datetime:
    if "start" not in keys:
        raise HeaderError("the time is missing: add a line like '# start: 2026-01-31T18:00:00Z'")
    text, line = keys["start"]
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        start = None
    if start is None or start.tzinfo is None or start < _EPOCH:
        raise HeaderError(
            f"the start {text!r} is not a time with a zone like 2026-01-31T18:00:00Z", line
        )
    return start


def _number(name: str, text: str, line: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not isfinite(number) or number <= 0:
        raise HeaderError(f"{name} is {text!r}; it should be a number above 0", line)
    return number


def _columns(text: str, line: int) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(","))
    n_force = sum(name.startswith("f") for name in names)
    zones = column_names(n_force, imu=False)
    tails = ((), ACCELERATION, ROTATION, ACCELERATION + ROTATION)
    if not 1 <= n_force <= MAX_ZONES or names not in {zones + tail for tail in tails}:
        raise HeaderError(
            f"the columns are {text!r}; they should be t,f1[,f2…][,ax,ay,az][,gx,gy,gz]"
            f" with at most {MAX_ZONES} zones",
            line,
        )
    return names
