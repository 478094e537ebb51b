"""A tool on the bench: hardware whose readings and time a check sets."""

from array import array

from release_tool.calibration import KIND_CONTACT, KIND_LOAD_CELL, Calibration
from release_tool.hal import BATTERY_UNKNOWN
from release_tool.hal.virtual import wrap_diff

TICKS_SPAN = 1 << 30
_HALF_SPAN = 1 << 29
SERIAL = bytes(range(1, 9))
SCALE = 0.5


class FakeHardware:
    """The hardware interface; every sample is one period later."""

    model = "bench"
    hardware = 3
    features = 0
    can_sleep = False
    max_hz = 320
    accel_range_g = 4
    gyro_range_dps = 500

    def __init__(self, n_force=2, imu=1, rate_hz=100, ticks=0, contact=0):
        self.serial = SERIAL
        self.n_force = n_force
        self.kinds = contact
        self.imu = imu
        self.rate_hz = rate_hz
        self.period_us = 1_000_000 // rate_hz
        self.sample_ticks = ticks
        self.counts = array("i", [0] * n_force)
        self.motion = array("h", [1, -2, 3, -4, 5, -6])
        self.found = 0
        self.charge = BATTERY_UNKNOWN
        self.fed = 0
        self.felt = []
        self.begun = 0
        self.random = 0

    def factory_calibration(self):
        kinds = [
            KIND_CONTACT if self.kinds >> zone & 1 else KIND_LOAD_CELL
            for zone in range(self.n_force)
        ]
        zones = [0] * self.n_force
        return Calibration(0, kinds, zones, [SCALE] * self.n_force)

    def advance(self, microseconds):
        """Let time pass; the wrap in two steps, as 2^30 is an object on a 32-bit board."""
        rest = self.sample_ticks - _HALF_SPAN + microseconds
        if rest >= _HALF_SPAN:
            self.sample_ticks = rest - _HALF_SPAN
        else:
            self.sample_ticks += microseconds

    def ticks_us(self):
        return self.sample_ticks

    def ticks_diff(self, later, earlier):
        return wrap_diff(later, earlier)

    def read_into(self, counts, imu):
        self.advance(self.period_us)
        zone = 0
        while zone < self.n_force:
            counts[zone] = self.counts[zone]
            zone += 1
        if self.imu:
            axis = 0
            while axis < 6:
                imu[axis] = self.motion[axis]
                axis += 1
        return self.found

    def begin(self):
        self.begun += 1

    def set_rate(self, hz):
        self.rate_hz = 80 if hz < 200 else 320
        self.period_us = 1_000_000 // self.rate_hz
        return self.rate_hz

    def battery(self):
        return self.charge

    def feed(self):
        self.fed += 1

    def haptic(self, pattern):
        self.felt.append(pattern)
        return True

    def led(self, _red, _green, _blue):
        return False

    def urandom(self, count):
        self.random += 1
        return bytes((self.random + place) & 0xFF for place in range(count))


class FakeStore:
    """Remembers in memory; or refuses to."""

    def __init__(self, config=None):
        self.config = config
        self.broken = False
        self.damaged = False

    def load(self):
        return self.config

    def save(self, config):
        if self.broken:
            raise OSError(28)
        self.config = config


class FakeStream:
    """What `Control` sees of a session."""

    def __init__(self, tool):
        from release_tool.live import Replays

        self.tool = tool
        self.replays = Replays(tool.ring)
        self.streaming = False

    def start(self, batch):
        self.streaming = True
        self.tool.sampler.flush()
        return batch or 9, self.tool.sampler.uid, self.tool.sampler.index

    def stop(self):
        self.streaming = False


def refuses(error, function, *arguments):
    """Return whether calling a function raises this error."""
    try:
        function(*arguments)
    except error:
        return True
    return False
