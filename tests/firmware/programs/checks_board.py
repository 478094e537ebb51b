"""The real board's hardware object over a fake `machine`; for MicroPython alone."""

import asyncio
import time
from array import array

import machine
from release_tool.app import Tool
from release_tool.hal.absent import AbsentForce
from release_tool.hal.board import Board, make_bus
from release_tool.hal.pins import PICO_W, XIAO_ESP32S3
from release_tool.wire.control import FEATURE_BATTERY, FEATURE_HAPTIC, FEATURE_LED, FEATURE_SLEEP
from release_tool.wire.frame import FLAG_FAULT

from bench import FakeStore

_DATA_PIN = 9


class Force:
    """A force driver that is ready when its pin says so."""

    zones = 2
    kinds = 0b10
    rate_hz = 80
    max_hz = 320
    data_ready = _DATA_PIN
    newtons_per_count = 0.25
    touch_per_count = 0.125

    def __init__(self):
        self.value = 0

    def read_into(self, counts):
        counts[0] = self.value
        return 0

    def set_rate(self, hz):
        self.rate_hz = 320 if hz > 200 else 80
        return self.rate_hz


class Imu:
    """A motion driver, mounted with its y axis along the tool's x."""

    accel_range_g = 4
    gyro_range_dps = 500
    accel_per_lsb = 0.5
    gyro_per_lsb = 0.25
    axes = (2, -1, 3)

    def read_into(self, values):
        values[0] = 7
        return True


def until(condition):
    """Let tasks run until a condition holds."""

    async def wait():
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep_ms(1)
        raise AssertionError

    return wait()


def check_identity_and_features():
    board = Board()
    assert board.serial == b"\x01\x02\x03\x04\x05\x06\x00\x00"
    assert board.model == "xiao-esp32s3"
    assert board.features == FEATURE_HAPTIC | FEATURE_LED | FEATURE_BATTERY
    plain = Board(pins=PICO_W)
    assert plain.features == FEATURE_HAPTIC
    assert plain.battery() == 255
    assert not plain.led(1, 1, 1)


def check_a_board_with_a_motion_sensor_tells_its_scales():
    tool = Tool(Board(Force(), Imu()), FakeStore())
    calibration = tool.config.calibration
    assert (calibration.accel, calibration.gyro, calibration.axes) == (0.5, 0.25, (2, -1, 3))
    assert tool.ring.layout == 0x12
    assert Board(Force()).factory_calibration().axes == (0, 0, 0)


def check_data_ready_brings_a_sample_with_the_ticks_of_its_interrupt():
    force = Force()
    board = Board(force)
    tool = Tool(board, FakeStore())
    assert board.factory_calibration().kinds == (0, 1)
    assert board.factory_calibration().scales == (0.25, 0.125)

    async def main():
        task = asyncio.create_task(tool._sample())
        for value in (5, 6, 7):
            force.value = value
            before = time.ticks_us()
            machine.Pin.made[_DATA_PIN].handler(None)
            after = time.ticks_us()
            taken = tool.sampler.index
            await until(lambda taken=taken: tool.sampler.index > taken)
            assert time.ticks_diff(board.sample_ticks, before) >= 0
            assert time.ticks_diff(after, board.sample_ticks) >= 0
        task.cancel()

    asyncio.run(main())
    assert tool.ring.recent(0, 3) == [7, 6, 5]


def check_a_board_without_sensors_says_so():
    board = Board()
    tool = Tool(board, FakeStore())

    async def main():
        board.start()
        task = asyncio.create_task(tool._sample())
        await until(lambda: tool.sampler.index >= 2)
        task.cancel()
        board._beat.cancel()

    asyncio.run(main())
    assert tool.ring.flags(tool.ring.tail) & FLAG_FAULT
    assert AbsentForce(3).read_into(None) == 0b111


def check_the_watchdog_is_started_late_and_fed():
    board = Board()
    board.feed()
    assert machine.WDT.fed == 0

    async def main():
        board.start()
        board.feed()
        board._beat.cancel()

    asyncio.run(main())
    assert machine.WDT.fed == 1


def check_haptic_patterns_end_with_the_motor_off():
    board = Board()
    motor = machine.Pin.made[XIAO_ESP32S3["haptic"]]

    async def main():
        assert board.haptic(1)
        await until(lambda: len(motor.history) == 1)
        assert board.haptic(2)
        await until(lambda: motor.history[-2:] == [1, 0])
        await board._playing
        del motor.history[:]
        assert board.haptic(0)
        await asyncio.sleep_ms(20)
        assert 1 not in motor.history
        assert board.haptic(1)
        await until(lambda: motor.level == 1)
        assert board.haptic(0)
        assert motor.level == 0
        await asyncio.sleep_ms(20)
        assert motor.level == 0

    asyncio.run(main())


def check_a_press_is_heard_once_debounced():
    board = Board()
    pin = machine.Pin.made[XIAO_ESP32S3["button"]]
    pressed = []

    async def watch():
        while True:
            await board.button()
            pressed.append(1)

    async def main():
        task = asyncio.create_task(watch())
        pin.level = 1
        pin.handler(pin)
        await asyncio.sleep_ms(100)
        assert not pressed
        pin.level = 0
        pin.handler(pin)
        pin.handler(pin)
        await until(lambda: pressed)
        task.cancel()

    asyncio.run(main())


def check_battery_in_per_cent():
    board = Board()
    for microvolts, percent in ((1_500_000, 0), (1_650_000, 0), (1_862_500, 50), (2_200_000, 100)):
        machine.ADC.microvolts = microvolts
        assert board.battery() == percent


def check_rate_bus_light_and_sleep():
    board = Board(Force())
    assert board.set_rate(300) == 320
    assert board.rate_hz == 320
    assert make_bus().wiring == (0, 5, 6, 400_000)
    assert board.led(0, 9, 0)
    assert machine.Pin.made[XIAO_ESP32S3["led"]].level == 1
    assert board.read_into(array("i", [0, 0]), array("h", [0] * 6)) == 0


class Esp32:
    WAKEUP_ALL_LOW = 0
    wakes = []  # noqa: RUF012

    @staticmethod
    def wake_on_ext0(pin, level):
        Esp32.wakes.append((pin.number, level))


def check_only_a_board_that_wakes_up_again_offers_sleep():
    from release_tool.hal import board as module

    assert not Tool(Board(), FakeStore()).sleep_soon()
    module.esp32 = Esp32
    board = Board()
    assert board.can_sleep
    assert board.features & FEATURE_SLEEP
    board.sleep()
    module.esp32 = None
    assert machine.reset == ["deepsleep"]
    assert Esp32.wakes == [(XIAO_ESP32S3["button"], 0)]


def check_boot_and_main_obey_the_button():
    from release_tool import safe

    class Held(machine.Pin):
        def value(self, _level=None):
            return 0

    real = machine.Pin
    firmware = __import__("sys").path[0]
    for kind, mode in ((Held, True), (real, False)):
        machine.Pin = kind
        with open(firmware + "/boot.py") as file:
            exec(file.read(), {"__name__": "__main__"})
        assert safe.mode is mode
    machine.Pin = real
    safe.mode = True
    with open(firmware + "/main.py") as file:
        exec(file.read(), {"__name__": "__main__"})
