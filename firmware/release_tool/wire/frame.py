"""Packs raw samples into frames, straight into a buffer and without allocating.

Device time comes in two parts, `time_low` (bits 0-27) and `time_high` (the bits above), because
a whole u32 is an object on the heap of a 32-bit board.
"""

import struct

from release_tool.compat import const

VERSION = const(1)
MINOR = const(0)

TYPE_SAMPLES = const(1)
TYPE_EVENT = const(2)
TYPE_STATUS = const(3)
TYPE_REPLAYED = const(4)

FLAG_GAP = const(0x01)
FLAG_CALIBRATION = const(0x02)
FLAG_SATURATED = const(0x04)
FLAG_FAULT = const(0x08)
FLAG_LOW_BATTERY = const(0x10)
FLAG_CLOCK = const(0x20)
# What these tell is true of a frame's first sample alone.
FIRST_FLAGS = FLAG_GAP | FLAG_CALIBRATION | FLAG_CLOCK

HEADER_SIZE = const(16)
STREAM_AT = const(2)
ZONE_SIZE = const(3)
IMU_SIZE = const(12)
NO_IMU = const(0)
LAYOUT_IMU = const(0x10)
# At this index a new stream begins: the host refuses more, and from here on an index is an
# object on the heap of a 32-bit board.
MAX_INDEX = const(1 << 30)
TIME_LOW_BITS = const(28)
TIME_LOW_MASK = const((1 << 28) - 1)

# The ends of a 24-bit count: a converter that shows them is saturated.
COUNT_MAX = const(0x7FFFFF)
COUNT_MIN = const(-0x800000)


def sample_size(n_force, imu):
    """Return the bytes of one sample."""
    return n_force * ZONE_SIZE + (IMU_SIZE if imu else 0)


def put_u16(buf, at, value):
    """Write the low 16 bits of a number."""
    buf[at] = value & 0xFF
    buf[at + 1] = value >> 8 & 0xFF


def put_header(  # noqa: PLR0917 - one for each field; keywords would cost a dictionary a call
    buf, at, kind, flags, stream, index, time_low, time_high, period_us, layout
):
    """Write a frame's header; its number of samples is 0 until byte 15 is set.

    Args:
        buf: where to.
        at: offset in it.
        kind: `TYPE_SAMPLES` or another.
        flags: `FLAG_*` bits.
        stream: low 16 bits of the stream uid.
        index: of the first sample, below 2^30.
        time_low: its device time, bits 0-27.
        time_high: the bits above.
        period_us: from sample to sample.
        layout: number of force zones, and `LAYOUT_IMU`.
    """
    buf[at] = VERSION << 4 | kind
    buf[at + 1] = flags
    put_u16(buf, at + 2, stream)
    put_u16(buf, at + 4, index)
    put_u16(buf, at + 6, index >> 16)
    put_u16(buf, at + 8, time_low)
    buf[at + 10] = time_low >> 16 & 0xFF
    buf[at + 11] = time_low >> 24 | (time_high & 0x0F) << 4
    put_u16(buf, at + 12, period_us)
    buf[at + 14] = layout
    buf[at + 15] = 0


def put_counts(buf, at, counts, n_force):
    """Write the raw counts of a sample, 24 bits each.

    Args:
        buf: where to.
        at: offset in it.
        counts: signed, in 24 bits.
        n_force: how many, 1 or more.
    """
    last = n_force - 1
    zone = 0
    while zone < last:
        # The fourth byte is overwritten by the next count: one call instead of three steps.
        struct.pack_into("<i", buf, at, counts[zone])
        at += ZONE_SIZE
        zone += 1
    value = counts[last]
    buf[at] = value & 0xFF
    buf[at + 1] = value >> 8 & 0xFF
    buf[at + 2] = value >> 16 & 0xFF


def put_imu(buf, at, values):
    """Write acceleration and rotation: six signed 16-bit values."""
    struct.pack_into(
        "<hhhhhh", buf, at, values[0], values[1], values[2], values[3], values[4], values[5]
    )
