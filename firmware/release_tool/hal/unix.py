"""A tool without hardware: its sensors read a body's trace, its time is virtual.

The trace's newtons and m/s^2 become raw counts by this tool's own scales, zero offsets
included, so that everything downstream works as with a real sensor. Before the first START
and after the trace the tool lies empty.
"""

import asyncio
import os
import sys
from math import isnan

from release_tool.calibration import KIND_LOAD_CELL, Calibration
from release_tool.compat import const
from release_tool.hal import BATTERY_UNKNOWN, FAULT_IMU, SATURATED
from release_tool.hal.virtual import VirtualTime, wrap_diff
from release_tool.wire.control import FEATURE_HAPTIC, FEATURE_SLEEP
from release_tool.wire.frame import COUNT_MAX, COUNT_MIN

# About 0.0005 N, as a 24-bit converter on a 50 kg cell gives. A power of two, so that it is
# exact as an f32. 300 N is 7 % of the range.
NEWTONS_PER_COUNT = 2.0**-11
# No two cells rest at the same count.
_FIRST_OFFSET = const(12000)
_OFFSET_STEP = const(-3500)

_ACCEL_RANGE_G = const(4)
_GYRO_RANGE_DPS = const(500)
_I16_MAX = const(0x7FFF)
_I16_MIN = const(-0x8000)
_ACCEL_AXES = const(3)
_STILL = [0.0, 0.0, 0.0]
STANDARD_GRAVITY = 9.80665
ACCEL_PER_LSB = _ACCEL_RANGE_G * STANDARD_GRAVITY / 32768
GYRO_PER_LSB = _GYRO_RANGE_DPS * 3.141592653589793 / 180 / 32768

_MICROSECONDS = const(1_000_000)


def zero_offset(zone):
    """Return the raw count of a zone at 0 N."""
    return _FIRST_OFFSET + zone * _OFFSET_STEP


class TraceHardware:
    """The hardware interface of `release_tool.hal` over a `Trace`.

    Attributes:
        over: event that is set when nothing is left to be measured.
        hold: async function that speed 0 waits for before each sample.

    Args:
        trace: the body.
        serial: hardware serial, 8 bytes.
        speed: virtual seconds for each real one; 0 is as fast as `hold` allows.
        start_ticks: the tick counter at boot.
        end_s: virtual seconds to go on after the trace, None without an end.
    """

    model = "trace"
    hardware = 0
    features = FEATURE_HAPTIC | FEATURE_SLEEP
    kinds = 0
    can_sleep = True
    accel_range_g = _ACCEL_RANGE_G
    gyro_range_dps = _GYRO_RANGE_DPS

    def __init__(self, trace, serial, speed=1.0, start_ticks=0, end_s=None):
        self.serial = serial
        self.n_force = trace.n_force
        self.imu = int(trace.imu)
        self.rate_hz = self.max_hz = trace.rate_hz
        self.sample_ticks = start_ticks
        self.over = asyncio.Event()
        self.hold = None
        self._trace = trace
        self._speed = speed
        self._time = VirtualTime(speed, start_ticks)
        self._end_us = None if end_s is None else int(end_s * _MICROSECONDS)
        self._period_us = trace.period_us
        self._due = self._period_us
        self._begun = False
        self._zero_us = None
        self._played_us = None
        self._motion = list(trace.peek()[2])

    @property
    def played(self):
        """Whether the whole trace has been measured."""
        return self._played_us is not None

    def factory_calibration(self):
        """Return the scales of this tool's sensors."""
        zones = range(self.n_force)
        return Calibration(
            0,
            [KIND_LOAD_CELL for _ in zones],
            [zero_offset(zone) for zone in zones],
            [NEWTONS_PER_COUNT for _ in zones],
            accel=ACCEL_PER_LSB if self.imu else 0.0,
            gyro=GYRO_PER_LSB if self.imu else 0.0,
            axes=(1, 2, 3) if self.imu else (0, 0, 0),
        )

    def ticks_us(self):
        """Return the virtual time, wrapped at 2^30."""
        return self._time.ticks()

    ticks_diff = staticmethod(wrap_diff)

    async def sleep_ms(self, milliseconds):
        """Wait in virtual time."""
        await self._time.sleep_ms(milliseconds)

    def begin(self):
        """Let the body lie down at the next sample."""
        self._begun = True

    async def ready(self):
        """Wait for the next sample's time; for ever once there is nothing left to measure."""
        if self._is_over():
            self.over.set()
            await asyncio.Event().wait()
        if not self._speed and self.hold:
            await self.hold()
        await self._time.until(self._due)

    def _is_over(self):
        if self._played_us is None or self._end_us is None:
            return False
        return self._due - self._played_us > self._end_us

    def read_into(self, counts, imu):
        """Fill in the raw counts of the present row, or of an empty tool."""
        self.sample_ticks = self._time.ticks(self._due)
        row = self._trace.peek() if self._begun else None
        if row is None:
            self._due += self._period_us
            return self._rest(counts, imu)
        if self._zero_us is None:
            self._zero_us = self._due - row[0]
        flags = self._convert(row[1], row[2], counts, imu)
        self._trace.advance()
        self._plan_next()
        return flags

    def _plan_next(self):
        after = self._trace.peek()
        if after is None:
            self._played_us = self._due
            self._due += self._period_us
        else:
            self._due = self._zero_us + after[0]

    def _rest(self, counts, imu):
        for zone in range(self.n_force):
            counts[zone] = zero_offset(zone)
        flags = 0
        if self.imu:
            flags = self._convert_motion(self._motion[:_ACCEL_AXES] + _STILL, imu)
        return flags & SATURATED

    def _convert(self, forces, motion, counts, imu):
        flags = 0
        for zone, newtons in enumerate(forces):
            if isnan(newtons):
                flags |= 1 << zone
                continue
            value = _to_raw(newtons, NEWTONS_PER_COUNT, zero_offset(zone), COUNT_MIN, COUNT_MAX)
            if value in (COUNT_MIN, COUNT_MAX):
                flags |= SATURATED
            counts[zone] = value
        if motion:
            flags |= self._convert_motion(motion, imu)
            self._motion = motion
        return flags

    def _convert_motion(self, motion, imu):
        flags = 0
        for axis, physical in enumerate(motion):
            if isnan(physical):
                flags |= FAULT_IMU
                continue
            scale = ACCEL_PER_LSB if axis < _ACCEL_AXES else GYRO_PER_LSB
            value = _to_raw(physical, scale, 0, _I16_MIN, _I16_MAX)
            if value in (_I16_MIN, _I16_MAX):
                flags |= SATURATED
            imu[axis] = value
        return flags

    def set_rate(self, _hz):
        """Return the trace's own rate: it has no other."""
        return self.rate_hz

    def battery(self):
        """Return that there is no battery."""
        return BATTERY_UNKNOWN

    def feed(self):
        """Do nothing: there is no watchdog."""

    def haptic(self, pattern):
        """Say on the error stream what a hand would feel."""
        print("haptic", pattern, file=sys.stderr)
        return True

    def led(self, _red, _green, _blue):
        """Return that there is no light."""
        return False

    def sleep(self):
        """End, as a tool that is switched off does."""
        self.over.set()

    def urandom(self, count):
        """Return random bytes of the operating system."""
        return os.urandom(count)

    async def button(self):
        """Wait for ever: there is no button."""
        await asyncio.Event().wait()


def _to_raw(physical, scale, offset, low, high):
    """Return a physical value as raw counts, within the converter's limits."""
    counts = physical / scale + offset
    if counts >= high:
        return high
    if counts <= low:
        return low
    return round(counts)
