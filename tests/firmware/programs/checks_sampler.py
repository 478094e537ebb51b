"""The sampler: what it packs, and that it allocates nothing."""

from array import array

from release_tool.clock import DeviceClock
from release_tool.hal import FAULT_IMU, SATURATED
from release_tool.ring import FrameRing
from release_tool.sampler import Sampler
from release_tool.wire.frame import (
    FLAG_CALIBRATION,
    FLAG_FAULT,
    FLAG_GAP,
    FLAG_LOW_BATTERY,
    FLAG_SATURATED,
)

from bench import TICKS_SPAN, FakeHardware

try:
    from micropython import heap_lock, heap_unlock
except ImportError:
    heap_lock = None

FRAME = 244


class Bench:
    def __init__(self, hal, slots=8, index_limit=1 << 30):
        self.hal = hal
        self.uids = 0
        self.ring = FrameRing(slots, FRAME, hal.n_force, hal.imu)
        self.clock = DeviceClock(hal.ticks_us, hal.ticks_diff)
        self.sampler = Sampler(
            hal,
            self.clock,
            self.ring,
            self.new_uid,
            offsets=[1000 + zone for zone in range(hal.n_force)],
            index_limit=index_limit,
        )

    def new_uid(self):
        self.uids += 1
        return 0x1122334455660000 + self.uids

    def take(self, samples):
        return [self.sampler.take() for _ in range(samples)]

    def header(self, slot):
        out = bytearray(FRAME)
        self.ring.copy(slot, 0, self.ring.count(slot), 1, out)
        return {
            "flags": out[1],
            "stream": int.from_bytes(out[2:4], "little"),
            "index": int.from_bytes(out[4:8], "little"),
            "t0_us": int.from_bytes(out[8:12], "little"),
            "period_us": int.from_bytes(out[12:14], "little"),
            "layout": out[14],
            "n": out[15],
        }


def check_samples_become_frames():
    bench = Bench(FakeHardware(n_force=4))
    bench.hal.counts = array("i", [1, -2, 0x7FFFFF, -0x800000])
    assert bench.take(9) == [False] * 8 + [True]
    assert bench.header(0) == {
        "flags": 0,
        "stream": 1,
        "index": 0,
        "t0_us": 10000,
        "period_us": 10000,
        "layout": 0x14,
        "n": 9,
    }
    assert [bench.ring.counts(0, 8, zone) for zone in range(4)] == [1, -2, 0x7FFFFF, -0x800000]
    bench.take(1)
    assert bench.header(1)["index"] == 9
    assert bench.header(1)["t0_us"] == 100000


def check_time_goes_on_over_the_tick_wrap():
    bench = Bench(FakeHardware(n_force=4, ticks=TICKS_SPAN - 95_000))
    bench.take(30)
    assert [bench.header(slot)["t0_us"] for slot in range(3)] == [10000, 100000, 190000]
    assert [bench.header(slot)["flags"] for slot in range(3)] == [0, 0, 0]


def check_the_low_32_bits_of_a_long_time():
    hal = FakeHardware(n_force=4, rate_hz=1)
    hal.period_us = 400_000_000
    bench = Bench(hal)
    bench.take(20)
    assert bench.header(bench.ring.head)["t0_us"] == 20 * 400_000_000 & 0xFFFFFFFF


def check_the_period_is_measured():
    bench = Bench(FakeHardware(n_force=4))
    bench.hal.period_us = 10_037
    bench.take(19)
    assert bench.header(0)["period_us"] == 10_000
    assert bench.header(1)["period_us"] == 10_037
    assert bench.sampler.period_us == 10_037


def check_a_missed_sample_begins_a_flagged_frame():
    bench = Bench(FakeHardware(n_force=4))
    bench.take(4)
    bench.hal.advance(10_000)
    assert bench.take(2) == [True, False]
    assert bench.header(0)["n"] == 4
    assert bench.header(1)["flags"] == FLAG_GAP
    assert bench.header(1)["t0_us"] == 60_000
    assert bench.header(1)["period_us"] == 10_000
    bench.take(7)
    bench.take(1)
    assert bench.header(2)["flags"] == 0


def check_a_gap_between_two_frames_is_flagged():
    bench = Bench(FakeHardware(n_force=4))
    bench.take(9)
    bench.hal.advance(500_000)
    bench.take(1)
    assert bench.header(1)["flags"] == FLAG_GAP
    assert bench.header(1)["period_us"] == 10_000


