"""The real hardware: pins, bus, watchdog and the sensors' drivers, through `machine`.

Interrupts do two things only: note the ticks and set a flag. The drivers are given in, see
`drivers/README.md`.
"""

import asyncio
import os
import time

import machine

from release_tool.calibration import KIND_CONTACT, KIND_LOAD_CELL, Calibration
from release_tool.compat import const, sleep_ms
from release_tool.hal import BATTERY_UNKNOWN, FAULT_IMU
from release_tool.hal.absent import AbsentForce
from release_tool.hal.pins import XIAO_ESP32S3
from release_tool.wire.control import (
    FEATURE_BATTERY,
    FEATURE_HAPTIC,
    FEATURE_LED,
    FEATURE_SLEEP,
)

try:
    import esp32
except ImportError:
    esp32 = None

_I2C_HZ = const(400_000)
# The longest that the RP2040's watchdog takes is 8,388 ms.
_WATCHDOG_MS = const(8000)
_SERIAL_SIZE = const(8)
# A sensor that gives nothing for so long is read all the same, and found at fault.
_SILENCE_MS = const(1000)
# A press is over when the contacts have stopped bouncing.
_DEBOUNCE_MS = const(50)
# Motor on and off in turn, ms; pattern 1 is the first, 0 is off.
_PATTERNS = ((300, 100, 300), (80,), (60, 60, 60, 60, 60))
# A lithium cell through a divider by two: empty and full, in mV.
_DIVIDER = const(2)
_CELL_EMPTY_MV = const(3300)
_CELL_FULL_MV = const(4150)
_PERCENT = const(100)


