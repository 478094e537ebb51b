"""Calibrated samples, the input of every detector."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Consecutive samples of one stream, in index order and in physical units.

    Attributes:
        index: sample index of the first sample.
        t: for each sample, seconds on the stream's own clock.
        zones: for each sample, newtons per load-cell zone (contact-only zones give none).
            Every sample has the same number of zones.
        imu: for each sample (ax, ay, az in m/s², gx, gy, gz in rad/s); None without an IMU.
        contact: for each sample, whether a contact-only zone is touched; None without such zones.
        gap_before: samples were lost right before this block.
        saturated: a force channel was at its limit: newtons are a lower bound.
        fault: a force channel did not answer: its newtons are not to be trusted.
    """

    index: int
    t: Sequence[float]
    zones: Sequence[Sequence[float]]
    imu: Sequence[Sequence[float]] | None = None
    contact: Sequence[bool] | None = None
    gap_before: bool = False
    saturated: bool = False
    fault: bool = False

    def part(self, start: int, stop: int) -> Self:
        """Return the samples from position `start` up to but not including `stop`."""
        cut = slice(start, stop)
        return type(self)(
            index=self.index + start,
            t=self.t[cut],
            zones=self.zones[cut],
            imu=None if self.imu is None else self.imu[cut],
            contact=None if self.contact is None else self.contact[cut],
            gap_before=self.gap_before and start == 0,
            saturated=self.saturated,
            fault=self.fault,
        )
