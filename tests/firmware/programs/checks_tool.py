"""What the tool does by itself: limits, faults, battery, reports, watchdog."""

import struct
from array import array

from release_tool.app import Tool
from release_tool.config import Config
from release_tool.hal import FAULT_IMU
from release_tool.links.link import Backoff
from release_tool.pressure import PressureGuard
from release_tool.supervisor import Supervisor
from release_tool.wire.frame import FLAG_LOW_BATTERY

from bench import SERIAL, FakeHardware, FakeStore

UID = 0xA1A2A3A4A5A6A7A8


class Listener:
    """A session that only hears events."""

    def __init__(self):
        self.events = []

    def tell(self, frame):
        assert frame[0] == 0x12
        kind, device_us, value = struct.unpack_from("<BQf", frame, 16)
        self.events.append((kind, value))
        assert device_us & 0xFFFFFFFF == int.from_bytes(frame[8:12], "little")


class Bench:
    def __init__(self, limit_n=0.0, **hardware):
        self.hal = FakeHardware(**hardware)
        config = Config(self.hal.factory_calibration(), limit_n)
        self.tool = Tool(self.hal, FakeStore(config), new_uid=lambda: UID)
        self.listener = Listener()
        self.tool._sessions.append(self.listener)

    def run(self, samples, counts=None):
        if counts is not None:
            self.hal.counts = array("i", counts)
        for _ in range(samples):
            if self.tool.sampler.take():
                self.tool._look_after()

    @property
    def events(self):
        return self.listener.events


def check_too_much_force_is_felt_and_told_once_an_excursion():
    bench = Bench(limit_n=100.0)
    bench.run(100, [100, 80])
    assert (bench.events, bench.hal.felt) == ([], [])
    bench.run(200, [120, 90])
    assert (bench.events, bench.hal.felt) == ([(2, 105.0)], [1])
    bench.run(100, [110, 80])
    bench.run(100, [120, 90])
    assert len(bench.events) == 1
    bench.run(100, [90, 80])
    bench.run(100, [130, 90])
    assert bench.events == [(2, 105.0), (2, 110.0)]


def check_a_short_push_is_not_told():
    guard = PressureGuard()
    assert not guard.exceeded(150, 100, 0)
    assert not guard.exceeded(150, 100, 499_999)
    assert not guard.exceeded(95, 100, 600_000)
    assert not guard.exceeded(150, 100, 700_000)
    assert guard.exceeded(150, 100, 1_200_000)
    assert not guard.exceeded(150, 100, 1_300_000)


def check_without_a_limit_no_force_is_too_much():
    bench = Bench()
    bench.run(300, [1_000_000, 1_000_000])
    assert bench.events == []


def check_contact_zones_bear_no_newtons():
    bench = Bench(limit_n=100.0, contact=0b10)
    bench.run(300, [100, 1_000_000])
    assert bench.events == []


def check_each_fault_is_told_at_its_beginning():
    bench = Bench()
    bench.run(20)
    bench.hal.found = 0b10
    bench.run(50)
    assert bench.events == [(6, 1.0)]
    bench.hal.found = 0b10 | FAULT_IMU
    bench.run(50)
    assert bench.events == [(6, 1.0), (6, 255.0)]
    bench.hal.found = 0
    bench.run(50)
    bench.hal.found = 0b10
    bench.run(50)
    assert bench.events[2:] == [(6, 1.0)]


def standing(bench):
    listener = Listener()
    for frame in bench.tool.standing_faults():
        listener.tell(frame)
    return listener.events


def check_faults_that_stand_are_told_to_who_comes_later():
    bench = Bench()
    bench.run(20)
    assert standing(bench) == []
    bench.hal.found = 0b10 | FAULT_IMU
    bench.run(50)
    assert standing(bench) == [(6, 1.0), (6, 255.0)]
    assert len(bench.events) == 2
    bench.hal.found = 0
    bench.run(50)
    assert standing(bench) == []


def check_lost_settings_stand_until_settings_are_kept_again():
    bench = Bench()
    store = FakeStore()
    store.damaged = True
    bench.tool = Tool(bench.hal, store, new_uid=lambda: UID)
    assert standing(bench) == [(7, 0.0)]
    store.broken = True
    assert not bench.tool.keep(bench.tool.config)
    assert standing(bench) == [(7, 0.0)]
    store.broken = False
    assert bench.tool.keep(bench.tool.config)
    assert standing(bench) == []


def check_a_low_battery_is_told_and_flagged():
    bench = Bench()
    bench.hal.charge = 16
    bench.run(2000)
    assert bench.events == []
    bench.hal.charge = 15
    bench.run(3000)
    assert bench.events == [(5, 15.0)]
    assert bench.tool.ring.flags(bench.tool.ring.head) & FLAG_LOW_BATTERY
    bench.hal.charge = 17
    bench.run(2000)
    bench.hal.charge = 60
    bench.run(2000)
    bench.hal.charge = 10
    bench.run(2000)
    assert bench.events == [(5, 15.0), (5, 10.0)]


def check_the_status_frame_byte_by_byte():
    bench = Bench(limit_n=80.0)
    bench.run(60)
    tool = bench.tool
    tool.sampler.mask = 0b01
    before = tool.status(UID, 7, 0)
    assert struct.unpack_from("<BBHIIHBB", before, 0) == (
        0x13,
        0,
        UID & 0xFFFF,
        7,
        600_000,
        10_000,
        0x12,
        0,
    )
    assert struct.unpack_from("<QQQIBBf", before, 16) == (
        UID,
        600_000,
        0,
        0xFFFFFFFF,
        255,
        0b01,
        80.0,
    )
    assert before[16 + 34 :] == tool.config.calibration.encode()
    tool.host_time.set(1 << 50, tool.clock.now_us())
    bench.run(1234)
    after = struct.unpack_from("<QQQIBBf", tool.status(UID, 9, 0), 16)
    assert after[1:4] == (12_940_000, 1 << 50, 12)


def check_device_time_is_told_in_64_bits():
    bench = Bench(rate_hz=1)
    bench.run(5000)
    assert struct.unpack_from("<QQ", bench.tool.status(UID, 0, 0), 16) == (UID, 5_000_000_000)


def check_the_watchdog_is_fed_only_when_all_have_checked_in():
    fed = []
    supervisor = Supervisor(lambda: fed.append(1))
    supervisor.register("a")
    supervisor.register("b")
    assert not supervisor.poll()
    supervisor.check_in("a")
    assert not supervisor.poll()
    assert supervisor.missing() == ["b"]
    supervisor.check_in("b")
    assert supervisor.poll()
    assert len(fed) == 1
    assert not supervisor.poll()
    for _ in range(10):
        supervisor.check_in("b")
        assert not supervisor.poll()
    supervisor.release("a")
    assert supervisor.poll()
    assert len(fed) == 2


def check_waits_double_up_to_a_limit_and_start_again():
    backoff = Backoff(FakeHardware())
    waits = [backoff.next_ms() for _ in range(10)]
    for place, wait in enumerate(waits):
        longest = min(30_000, 250 * 2**place)
        assert longest // 2 <= wait <= longest
    backoff.reset()
    assert backoff.next_ms() <= 250


def check_a_random_uid_by_default():
    tool = Tool(FakeHardware(), FakeStore())
    other = Tool(FakeHardware(), FakeStore())
    assert tool.sampler.uid == other.sampler.uid  # the bench's random numbers are always the same
    assert tool.sampler.uid == int.from_bytes(bytes(range(1, 9)), "little")
    assert bytes(range(1, 9)) == SERIAL