class Board:
    """The hardware interface of `release_tool.hal` on a microcontroller.

    Args:
        force: the force sensors' driver; without one every zone is at fault.
        imu: the motion sensor's driver, None without one.
        pins: one of `release_tool.hal.pins`.
        hardware: revision of the tool.
    """

    def __init__(self, force=None, imu=None, pins=XIAO_ESP32S3, hardware=1):
        self._force = AbsentForce() if force is None else force
        self._imu = imu
        self.model = pins["model"]
        self.hardware = hardware
        self.serial = (machine.unique_id() + bytes(_SERIAL_SIZE))[:_SERIAL_SIZE]
        self.n_force = self._force.zones
        self.kinds = self._force.kinds
        self.imu = 0 if imu is None else 1
        self.max_hz = self._force.max_hz
        self.rate_hz = self._force.rate_hz
        self.accel_range_g = 0 if imu is None else imu.accel_range_g
        self.gyro_range_dps = 0 if imu is None else imu.gyro_range_dps
        self.sample_ticks = 0
        # Elsewhere nothing would wake the tool again.
        self.can_sleep = esp32 is not None
        self.features = FEATURE_SLEEP if self.can_sleep else 0
        self._ready = asyncio.ThreadSafeFlag()
        self._pressed = asyncio.ThreadSafeFlag()
        self._data_ticks = time.ticks_us()
        self._heard = False
        self._dog = None
        self._playing = None
        self._set_pins(pins)

    def _set_pins(self, pins):
        pin = machine.Pin
        self._button = pin(pins["button"], pin.IN, pin.PULL_UP)
        self._button.irq(self._on_button, pin.IRQ_FALLING)
        self._motor = self._output(pins["haptic"], FEATURE_HAPTIC)
        self._light = self._output(pins["led"], FEATURE_LED)
        self._cell = None
        if pins["battery"] is not None:
            self._cell = machine.ADC(pins["battery"])
            self.features |= FEATURE_BATTERY
        if self._force.data_ready is not None:
            line = pin(self._force.data_ready, pin.IN)
            line.irq(self._on_data, pin.IRQ_RISING)

    def _output(self, number, feature):
        if number is None:
            return None
        self.features |= feature
        return machine.Pin(number, machine.Pin.OUT, value=0)

    def _on_data(self, _line):
        self._data_ticks = time.ticks_us()
        self._heard = True
        self._ready.set()

    def _on_button(self, _pin):
        self._pressed.set()

    def start(self):
        """Start the watchdog, which cannot be stopped again, and what keeps the beat."""
        self._dog = machine.WDT(timeout=_WATCHDOG_MS)
        self._beat = asyncio.create_task(self._keep_beat())

    async def _keep_beat(self):
        """Wake the sampler when the sensor's own signal does not come."""
        own = self._force.data_ready is None
        while True:
            await sleep_ms(1000 // self.rate_hz if own else _SILENCE_MS)
            if not self._heard:
                self._data_ticks = time.ticks_us()
                self._ready.set()
            self._heard = False

    def factory_calibration(self):
        """Return the drivers' nominal scales, with zero at zero."""
        zones = range(self.n_force)
        kinds = [KIND_CONTACT if self.kinds >> z & 1 else KIND_LOAD_CELL for z in zones]
        force = self._force.newtons_per_count
        touch = self._force.touch_per_count if self.kinds else 0.0
        scales = [force if kind == KIND_LOAD_CELL else touch for kind in kinds]
        offsets = [0 for _ in zones]
        if self._imu is None:
            return Calibration(0, kinds, offsets, scales)
        return Calibration(
            0,
            kinds,
            offsets,
            scales,
            accel=self._imu.accel_per_lsb,
            gyro=self._imu.gyro_per_lsb,
            axes=self._imu.axes,
        )

    def ticks_us(self):
        """Return the microsecond counter, which wraps at 2^30."""
        return time.ticks_us()

    def ticks_diff(self, later, earlier):
        """Return the signed distance of two ticks."""
        return time.ticks_diff(later, earlier)

    async def sleep_ms(self, milliseconds):
        """Wait."""
        await sleep_ms(milliseconds)

    def begin(self):
        """Do nothing: the sensors always run."""

    async def ready(self):
        """Wait for the sensors' data-ready signal."""
        await self._ready.wait()

    def read_into(self, counts, imu):
        """Fill in the raw counts and motion values; see `release_tool.hal`."""
        self.sample_ticks = self._data_ticks
        found = self._force.read_into(counts)
        if self._imu is not None and not self._imu.read_into(imu):
            found |= FAULT_IMU
        return found

    def set_rate(self, hz):
        """Set the force sensors' rate; return the nearest there is."""
        self.rate_hz = self._force.set_rate(hz)
        return self.rate_hz

    def battery(self):
        """Return the cell's charge in per cent, roughly, from its voltage."""
        if self._cell is None:
            return BATTERY_UNKNOWN
        millivolts = self._cell.read_uv() * _DIVIDER // 1000
        span = _CELL_FULL_MV - _CELL_EMPTY_MV
        return min(_PERCENT, max(0, (millivolts - _CELL_EMPTY_MV) * _PERCENT // span))

    def feed(self):
        """Feed the watchdog."""
        if self._dog is not None:
            self._dog.feed()

    def haptic(self, pattern):
        """Play a pattern on the motor, instead of one that is still playing; 0 ends that one."""
        if self._motor is None:
            return False
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None
            self._motor.value(0)
        if pattern:
            steps = _PATTERNS[(pattern - 1) % len(_PATTERNS)]
            self._playing = asyncio.create_task(self._play(steps))
        return True

    async def _play(self, steps):
        try:
            for place, step_ms in enumerate(steps):
                self._motor.value(1 - place % 2)
                await sleep_ms(step_ms)
        finally:
            self._motor.value(0)

    def led(self, red, green, blue):
        """Switch the light on for any colour but black: it has one."""
        if self._light is None:
            return False
        self._light.value(1 if red or green or blue else 0)
        return True

    def sleep(self):
        """Sleep until the button wakes the tool, which then boots anew."""
        esp32.wake_on_ext0(self._button, esp32.WAKEUP_ALL_LOW)
        machine.deepsleep()

    def urandom(self, count):
        """Return random bytes."""
        return os.urandom(count)

    async def button(self):
        """Wait for a press."""
        while True:
            await self._pressed.wait()
            await sleep_ms(_DEBOUNCE_MS)
            if not self._button.value():
                return


def make_bus(pins=XIAO_ESP32S3):
    """Return the I2C bus for the drivers."""
    return machine.I2C(0, sda=machine.Pin(pins["sda"]), scl=machine.Pin(pins["scl"]), freq=_I2C_HZ)
