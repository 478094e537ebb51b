"""Builds the frames without samples: what state the tool is in, and what happened to it."""

import struct

from release_tool.compat import const
from release_tool.wire.frame import (
    HEADER_SIZE,
    TIME_LOW_BITS,
    TIME_LOW_MASK,
    TYPE_EVENT,
    TYPE_STATUS,
    put_header,
)

EVENT_BUTTON = const(1)
EVENT_OVER_PRESSURE = const(2)
EVENT_TARED = const(3)
EVENT_CALIBRATED = const(4)
EVENT_LOW_BATTERY = const(5)
EVENT_SENSOR_FAULT = const(6)
EVENT_STORAGE_FAULT = const(7)

# Zone of a sensor fault that is the IMU's.
ZONE_IMU = const(0xFF)

_EVENT = "<BQf"
_STATUS = "<QQQIBBf"
NEVER = const(0xFFFFFFFF)
_MICROSECONDS = const(1_000_000)


class Moment:
    """Where in the stream a report is made.

    Args:
        uid: of the stream.
        index: of the next sample.
        device_us: 64-bit device time.
        flags: of the frame.
        period_us: between samples.
        layout: of the samples.
    """

    def __init__(self, uid, index, device_us, *, flags, period_us, layout):
        self.uid = uid
        self.index = index
        self.device_us = device_us
        self.flags = flags
        self.period_us = period_us
        self.layout = layout

    def header(self, kind):
        """Return the frame header."""
        header = bytearray(HEADER_SIZE)
        low = self.device_us & TIME_LOW_MASK
        high = self.device_us >> TIME_LOW_BITS
        stream = self.uid & 0xFFFF
        put_header(
            header, 0, kind, self.flags, stream, self.index, low, high, self.period_us, self.layout
        )
        return bytes(header)


class HostTime:
    """What the tool was last told of the time of day."""

    def __init__(self):
        self.host_us = 0
        self._device_us = 0

    def set(self, host_us, device_us):
        """Note the host's time and the device's at the same moment."""
        self.host_us = host_us
        self._device_us = device_us

    def age_s(self, device_us):
        """Return how many seconds ago that was, `NEVER` if it never was."""
        if not self.host_us:
            return NEVER
        return min(NEVER - 1, (device_us - self._device_us) // _MICROSECONDS)


def event(moment, kind, value):
    """Return an event frame."""
    return moment.header(TYPE_EVENT) + struct.pack(_EVENT, kind, moment.device_us, value)


def status(moment, host_time, battery, mask, config):
    """Return a status frame.

    Args:
        moment: where in the stream.
        host_time: the `HostTime`.
        battery: per cent, 255 unknown.
        mask: bit per zone that is measured.
        config: the `Config`, for limit and calibration.
    """
    fixed = struct.pack(
        _STATUS,
        moment.uid,
        moment.device_us,
        host_time.host_us,
        host_time.age_s(moment.device_us),
        battery,
        mask,
        config.limit_n,
    )
    return moment.header(TYPE_STATUS) + fixed + config.calibration.encode()
