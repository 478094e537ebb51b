"""Device time and virtual time across the wrap of the tick counter."""

from release_tool.clock import DeviceClock
from release_tool.hal.virtual import VirtualTime, wrap_diff

SPAN = 1 << 30


class Ticks:
    def __init__(self, ticks):
        self.ticks = ticks

    def now(self):
        return self.ticks


def clock_at(ticks):
    counter = Ticks(ticks)
    return counter, DeviceClock(counter.now, wrap_diff)


def check_time_goes_on_where_the_ticks_wrap():
    counter, clock = clock_at(SPAN - 5)
    counter.ticks = 7
    assert clock.now_us() == 12


def check_many_wraps_add_up():
    counter, clock = clock_at(0)
    for step in range(1, 41):
        counter.ticks = step * (SPAN // 4) % SPAN
        clock.now_us()
    assert clock.now_us() == 10 * SPAN


def check_time_may_be_asked_a_little_back():
    counter, clock = clock_at(SPAN - 1)
    counter.ticks = 3
    assert clock.now_us() == 4
    clock.at(SPAN - 1)
    assert (clock.high, clock.low) == (0, 0)
    assert clock.now_us() == 4


def check_parts_carry_at_28_bits():
    counter, clock = clock_at(0)
    counter.ticks = (1 << 28) + 9
    clock.at(counter.ticks)
    assert (clock.high, clock.low) == (1, 9)
    clock.at((1 << 28) - 1)
    assert (clock.high, clock.low) == (0, (1 << 28) - 1)


def check_wrap_diff_is_signed_around_the_wrap():
    assert wrap_diff(3, SPAN - 2) == 5
    assert wrap_diff(SPAN - 2, 3) == -5
    assert wrap_diff(SPAN // 2 - 1, 0) == SPAN // 2 - 1
    assert wrap_diff(SPAN // 2, 0) == -(SPAN // 2)


def check_virtual_ticks_begin_where_told_and_wrap():
    time = VirtualTime(0, SPAN - 10)
    assert time.ticks() == SPAN - 10
    assert time.ticks(12) == 2


def check_speed_zero_stands_still_until_a_sample_moves_it():
    time = VirtualTime(0)
    assert time.now() == 0
    time.reach(5000)
    assert time.now() == 5000
    time.reach(4000)
    assert time.now() == 5000


def check_virtual_time_never_goes_back():
    time = VirtualTime(1000)
    last = 0
    for _ in range(100):
        now = time.now()
        assert now >= last
        last = now
