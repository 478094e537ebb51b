"""How long, and how much of, what is in a journal is kept."""

from dataclasses import dataclass
from typing import Self

from ql_release.units import MICROSECONDS

DAY_US = 24 * 3600 * MICROSECONDS
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What is older, or more, is dropped, the oldest first.

    Attributes:
        keep_us: age of events and sessions, µs.
        keep_bytes: disk that all but the raw frames of closed segments may take.
        frames_us: age of raw frames, µs.
        frames_bytes: disk that the raw frames of unlabelled sessions may take.
    """

    keep_us: int
    keep_bytes: int
    frames_us: int
    frames_bytes: int

    @classmethod
    def of(cls, *, keep_days: int, keep_mb: int, frames_days: int, frames_mb: int) -> Self:
        """Return the limits as they are set: in days, and in megabytes of 1,000,000 bytes."""
        return cls(
            keep_days * DAY_US, keep_mb * MEGABYTE, frames_days * DAY_US, frames_mb * MEGABYTE
        )