def check_a_new_rate_is_followed():
    bench = Bench(FakeHardware(n_force=4))
    bench.take(9)
    bench.hal.period_us = 12_500
    bench.take(30)
    assert bench.sampler.period_us == 12_500
    slot = bench.ring.head
    assert bench.header(slot)["period_us"] == 12_500


def check_faults_and_saturation_are_flagged():
    bench = Bench(FakeHardware(n_force=4))
    bench.take(3)
    bench.hal.found = SATURATED
    bench.take(1)
    bench.hal.found = 0b0101 | FAULT_IMU
    bench.take(1)
    assert bench.header(0)["flags"] == FLAG_SATURATED | FLAG_FAULT
    assert bench.sampler.faults == 0b0101 | FAULT_IMU
    bench.hal.found = 0
    bench.take(5)
    assert bench.header(1)["flags"] == 0


def check_a_calibration_begins_a_flagged_frame():
    bench = Bench(FakeHardware(n_force=4))
    bench.take(4)
    bench.sampler.set_offsets([5, 6, 7, 8])
    bench.take(10)
    assert bench.header(0)["n"] == 4
    assert bench.header(1)["flags"] == FLAG_CALIBRATION
    assert bench.header(1)["index"] == 4
    assert bench.header(2)["flags"] == 0


def check_a_low_battery_is_flagged():
    bench = Bench(FakeHardware(n_force=4))
    bench.sampler.low_battery = True
    bench.take(1)
    assert bench.header(0)["flags"] == FLAG_LOW_BATTERY


def check_unmeasured_zones_read_as_empty():
    bench = Bench(FakeHardware(n_force=4))
    bench.hal.counts = array("i", [50, 51, 52, 53])
    bench.sampler.mask = 0b0110
    bench.take(1)
    assert [bench.ring.counts(0, 0, zone) for zone in range(4)] == [1000, 51, 52, 1003]


def check_a_new_stream_begins_at_the_end_of_the_index():
    bench = Bench(FakeHardware(n_force=4), index_limit=12)
    bench.take(11)
    assert (bench.sampler.uid & 0xFFFF, bench.sampler.index) == (1, 11)
    assert bench.take(1) == [True]
    assert (bench.sampler.uid & 0xFFFF, bench.sampler.index) == (2, 0)
    assert (bench.ring.first, bench.ring.end) == (0, 0)
    bench.take(2)
    assert [bench.header(slot)["n"] for slot in range(3)] == [9, 3, 2]
    assert [bench.header(slot)["stream"] for slot in range(3)] == [1, 1, 2]
    assert bench.header(2)["flags"] == 0
    assert (bench.sampler.uid & 0xFFFF, bench.sampler.index) == (2, 2)
    assert bench.ring.first == 0
    assert bench.ring.end == 2
    assert bench.header(bench.ring.head)["stream"] == 2


def allocates(bench, samples):
    """Return whether taking samples needs memory; on CPython there is no telling."""
    take = bench.sampler.take
    take()
    if heap_lock is None:
        return False
    heap_lock()
    try:
        place = 0
        while place < samples:
            take()
            place += 1
    except MemoryError:
        return True
    finally:
        heap_unlock()
    return False


def check_sampling_allocates_nothing():
    for zones, imu in ((1, 0), (4, 1), (8, 1)):
        bench = Bench(FakeHardware(n_force=zones, imu=imu))
        bench.hal.counts = array("i", [0x7FFFFF, -0x800000] * 4)
        bench.sampler.mask = 0b01111101
        assert not allocates(bench, 500)


def check_sampling_allocates_nothing_over_the_tick_wrap_and_near_the_last_index():
    bench = Bench(FakeHardware(n_force=8, ticks=TICKS_SPAN - 1_000_000))
    bench.sampler.index = (1 << 30) - 600
    assert not allocates(bench, 500)


def check_sampling_allocates_nothing_with_gaps_faults_and_calibrations():
    bench = Bench(FakeHardware(n_force=8))
    bench.hal.found = SATURATED | FAULT_IMU | 0b11111111
    for _ in range(5):
        bench.hal.advance(70_000)
        bench.sampler.set_offsets([0] * 8)
        assert not allocates(bench, 50)


def check_the_heap_lock_would_tell():
    """Guards the three checks above: an allocation under the lock is an error."""

    class Wasteful:
        class sampler:  # noqa: N801
            @staticmethod
            def take():
                return bytearray(50)

    assert heap_lock is None or allocates(Wasteful, 1)
