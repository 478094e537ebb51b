"""The ring, and its two readers: live stream and replay."""

from array import array

from release_tool.app import Tool
from release_tool.clock import DeviceClock
from release_tool.hal.virtual import wrap_diff
from release_tool.live import MAX_BACKLOG, MAX_REPLAYS, LiveCursor, Replays
from release_tool.ring import FrameRing
from release_tool.wire.frame import (
    FLAG_CALIBRATION,
    FLAG_FAULT,
    FLAG_GAP,
    HEADER_SIZE,
    TYPE_REPLAYED,
    TYPE_SAMPLES,
)

from bench import FakeHardware, FakeStore

FRAME = 244
NO_MOTION = array("h", [0] * 6)


class Filled:
    """A ring with frames of known samples: zone 0 holds the index, zone 1 its negative."""

    def __init__(self, slots=4, n_force=2, imu=0, period=10000):
        self.ring = FrameRing(slots, FRAME, n_force, imu)
        self.clock = DeviceClock(lambda: 0, wrap_diff)
        self.index = 0
        self.period = period

    def add(self, samples, flags=0):
        ring = self.ring
        for _ in range(samples):
            if not ring.filling:
                self.clock.at(self.index * self.period % (1 << 29))
                ring.open(flags, 0xBEEF, self.index, self.clock, self.period)
            ring.add(array("i", [self.index, -self.index]), NO_MOTION, 0)
            self.index += 1

    def indices(self, reader, batch=255):
        """Return the samples a reader gives, and check that each frame is what it says."""
        out = bytearray(FRAME)
        got = []
        while True:
            length = reader.take(batch, out)
            if not length:
                return got
            first = int.from_bytes(out[4:8], "little")
            assert length == HEADER_SIZE + out[15] * 6
            assert int.from_bytes(out[8:12], "little") == first * self.period & 0xFFFFFFFF
            for place in range(out[15]):
                at = HEADER_SIZE + place * 6
                assert int.from_bytes(out[at : at + 3], "little") == first + place
                got.append(first + place)


def check_capacity_is_what_a_notification_holds():
    for zones, samples in ((4, 9), (6, 7), (8, 6)):
        assert FrameRing(2, FRAME, zones, 1).capacity == samples


def check_live_stream_gives_every_sample_once_in_order():
    filled = Filled(slots=8)
    cursor = LiveCursor(filled.ring)
    cursor.begin()
    filled.add(100)
    filled.ring.close()
    assert filled.indices(cursor) == list(range(100))
    filled.add(3)
    assert filled.indices(cursor) == []
    filled.ring.close()
    assert filled.indices(cursor) == [100, 101, 102]


def check_small_batches_leave_before_the_frame_is_full():
    filled = Filled()
    cursor = LiveCursor(filled.ring)
    cursor.begin()
    filled.add(5)
    assert filled.indices(cursor, 2) == [0, 1, 2, 3]
    filled.add(1)
    assert filled.indices(cursor, 2) == [4, 5]
    assert cursor.index(99) == 6


def check_only_the_first_part_of_a_frame_tells_what_came_before_it():
    filled = Filled()
    filled.add(4, FLAG_GAP | FLAG_CALIBRATION | FLAG_FAULT)
    out = bytearray(FRAME)
    filled.ring.copy(0, 0, 2, TYPE_SAMPLES, out)
    assert out[1] == FLAG_GAP | FLAG_CALIBRATION | FLAG_FAULT
    filled.ring.copy(0, 2, 4, TYPE_SAMPLES, out)
    assert out[1] == FLAG_FAULT


def check_a_slow_reader_jumps_to_the_newest_frame():
    filled = Filled(slots=100)
    capacity = filled.ring.capacity
    cursor = LiveCursor(filled.ring)
    cursor.begin()
    filled.add(capacity * (MAX_BACKLOG + 5))
    newest = capacity * (MAX_BACKLOG + 4)
    assert cursor.index(0) == newest
    assert filled.indices(cursor) == list(range(newest, newest + capacity))
    assert cursor.skipped == MAX_BACKLOG + 4
    replays = Replays(filled.ring)
    assert replays.add(0, newest) == (0, newest)
    assert filled.indices(replays) == list(range(newest))


