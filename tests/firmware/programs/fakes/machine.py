"""A board's `machine` module that remembers what was done to it."""

reset = []


class Pin:
    IN = 0
    OUT = 1
    PULL_UP = 2
    IRQ_FALLING = 4
    IRQ_RISING = 8
    made = {}  # noqa: RUF012

    def __init__(self, number, mode=None, pull=None, value=1):
        self.number = number
        self.mode = mode
        self.level = value
        self.handler = None
        self.history = []
        Pin.made[number] = self

    def irq(self, handler, trigger):
        self.handler = handler
        self.trigger = trigger

    def value(self, level=None):
        if level is None:
            return self.level
        self.level = level
        self.history.append(level)
        return None


class ADC:
    microvolts = 1_900_000

    def __init__(self, number):
        self.number = number

    def read_uv(self):
        return ADC.microvolts


class I2C:
    def __init__(self, bus, sda, scl, freq):
        self.wiring = (bus, sda.number, scl.number, freq)


class WDT:
    fed = 0

    def __init__(self, timeout):
        self.timeout = timeout
        WDT.started = True

    def feed(self):
        WDT.fed += 1


def unique_id():
    return b"\x01\x02\x03\x04\x05\x06"


def deepsleep():
    reset.append("deepsleep")
