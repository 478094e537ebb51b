"""Answers a host's requests: one method an op, all of them listed in `_OPS`.

Nothing here knows the transport. A request that is refused changes nothing.
"""

from release_tool.auth import Authenticator
from release_tool.compat import const
from release_tool.scales import NotReadyError, UnderLoadError, is_load_cell
from release_tool.wire import control as wire
from release_tool.wire.frame import MINOR, VERSION

FIRMWARE_VERSION = (0, 1, 0)

# Above any load the tool survives; also refuses infinity.
_NEWTONS_MAX = const(10_000)


class RefusedError(Exception):
    """The request is answered with this status alone.

    Args:
        status: of the reply.
    """

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def _check_newtons(newtons, least):
    """Raise unless a force makes sense; NaN does not."""
    if not least <= newtons <= _NEWTONS_MAX:
        raise RefusedError(wire.STATUS_BAD_REQUEST)


class Control:
    """The requests of one connection.

    Args:
        tool: the `Tool`, which all connections share.
        stream: the connection's stream: `start(batch) -> (batch, uid, index)`, `stop()`, `replays`.
        key: the shared key, None when none is asked for.
    """

    def __init__(self, tool, stream, key):
        self._tool = tool
        self._stream = stream
        self._auth = Authenticator(key, tool.hal.serial, tool.hal.urandom)

    def handle(self, message):
        """Return the reply to a request, None when the message is none."""
        request = wire.parse_request(message)
        if request is None:
            return None
        op, req_id, payload = request
        status = wire.STATUS_OK
        try:
            answer = self._answer(op, payload)
            if isinstance(answer, tuple):
                status, answer = answer
        except RefusedError as refusal:
            status, answer = refusal.status, b""
        return wire.reply(op, req_id, status, answer)

    def _answer(self, op, payload):
        if op not in (wire.OP_HELLO, wire.OP_AUTH) and not self._auth.passed:
            raise RefusedError(wire.STATUS_NOT_AUTHENTICATED)
        method = self._OPS.get(op)
        if method is None:
            raise RefusedError(wire.STATUS_UNKNOWN_OP)
        try:
            fields = wire.unpack_request(op, payload)
        except ValueError:
            raise RefusedError(wire.STATUS_BAD_REQUEST) from None
        return method(self, *fields)

    def _hello(self, major, _minor):
        tool = self._tool
        status = wire.STATUS_OK if major == VERSION else wire.STATUS_UNSUPPORTED_VERSION
        return status, wire.hello_reply(
            VERSION, MINOR, self._auth.needed, tool.sampler.uid, tool.hal.serial
        )

    def _info(self):
        tool, hal = self._tool, self._tool.hal
        return wire.info_reply(
            (VERSION, MINOR),
            FIRMWARE_VERSION,
            hal.hardware,
            hal.n_force,
            hal.kinds,
            hal.imu,
            hal.max_hz,
            hal.accel_range_g,
            hal.gyro_range_dps,
            hal.features,
            tool.config.calibration.cal_id,
            hal.serial,
            tool.sampler.uid,
            tool.ring.samples,
            tool.config.name,
            hal.model,
        )

    def _authenticate(self, step, given):
        if not self._auth.needed:
            raise RefusedError(wire.STATUS_UNSUPPORTED)
        if step == wire.AUTH_CHALLENGE:
            self._stream.stop()
            return self._auth.challenge(given)
        if not self._auth.check(given):
            raise RefusedError(wire.STATUS_NOT_AUTHENTICATED)
        return b""

    def _start(self, hz, batch, mask):
        started = self._stream.start(batch)
        if started is None:
            raise RefusedError(wire.STATUS_MTU_TOO_SMALL)
        hz = self._tool.begin(hz, mask)
        return wire.start_reply(hz, *started)

    def _stop(self):
        self._stream.stop()
        return wire.stop_reply(self._tool.sampler.index)

    def _tare(self, mask):
        tool = self._tool
        if not mask & (1 << tool.hal.n_force) - 1:
            raise RefusedError(wire.STATUS_BAD_REQUEST)
        try:
            calibration = tool.scales.tare(tool.config.calibration, mask)
        except NotReadyError:
            raise RefusedError(wire.STATUS_NOT_READY) from None
        except UnderLoadError:
            raise RefusedError(wire.STATUS_UNDER_LOAD) from None
        self._keep(tool.config.changed(calibration=calibration))
        tool.tared()
        return wire.cal_id_reply(calibration.cal_id)

    def _cal_point(self, zone, newtons):
        tool = self._tool
        _check_newtons(newtons, -_NEWTONS_MAX)
        calibration = tool.config.calibration
        if zone >= tool.hal.n_force:
            raise RefusedError(wire.STATUS_BAD_REQUEST)
        if not is_load_cell(calibration, zone):
            raise RefusedError(wire.STATUS_UNSUPPORTED)
        try:
            points, counts = tool.scales.add_point(calibration, zone, newtons)
        except NotReadyError:
            raise RefusedError(wire.STATUS_NOT_READY) from None
        except ValueError:
            raise RefusedError(wire.STATUS_BUSY) from None
        return wire.cal_point_reply(points, counts)

    def _cal_save(self):
        tool = self._tool
        try:
            calibration = tool.scales.fit(tool.config.calibration)
        except ValueError:
            tool.scales.forget_points()
            raise RefusedError(wire.STATUS_BAD_REQUEST) from None
        if calibration is None:
            raise RefusedError(wire.STATUS_NOT_READY)
        self._keep(tool.config.changed(calibration=calibration))
        tool.scales.forget_points()
        tool.calibrated()
        return wire.cal_id_reply(calibration.cal_id)

    def _get_cal(self):
        return self._tool.config.calibration.encode()

    def _set_limit(self, newtons):
        _check_newtons(newtons, 0)
        self._keep(self._tool.config.changed(limit_n=newtons))
        return b""

    def _keep(self, config):
        if not self._tool.keep(config):
            raise RefusedError(wire.STATUS_STORAGE_FAILED)

    def _time(self, host_us):
        tool = self._tool
        device_us = tool.clock.now_us()
        tool.host_time.set(host_us, device_us)
        return wire.time_reply(device_us, tool.sampler.uid)

    def _ping(self, host_us):
        return wire.ping_reply(host_us, self._tool.clock.now_us())

    def _replay(self, uid, first, count):
        replays = self._stream.replays
        if count == 0:
            raise RefusedError(wire.STATUS_BAD_REQUEST)
        if uid != self._tool.sampler.uid:
            return wire.STATUS_GONE, wire.replay_reply(first, 0)
        if replays.full:
            raise RefusedError(wire.STATUS_BUSY)
        start, held = replays.add(first, count)
        if not held:
            return wire.STATUS_GONE, wire.replay_reply(first, 0)
        status = wire.STATUS_OK if held == count else wire.STATUS_PARTIAL
        return status, wire.replay_reply(start, held)

    def _ack(self, uid, _through):
        # The ring overwrites by itself; only what is kept on flash waits for this.
        if uid != self._tool.sampler.uid:
            raise RefusedError(wire.STATUS_GONE)
        return b""

    def _haptic(self, pattern):
        return _supported(self._tool.hal.haptic(pattern))

    def _led(self, red, green, blue):
        return _supported(self._tool.hal.led(red, green, blue))

    def _sleep(self):
        return _supported(self._tool.sleep_soon())

    # As plain functions: MicroPython has no cheaper way from a number to a method.
    _OPS = {  # noqa: RUF012 - MicroPython has no ClassVar
        wire.OP_HELLO: _hello,
        wire.OP_INFO: _info,
        wire.OP_AUTH: _authenticate,
        wire.OP_START: _start,
        wire.OP_STOP: _stop,
        wire.OP_TARE: _tare,
        wire.OP_CAL_POINT: _cal_point,
        wire.OP_CAL_SAVE: _cal_save,
        wire.OP_GET_CAL: _get_cal,
        wire.OP_SET_LIMIT: _set_limit,
        wire.OP_TIME: _time,
        wire.OP_PING: _ping,
        wire.OP_REPLAY: _replay,
        wire.OP_ACK: _ack,
        wire.OP_HAPTIC: _haptic,
        wire.OP_LED: _led,
        wire.OP_SLEEP: _sleep,
    }


def _supported(done):
    if not done:
        raise RefusedError(wire.STATUS_UNSUPPORTED)
    return b""
