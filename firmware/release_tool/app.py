"""The tool: wires hardware, clock, ring, sampler and links together, and runs them."""

import asyncio

from release_tool.calibration import CalibrationHistory
from release_tool.clock import DeviceClock
from release_tool.compat import const
from release_tool.config import Config
from release_tool.hal import BATTERY_UNKNOWN, FAULT_IMU
from release_tool.links.session import Session
from release_tool.pressure import PressureGuard
from release_tool.reports import (
    EVENT_BUTTON,
    EVENT_CALIBRATED,
    EVENT_LOW_BATTERY,
    EVENT_OVER_PRESSURE,
    EVENT_SENSOR_FAULT,
    EVENT_STORAGE_FAULT,
    EVENT_TARED,
    ZONE_IMU,
    HostTime,
    Moment,
    event,
    status,
)
from release_tool.ring import FrameRing
from release_tool.sampler import Sampler
from release_tool.scales import Scales
from release_tool.supervisor import Supervisor
from release_tool.wire.frame import FLAG_LOW_BATTERY

# What a Bluetooth notification holds at an MTU of 247: a frame of the ring fits every link.
FRAME_SIZE = const(244)
RING_SECONDS = const(60)

_SAMPLER = "sampler"
_BATTERY_EVERY_US = const(10_000_000)
_BATTERY_LOW = const(15)
_BATTERY_FINE = const(20)
_PATTERN_OVER_PRESSURE = const(1)
# Time for the reply to leave.
_SLEEP_AFTER_MS = const(200)
_UID_SIZE = const(8)