def check_a_reader_that_was_overtaken_goes_on_with_the_oldest():
    filled = Filled(slots=4)
    capacity = filled.ring.capacity
    cursor = LiveCursor(filled.ring)
    cursor.begin()
    filled.add(capacity * 10)
    assert filled.indices(cursor) == list(range(capacity * 6, capacity * 10))


def check_replay_gives_exactly_the_range():
    filled = Filled()
    capacity = filled.ring.capacity
    filled.add(capacity * 3)
    for first in (0, 1, capacity - 1, capacity, capacity + 3):
        for count in (1, 2, capacity, 2 * capacity - 4):
            replays = Replays(filled.ring)
            assert replays.add(first, count) == (first, count)
            assert filled.indices(replays) == list(range(first, first + count))
            assert not replays.pending


def check_replay_of_a_frame_still_being_filled():
    filled = Filled()
    filled.add(3)
    replays = Replays(filled.ring)
    assert replays.add(1, 10) == (1, 2)
    assert filled.indices(replays) == [1, 2]


def check_replay_says_what_is_gone():
    filled = Filled(slots=3)
    capacity = filled.ring.capacity
    filled.add(capacity * 5)
    replays = Replays(filled.ring)
    assert replays.add(0, capacity) == (2 * capacity, 0)
    assert not replays.pending
    assert replays.add(0, capacity * 2 + 4) == (2 * capacity, 4)
    assert filled.indices(replays) == list(range(2 * capacity, 2 * capacity + 4))


def check_replay_skips_what_goes_while_it_waits():
    filled = Filled(slots=3)
    capacity = filled.ring.capacity
    filled.add(capacity * 3)
    replays = Replays(filled.ring)
    replays.add(0, capacity * 3)
    filled.add(capacity * 2)
    assert filled.indices(replays) == list(range(capacity * 2, capacity * 3))


def check_replays_are_limited():
    filled = Filled()
    filled.add(filled.ring.capacity)
    replays = Replays(filled.ring)
    for _ in range(MAX_REPLAYS):
        assert not replays.full
        replays.add(0, 1)
    assert replays.full


def check_replayed_frames_say_so():
    filled = Filled()
    filled.add(2)
    replays = Replays(filled.ring)
    replays.add(0, 2)
    out = bytearray(FRAME)
    replays.take(255, out)
    assert out[0] == 0x10 | TYPE_REPLAYED


def check_a_new_stream_begins_behind_what_is_left_of_the_last_one():
    filled = Filled(slots=8)
    cursor = LiveCursor(filled.ring)
    cursor.begin()
    filled.add(50)
    filled.ring.begin_stream()
    assert filled.ring.first == filled.ring.end == 0
    filled.index = 0
    filled.add(7)
    filled.ring.close()
    assert filled.indices(cursor) == list(range(50)) + list(range(7))
    assert (filled.ring.first, filled.ring.end) == (0, 7)
    assert filled.ring.find(3) == filled.ring.origin
    replays = Replays(filled.ring)
    assert replays.add(0, 50) == (0, 7)
    assert filled.indices(replays) == list(range(7))


def check_what_was_asked_of_the_last_stream_is_not_answered_from_the_new_one():
    filled = Filled(slots=8)
    filled.add(50)
    replays = Replays(filled.ring)
    replays.add(0, 20)
    filled.ring.begin_stream()
    filled.index = 0
    filled.add(30)
    assert filled.indices(replays) == []
    for _ in range(MAX_REPLAYS):
        replays.add(0, 1)
    filled.ring.begin_stream()
    assert not replays.full


def check_a_cursor_that_sent_all_stands_at_the_next_slot():
    filled = Filled()
    cursor = LiveCursor(filled.ring)
    cursor.begin()
    filled.add(3)
    filled.indices(cursor, 3)
    assert cursor.slot == 0
    filled.ring.close()
    assert cursor.slot == 1
    assert not cursor.is_due(1)


def check_recent_counts_are_newest_first_and_signed():
    filled = Filled()
    filled.add(30)
    assert filled.ring.recent(0, 4) == [29, 28, 27, 26]
    assert filled.ring.recent(1, 3) == [-29, -28, -27]
    assert len(filled.ring.recent(0, 1000)) == 30


def check_the_tools_ring_holds_the_seconds_asked_for():
    tool = Tool(FakeHardware(n_force=8), FakeStore(), ring_seconds=60)
    assert tool.ring.samples >= 6000
