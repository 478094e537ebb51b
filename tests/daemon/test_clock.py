"""Clocks: the machine's own, and one that plays at another speed."""

import asyncio
import time

import pytest

from ql_release import clock as clocks
from ql_release.clock import SystemClock, VirtualClock


class Machine:
    """Stands in for the machine's time, which a test cannot wait for."""

    def __init__(self) -> None:
        self.wall_us = 1_700_000_000_000_000
        self.up_s = 500.0

    def time_ns(self) -> int:
        """Return the wall time."""
        return self.wall_us * 1000

    def monotonic(self) -> float:
        """Return the seconds since the machine's start."""
        return self.up_s

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.wall_us += round(seconds * 1_000_000)
        self.up_s += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(clocks, "time", machine)
    return machine


def test_the_machines_clock_is_the_machines() -> None:
    clock = SystemClock()
    before = time.time_ns() // 1000, time.monotonic()
    now = clock.now_us(), clock.monotonic()
    assert before <= now <= (time.time_ns() // 1000, time.monotonic())
    assert clock.real_seconds(3.5) == 3.5


async def test_the_machines_clock_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    await SystemClock().sleep(2.0)
    await VirtualClock(8.0, 0.0).sleep(2.0)
    assert slept == [2.0, 0.25]


@pytest.mark.parametrize("speed", [0.5, 1.0, 10.0, 1000.0])
def test_a_play_at_any_speed_meets_the_machines_time_at_its_end(
    machine: Machine, speed: float
) -> None:
    duration = 190.0
    started_us = machine.wall_us
    clock = VirtualClock(speed, duration)
    assert clock.monotonic() == 0.0
    real = duration / speed
    assert clock.now_us() == started_us + round((real - duration) * 1_000_000)
    machine.pass_by(real / 2)
    assert clock.monotonic() == pytest.approx(duration / 2)
    machine.pass_by(real / 2)
    assert clock.now_us() == pytest.approx(machine.wall_us, abs=1)


def test_a_second_of_the_play_lasts_less_on_the_machine(machine: Machine) -> None:
    assert VirtualClock(10.0, 60.0).real_seconds(5.0) == 0.5


def test_processes_that_are_told_one_start_share_one_time(machine: Machine) -> None:
    started_us = machine.wall_us
    first = VirtualClock(10.0, 60.0, started_us)
    machine.pass_by(1.25)
    second = VirtualClock(10.0, 60.0, started_us)
    assert second.monotonic() == pytest.approx(first.monotonic()) == pytest.approx(12.5)
    assert second.now_us() == pytest.approx(first.now_us(), abs=2)


def test_the_wall_clock_may_be_set_during_a_play(machine: Machine) -> None:
    clock = VirtualClock(10.0, 60.0)
    began = clock.now_us()
    machine.wall_us -= 3_600_000_000
    machine.up_s += 1.0
    assert clock.now_us() - began == 10_000_000


@pytest.mark.parametrize(("speed", "duration"), [(0.0, 1.0), (-1.0, 1.0), (1.0, -0.1)])
def test_a_play_must_go_forward(speed: float, duration: float) -> None:
    with pytest.raises(ValueError, match="must"):
        VirtualClock(speed, duration)
