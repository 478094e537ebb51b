"""The last minute of samples, kept as frames: what is sent live and what REPLAY brings back.

Every slot is one whole frame of the wire, filled in place. A slow or absent link loses
nothing as long as the ring goes round: the live stream and every replay only read from it.
Slots are numbered without end (`head` is the newest); a slot's place is its number modulo the
size. Nothing here allocates while samples come in.
"""

from release_tool.compat import const
from release_tool.wire.frame import (
    FIRST_FLAGS,
    HEADER_SIZE,
    LAYOUT_IMU,
    NO_IMU,
    TYPE_SAMPLES,
    ZONE_SIZE,
    put_counts,
    put_header,
    put_imu,
    sample_size,
)

# A sixth of a second at 100 Hz: force should not be seen later than that.
_MAX_SAMPLES = const(16)

_N = const(15)
_FLAGS = const(1)
_INDEX = const(4)
_T0 = const(8)
_PERIOD = const(12)


class FrameRing:
    """Frames in slots of one size.

    Attributes:
        capacity: samples in a slot.
        sample_size: bytes of one sample.
        layout: the header's byte for it.
        tail: the oldest slot still held; above `head` when there is none.
        origin: the first slot of the present stream; what is held before it is of the last one.
        head: the newest slot, -1 before the first.
        filling: whether the newest slot still takes samples.

    Args:
        slots: number of slots, 2 or more.
        frame_size: the most bytes a frame may have.
        n_force: force zones, 1 to 8.
        imu: 1 with six motion values in each sample.
    """

    def __init__(self, slots, frame_size, n_force, imu):
        self.sample_size = sample_size(n_force, imu)
        self.capacity = min(_MAX_SAMPLES, (frame_size - HEADER_SIZE) // self.sample_size)
        self._slot_size = HEADER_SIZE + self.capacity * self.sample_size
        self._slots = slots
        self._n_force = n_force
        self.layout = n_force | (LAYOUT_IMU if imu else NO_IMU)
        self._imu = imu
        self._data = bytearray(slots * self._slot_size)
        self._view = memoryview(self._data)
        self.head = -1
        self.tail = 0
        self._n = 0
        self._at = 0
        self.begin_stream()

    @property
    def samples(self):
        """How many samples fit."""
        return self._slots * self.capacity

    def begin_stream(self):
        """Let the indexes begin anew; what was not sent yet of the last stream is kept."""
        self.origin = self.head + 1
        self.filling = False

    def open(self, flags, stream, index, clock, period_us):
        """Begin a slot, over the oldest when the ring is full.

        Args:
            flags: of its frame.
            stream: low 16 bits of the stream uid.
            index: of its first sample.
            clock: stands at the time of its first sample.
            period_us: between its samples.
        """
        self.head += 1
        if self.head - self.tail >= self._slots:
            self.tail += 1
        self._at = self._place(self.head)
        self._n = 0
        self.filling = True
        put_header(
            self._data,
            self._at,
            TYPE_SAMPLES,
            flags,
            stream,
            index,
            clock.low,
            clock.high,
            period_us,
            self.layout,
        )

    def add(self, counts, imu, flags):
        """Append a sample to the open slot; return True when that filled it.

        Args:
            counts: raw counts of the zones, `array('i')`.
            imu: six motion values, `array('h')`; unread without an IMU.
            flags: to be added to the frame's.
        """
        data = self._data
        at = self._at + HEADER_SIZE + self._n * self.sample_size
        put_counts(data, at, counts, self._n_force)
        if self._imu:
            put_imu(data, at + self._n_force * ZONE_SIZE, imu)
        self._n += 1
        data[self._at + _FLAGS] |= flags
        data[self._at + _N] = self._n
        self.filling = self._n < self.capacity
        return not self.filling

    def close(self):
        """Take no more samples into the open slot."""
        self.filling = False

    def _place(self, slot):
        return slot % self._slots * self._slot_size

    def is_closed(self, slot):
        """Return whether a held slot takes no more samples."""
        return slot < self.head or not self.filling

    def count(self, slot):
        """Return how many samples a held slot has."""
        return self._data[self._place(slot) + _N]

    def flags(self, slot):
        """Return the frame flags of a held slot."""
        return self._data[self._place(slot) + _FLAGS]

    def index(self, slot):
        """Return the sample index at which a held slot begins."""
        return self._read(self._place(slot) + _INDEX, 4)

    def _read(self, at, size):
        return int.from_bytes(self._view[at : at + size], "little")

    @property
    def _oldest(self):
        return max(self.tail, self.origin)

    @property
    def first(self):
        """Index of the stream's oldest sample held; the same as `end` when there is none."""
        return self.index(self._oldest) if self.head >= self._oldest else 0

    @property
    def end(self):
        """Index after the newest sample."""
        if self.head < self._oldest:
            return 0
        return self.index(self.head) + self.count(self.head)

    def find(self, index):
        """Return the slot that holds a sample; it must lie between `first` and `end`."""
        low, high = self._oldest, self.head
        while low < high:
            middle = (low + high + 1) // 2
            if self.index(middle) <= index:
                low = middle
            else:
                high = middle - 1
        return low

    def copy(self, slot, start, stop, frame_type, out):
        """Write part of a held slot as a frame of its own.

        Its time is that of its first sample, reckoned with the frame's period, and what
        happened before the frame (`FIRST_FLAGS`) is told by the first part alone.

        Args:
            slot: the slot.
            start: its first sample to be taken.
            stop: the sample after the last one.
            frame_type: live or replayed.
            out: buffer of at least the frame size.

        Returns:
            The frame's length.
        """
        at = self._place(slot)
        view = self._view
        out[:HEADER_SIZE] = view[at : at + HEADER_SIZE]
        out[0] = out[0] & 0xF0 | frame_type
        out[_N] = stop - start
        if start:
            self._move_start(at, start, out)
        body = at + HEADER_SIZE
        size = (stop - start) * self.sample_size
        begin = body + start * self.sample_size
        out[HEADER_SIZE : HEADER_SIZE + size] = view[begin : begin + size]
        return HEADER_SIZE + size

    def _move_start(self, at, start, out):
        t0_us = self._read(at + _T0, 4) + start * self._read(at + _PERIOD, 2)
        index = self._read(at + _INDEX, 4) + start
        out[_FLAGS] &= ~FIRST_FLAGS
        out[_INDEX : _INDEX + 4] = index.to_bytes(4, "little")
        out[_T0 : _T0 + 4] = (t0_us & 0xFFFFFFFF).to_bytes(4, "little")

    def counts(self, slot, sample, zone):
        """Return one raw count of a held slot."""
        at = self._place(slot) + HEADER_SIZE + sample * self.sample_size + zone * ZONE_SIZE
        value = self._read(at, ZONE_SIZE)
        return value - 0x1000000 if value & 0x800000 else value

    def recent(self, zone, samples):
        """Return the raw counts of a zone over the newest samples, newest first."""
        values = []
        slot = self.head
        while slot >= self.tail and len(values) < samples:
            samples_there = range(self.count(slot) - 1, -1, -1)
            values += [self.counts(slot, sample, zone) for sample in samples_there]
            slot -= 1
        return values[:samples]