class Tool:
    """One tool, shared by all its connections.

    Attributes:
        hal: the hardware.
        key: key of AUTH, None for none.
        config: what is remembered, see `Config`.
        calibrations: the `CalibrationHistory` of the samples in the ring.

    Args:
        hal: the hardware, see `release_tool.hal`.
        store: the `ConfigStore`.
        key: key of AUTH, None for none.
        ring_seconds: how much the ring holds.
        new_uid: function that returns the uid of a new stream; a random u64 by default.
    """

    def __init__(self, hal, store, key=None, ring_seconds=RING_SECONDS, new_uid=None):
        self.hal = hal
        self.key = key
        self._store = store
        self.config = self._load()
        self._storage_fault = store.damaged
        self.clock = DeviceClock(hal.ticks_us, hal.ticks_diff)
        self.ring = _make_ring(hal, ring_seconds)
        offsets = self.config.calibration.offsets
        new_uid = new_uid or self._random_uid
        self.sampler = Sampler(hal, self.clock, self.ring, new_uid, offsets=offsets)
        self.calibrations = CalibrationHistory(self.config.calibration)
        self.scales = Scales(self.ring, hal.n_force)
        self.supervisor = Supervisor(hal.feed)
        self.host_time = HostTime()
        self._guard = PressureGuard()
        self._sessions = []
        self._rested = asyncio.Event()
        self._faults_told = 0
        self._battery = BATTERY_UNKNOWN
        self._battery_us = -_BATTERY_EVERY_US

    def _load(self):
        factory = self.hal.factory_calibration()
        config = self._store.load()
        if config is None or config.calibration.kinds != factory.kinds:
            return Config(factory)
        return config

    def _random_uid(self):
        return int.from_bytes(self.hal.urandom(_UID_SIZE), "little")

    async def run(self, links):
        """Sample and serve for ever.

        Args:
            links: objects with `async run()`.
        """
        tasks = [self._sample(), self._watch_button(), self.supervisor.run()]
        tasks += [link.run() for link in links]
        await asyncio.gather(*tasks)

    async def serve(self, framing, reader, writer, check_in):
        """Serve one connection until it ends; return whether a host spoke on it."""
        session = Session(self, framing, reader, writer)
        self._sessions.append(session)
        try:
            await session.run(check_in)
        finally:
            self._sessions.remove(session)
            self._rested.set()
        return session.heard > 0

    async def _sample(self):
        self.supervisor.register(_SAMPLER)
        while True:
            await self.hal.ready()
            completed = self.sampler.take()
            self.supervisor.check_in(_SAMPLER)
            for session in self._sessions:
                session.sampled(completed)
            if completed:
                self._look_after()

    def _look_after(self):
        """Do once a frame what is too dear for every sample."""
        now_us = self.clock.now_us()
        self._look_for_faults()
        self._look_at_pressure(now_us)
        if now_us - self._battery_us >= _BATTERY_EVERY_US:
            self._battery_us = now_us
            self._look_at_battery()

    def _look_for_faults(self):
        faults = self.sampler.faults
        self.sampler.faults = 0
        new = faults & ~self._faults_told
        self._faults_told = faults
        for zone in self._zones_of(new):
            self._tell(EVENT_SENSOR_FAULT, zone)

    def _zones_of(self, faults):
        """Return the zones that fault bits name, as events have them."""
        zones = [zone for zone in range(self.hal.n_force) if faults >> zone & 1]
        if faults & FAULT_IMU:
            zones.append(ZONE_IMU)
        return zones

    def standing_faults(self):
        """Return an event frame for each fault that a new host should know of."""
        moment = self._now()
        frames = [
            event(moment, EVENT_SENSOR_FAULT, zone) for zone in self._zones_of(self._faults_told)
        ]
        if self._storage_fault:
            frames.append(event(moment, EVENT_STORAGE_FAULT, 0.0))
        return frames

    def _look_at_pressure(self, now_us):
        limit_n = self.config.limit_n
        if limit_n <= 0:
            return
        last = self.ring.count(self.ring.head) - 1
        zones = range(self.hal.n_force)
        counts = [self.ring.counts(self.ring.head, last, zone) for zone in zones]
        newtons = self.config.calibration.newtons(counts)
        if self._guard.exceeded(newtons, limit_n, now_us):
            self.hal.haptic(_PATTERN_OVER_PRESSURE)
            self._tell(EVENT_OVER_PRESSURE, newtons)

    def _look_at_battery(self):
        self._battery = self.hal.battery()
        if self._battery == BATTERY_UNKNOWN or self._battery >= _BATTERY_FINE:
            self.sampler.low_battery = False
        elif self._battery <= _BATTERY_LOW and not self.sampler.low_battery:
            self.sampler.low_battery = True
            self._tell(EVENT_LOW_BATTERY, self._battery)

    async def _watch_button(self):
        while True:
            await self.hal.button()
            self._tell(EVENT_BUTTON, 0.0)

    def _tell(self, kind, value):
        frame = event(self._now(), kind, value)
        for session in self._sessions:
            session.tell(frame)

    def _moment(self, uid, index):
        flags = FLAG_LOW_BATTERY if self.sampler.low_battery else 0
        return Moment(
            uid,
            index,
            self.clock.now_us(),
            flags=flags,
            period_us=self.sampler.period_us,
            layout=self.ring.layout,
        )

    def _now(self):
        return self._moment(self.sampler.uid, self.sampler.index)

    def status(self, uid, index, slot):
        """Return a status frame.

        Args:
            uid: of the stream.
            index: of the sample that it stands before.
            slot: of the ring, in which that sample is or will be.
        """
        return status(
            self._moment(uid, index),
            self.host_time,
            self._battery,
            self.sampler.mask,
            self.config.changed(calibration=self.calibrations.at(slot)),
        )

    def begin(self, hz, mask):
        """Measure these zones at this rate, or the nearest there is; return the rate."""
        self.sampler.mask = mask
        if hz and hz != self.hal.rate_hz:
            self.sampler.set_rate(self.hal.set_rate(hz))
        self.hal.begin()
        return self.hal.rate_hz

    def keep(self, config):
        """Remember a configuration over a restart; return False, all unchanged, if it fails."""
        try:
            self._store.save(config)
        except OSError:
            self._storage_fault = True
            self._tell(EVENT_STORAGE_FAULT, 0.0)
            return False
        self._storage_fault = False
        self.config = config
        return True

    def tared(self):
        """Let the new zero take effect at the next sample."""
        self._put_in_force()
        self._tell(EVENT_TARED, 0.0)

    def calibrated(self):
        """Let the new scales take effect at the next sample."""
        self._put_in_force()
        self._tell(EVENT_CALIBRATED, 0.0)

    def _put_in_force(self):
        calibration = self.config.calibration
        self.sampler.set_offsets(calibration.offsets)
        self.calibrations.add(self.ring.head + 1, calibration)

    def sleep_soon(self):
        """Sleep once the reply has left; return False where the hardware cannot."""
        if not self.hal.can_sleep:
            return False
        self._sleeper = asyncio.create_task(self._sleep())
        return True

    async def _sleep(self):
        await self.hal.sleep_ms(_SLEEP_AFTER_MS)
        self.hal.sleep()

    def wake(self):
        """Let every session look for something to send."""
        for session in self._sessions:
            session.wake()

    def rested(self):
        """Note that a session has handed over all that was due."""
        self._rested.set()

    @property
    def streaming(self):
        """Whether any host listens."""
        return any(session.streaming for session in self._sessions)

    @property
    def drained(self):
        """Whether all that is due to those who listen has been handed over."""
        return all(session.idle or not session.streaming for session in self._sessions)

    async def wait_for_links(self):
        """Wait until someone listens and all that is due has been handed over."""
        while not (self.streaming and self.drained):
            self._rested.clear()
            await self._rested.wait()


def _make_ring(hal, seconds):
    ring = FrameRing(2, FRAME_SIZE, hal.n_force, hal.imu)
    slots = max(2, -(-seconds * hal.rate_hz // ring.capacity))
    return FrameRing(slots, FRAME_SIZE, hal.n_force, hal.imu)
