"""Pulls samples from the hardware and packs them into the ring.

`take` is all that happens for each sample and allocates nothing (a test locks the heap around
it): small integers only, into buffers made once. What may cost memory, such as events and
limits, happens once a frame, elsewhere.
"""

from array import array

from release_tool.compat import const
from release_tool.hal import FAULTS, SATURATED
from release_tool.wire.frame import (
    FLAG_CALIBRATION,
    FLAG_FAULT,
    FLAG_GAP,
    FLAG_LOW_BATTERY,
    FLAG_SATURATED,
    MAX_INDEX,
)

_PERIOD_MAX_US = const(0xFFFF)
_MICROSECONDS = const(1_000_000)
ALL_ZONES = const(0xFF)


class Sampler:
    """The stream of one boot: its uid, its next index and the frame being filled.

    Attributes:
        uid: u64 that names the stream.
        index: of the next sample.
        mask: bit per zone that is measured; the others read as empty.
        low_battery: flag the coming frames so.
        faults: fault bits seen since they were last taken.

    Args:
        hal: the hardware.
        clock: the `DeviceClock`.
        ring: the `FrameRing`.
        new_uid: function that returns a random u64.
        offsets: raw counts of the empty zones.
        index_limit: where a new stream begins.
    """

    def __init__(self, hal, clock, ring, new_uid, *, offsets, index_limit=MAX_INDEX):
        self._hal = hal
        self._clock = clock
        self._ring = ring
        self._new_uid = new_uid
        self._limit = index_limit
        self._counts = array("i", [0] * hal.n_force)
        self._imu = array("h", [0] * 6)
        self._offsets = array("i", offsets)
        self._flags = 0
        self._ticks = 0
        self._frame_ticks = 0
        self._in_frame = 0
        self.mask = ALL_ZONES
        self.low_battery = False
        self.faults = 0
        self.set_rate(hal.rate_hz)
        self._begin_stream()

    def _begin_stream(self):
        self.uid = self._new_uid()
        self.index = 0
        self._ring.begin_stream()
        self._stream = self.uid & 0xFFFF

    @property
    def period_us(self):
        """Measured microseconds between samples; nominal until two were measured."""
        return self._period_us

    def set_rate(self, hz):
        """Take this as the sample rate until the first frame has measured it."""
        self._period_us = min(_PERIOD_MAX_US, _MICROSECONDS // max(1, hz))

    def set_offsets(self, offsets):
        """Begin a new calibration: its zero counts, with the next sample's frame flagged."""
        for zone, offset in enumerate(offsets):
            self._offsets[zone] = offset
        self._flags |= FLAG_CALIBRATION
        self.flush()

    def flush(self):
        """End the frame being filled, so that the next sample begins one."""
        self._ring.close()

    def take(self):
        """Read one sample; return True when it completed a frame."""
        found = self._hal.read_into(self._counts, self._imu)
        ticks = self._hal.sample_ticks
        ring = self._ring
        closed = False
        if ring.filling and self._is_off_beat(ticks):
            ring.close()
            closed = True
        if not ring.filling:
            self._open(ticks)
        self._blank_unmeasured()
        flags = FLAG_SATURATED if found & SATURATED else 0
        if found & FAULTS:
            flags |= FLAG_FAULT
            self.faults |= found & FAULTS
        full = ring.add(self._counts, self._imu, flags)
        self._ticks = ticks
        self._in_frame += 1
        self.index += 1
        if self.index >= self._limit:
            self._begin_stream()
            return True
        return full or closed

    def _is_off_beat(self, ticks):
        """Tell whether a sample lies half a period or more beside its place in the frame."""
        beside = self._hal.ticks_diff(ticks, self._frame_ticks) - self._in_frame * self._period_us
        half = self._period_us >> 1
        return beside > half or beside < -half

    def _open(self, ticks):
        flags = self._flags
        if self.index:
            flags |= self._measure(ticks)
        if self.low_battery:
            flags |= FLAG_LOW_BATTERY
        self._flags = 0
        self._clock.at(ticks)
        self._ring.open(flags, self._stream, self.index, self._clock, self._period_us)
        self._frame_ticks = ticks
        self._in_frame = 0

    def _measure(self, ticks):
        """Take the period from the frame before; return the gap flag if samples are missing."""
        step = self._hal.ticks_diff(ticks, self._ticks)
        flags = FLAG_GAP if step > self._period_us + (self._period_us >> 1) else 0
        if self._in_frame > 1:
            spanned = self._hal.ticks_diff(self._ticks, self._frame_ticks)
            period = spanned // (self._in_frame - 1)
        else:
            period = step
        if 0 < period <= _PERIOD_MAX_US:
            self._period_us = period
        return flags

    def _blank_unmeasured(self):
        if self.mask == ALL_ZONES:
            return
        zone = len(self._counts) - 1
        while zone >= 0:
            if not self.mask >> zone & 1:
                self._counts[zone] = self._offsets[zone]
            zone -= 1
