"""Every op: what is granted, what is refused and with which status."""

import struct
from array import array

from release_tool.app import Tool
from release_tool.auth import equal, hmac_sha256
from release_tool.calibration import decode_calibration
from release_tool.control import Control
from release_tool.wire import control as wire
from release_tool.wire.frame import FLAG_CALIBRATION

from bench import SCALE, SERIAL, FakeHardware, FakeStore, FakeStream

KEY = b"a key that both know"
UID = 0x0102030405060708


class Bench:
    """A tool, one connection to it and a host that asks."""

    def __init__(self, key=None, config=None, **hardware):
        self.hal = FakeHardware(**hardware)
        self.store = FakeStore(config)
        self.tool = Tool(self.hal, self.store, key, new_uid=lambda: UID)
        self.stream = FakeStream(self.tool)
        self.control = Control(self.tool, self.stream, key)
        self.told = []
        self.tool._sessions.append(self)

    def tell(self, frame):
        self.told.append(frame[16])

    def take(self, samples, counts=None):
        if counts is not None:
            self.hal.counts = array("i", counts)
        for _ in range(samples):
            self.tool.sampler.take()

    def ask(self, op, layout="<", *values):
        message = bytes((op, 77)) + struct.pack(layout, *values)
        reply = self.control.handle(message)
        assert reply[:2] == bytes((op | 0x80, 77))
        return reply[2], reply[3:]

    def status(self, op, layout="<", *values):
        return self.ask(op, layout, *values)[0]

    def calibration(self):
        return decode_calibration(self.ask(wire.OP_GET_CAL)[1])


def check_hello_tells_version_uid_and_serial():
    status, payload = Bench().ask(wire.OP_HELLO, "<BB", 1, 9)
    assert (status, payload) == (0, struct.pack("<BBBQ", 1, 0, 0, UID) + SERIAL)


def check_hello_of_another_major_is_refused():
    assert Bench().status(wire.OP_HELLO, "<BB", 2, 0) == wire.STATUS_UNSUPPORTED_VERSION


def check_info_tells_what_the_tool_is():
    bench = Bench(n_force=3, contact=0b100)
    bench.tool.config = bench.tool.config.changed(name="back")
    status, payload = bench.ask(wire.OP_INFO)
    fields = struct.unpack_from("<BBBBBBBBBHBHII", payload, 0)
    assert status == 0
    assert fields[5:13] == (3, 3, 0b100, 1, 320, 4, 500, 0)
    rest = payload[struct.calcsize("<BBBBBBBBBHBHII") :]
    assert rest[:8] == SERIAL
    assert struct.unpack_from("<QI", rest, 8) == (UID, bench.tool.ring.samples)
    assert rest[20:] == b"\x04back\x05bench"


def check_what_is_no_request_gets_no_reply():
    control = Bench().control
    for message in (b"", b"\x20", b"\x11\x00\x00", b"\xa0\x01\x00", b"\x1f\x00"):
        assert control.handle(message) is None


def check_unknown_ops_are_told():
    for op in (0x31, 0x40, 0x41, 0x42, 0x43, 0x7F):
        assert Bench().status(op) == wire.STATUS_UNKNOWN_OP


def check_short_requests_are_bad_and_long_ones_fine():
    for op in (wire.OP_HELLO, wire.OP_START, wire.OP_TARE, wire.OP_TIME, wire.OP_REPLAY):
        assert Bench().status(op) == wire.STATUS_BAD_REQUEST
    assert Bench().status(wire.OP_PING, "<QB", 5, 9) == 0


def check_start_tells_rate_batch_uid_and_next_index():
    bench = Bench()
    bench.take(5)
    status, payload = bench.ask(wire.OP_START, "<HBB", 0, 3, 0xFF)
    assert (status, struct.unpack("<HBQI", payload)) == (0, (100, 3, UID, 5))
    assert bench.hal.begun == 1
    assert bench.stream.streaming
    status, payload = bench.ask(wire.OP_STOP)
    assert (status, payload) == (0, struct.pack("<I", 5))
    assert not bench.stream.streaming


def check_start_takes_the_nearest_rate():
    payload = Bench().ask(wire.OP_START, "<HBB", 300, 0, 0xFF)[1]
    assert struct.unpack_from("<H", payload, 0)[0] == 320


def check_time_and_ping():
    bench = Bench()
    bench.take(3)
    assert bench.ask(wire.OP_TIME, "<Q", 1 << 60) == (0, struct.pack("<QQ", 30_000, UID))
    assert bench.tool.host_time.host_us == 1 << 60
    bench.take(200)
    assert bench.tool.host_time.age_s(bench.tool.clock.now_us()) == 2
    assert bench.ask(wire.OP_PING, "<Q", 99) == (0, struct.pack("<QQ", 99, 2_030_000))


def check_tare_before_samples_is_not_ready():
    assert Bench().status(wire.OP_TARE, "<B", 0xFF) == wire.STATUS_NOT_READY


def check_tare_puts_zero_where_the_tool_rests():
    bench = Bench()
    bench.take(60, [100, -200])
    status, payload = bench.ask(wire.OP_TARE, "<B", 0xFF)
    assert (status, payload) == (0, b"\x01\x00\x00\x00")
    assert bench.calibration().offsets == (100, -200)
    assert bench.store.config.calibration.offsets == (100, -200)
    assert bench.told == [3]
    bench.take(1)
    assert bench.tool.ring.flags(bench.tool.ring.head) & FLAG_CALIBRATION


def check_tare_of_one_zone_leaves_the_other():
    bench = Bench()
    bench.take(60, [10, -20])
    assert bench.status(wire.OP_TARE, "<B", 0b10) == 0
    assert bench.calibration().offsets == (0, -20)


def check_tare_of_no_zone_is_bad():
    bench = Bench()
    bench.take(60)
    for mask in (0, 0b100):
        assert bench.status(wire.OP_TARE, "<B", mask) == wire.STATUS_BAD_REQUEST
    assert bench.calibration().cal_id == 0
    assert bench.status(wire.OP_TARE, "<B", 0b110) == 0


def tared():
    bench = Bench()
    bench.take(60, [0, 0])
    assert bench.status(wire.OP_TARE, "<B", 0xFF) == 0
    return bench


def check_tare_under_load_is_refused():
    bench = tared()
    bench.take(60, [int(8 / SCALE), 0])
    assert bench.status(wire.OP_TARE, "<B", 0xFF) == wire.STATUS_UNDER_LOAD
    assert bench.calibration().cal_id == 1
    bench.take(60, [int(7 / SCALE), 0])
    assert bench.status(wire.OP_TARE, "<B", 0xFF) == 0


def check_a_load_on_the_zone_that_is_not_tared_counts_at_its_offset():
    bench = tared()
    bench.take(60, [int(6 / SCALE), int(6 / SCALE)])
    assert bench.status(wire.OP_TARE, "<B", 0b01) == 0


def check_tare_of_a_moving_tool_is_refused():
    bench = tared()
    bench.take(55, [0, 0])
    bench.take(5, [6, 0])
    assert bench.status(wire.OP_TARE, "<B", 0xFF) == wire.STATUS_UNDER_LOAD


def check_a_touched_zone_cannot_be_tared():
    bench = Bench(contact=0b10)
    for _ in range(2):
        # A contact zone of the bench is touched from 2 counts on.
        bench.take(60, [0, 4])
        assert bench.status(wire.OP_TARE, "<B", 0xFF) == wire.STATUS_UNDER_LOAD
        assert bench.status(wire.OP_TARE, "<B", 0b01) == 0
        bench.take(60, [0, 1])
        assert bench.status(wire.OP_TARE, "<B", 0xFF) == 0
        assert bench.calibration().offsets == (0, 1)


def check_a_zone_that_is_being_touched_cannot_be_tared():
    bench = Bench(contact=0b10)
    bench.take(55, [0, 0])
    bench.take(5, [0, 2])
    assert bench.status(wire.OP_TARE, "<B", 0xFF) == wire.STATUS_UNDER_LOAD


def check_tare_that_cannot_be_stored_changes_nothing():
    bench = tared()
    bench.store.broken = True
    bench.take(60, [3, 3])
    bench.told.clear()
    assert bench.status(wire.OP_TARE, "<B", 0xFF) == wire.STATUS_STORAGE_FAILED
    assert bench.calibration().offsets == (0, 0)
    assert bench.told == [7]


def check_calibration_by_two_weights_finds_scale_and_zero():
    bench = Bench()
    bench.take(60, [1000, 0])
    assert bench.ask(wire.OP_CAL_POINT, "<Bf", 0, 0.0) == (0, struct.pack("<Bi", 1, 1000))
    bench.take(60, [5000, 0])
    assert bench.ask(wire.OP_CAL_POINT, "<Bf", 0, 50.0) == (0, struct.pack("<Bi", 2, 5000))
    assert bench.ask(wire.OP_CAL_SAVE) == (0, b"\x01\x00\x00\x00")
    calibration = bench.calibration()
    assert calibration.offsets == (1000, 0)
    assert abs(calibration.scales[0] - 0.0125) < 1e-8
    assert calibration.scales[1] == SCALE
    assert bench.told == [4]
    assert bench.status(wire.OP_CAL_SAVE) == wire.STATUS_NOT_READY


def check_calibration_by_one_weight_keeps_the_zero():
    bench = Bench()
    bench.take(60, [0, -2000])
    assert bench.status(wire.OP_CAL_POINT, "<Bf", 1, 20.0) == 0
    assert bench.status(wire.OP_CAL_SAVE) == 0
    assert bench.calibration().offsets == (0, 0)
    assert abs(bench.calibration().scales[1] + 0.01) < 1e-8


def save_points(*points):
    bench = Bench()
    for newtons, counts in points:
        bench.take(60, [counts, 0])
        assert bench.status(wire.OP_CAL_POINT, "<Bf", 0, newtons) == 0
    status = bench.status(wire.OP_CAL_SAVE)
    assert (bench.calibration().cal_id, bench.told) == ((1, [4]) if status == 0 else (0, []))
    return status


def check_points_that_put_the_zero_beyond_the_counts_are_refused():
    assert save_points((50.0, 1000), (50.0001, 5000)) == wire.STATUS_BAD_REQUEST
    assert save_points((1000.0, 0), (1000.0001, 8_000_000)) == wire.STATUS_BAD_REQUEST
    assert save_points((50.0, 4000), (51.0, 4080)) == 0


def check_points_that_leave_no_scale_are_refused():
    assert save_points((1e-45, 100_000)) == wire.STATUS_BAD_REQUEST
    assert save_points((0.0, 0), (1e-44, 100_000)) == wire.STATUS_BAD_REQUEST
    assert save_points((20.0, 20)) == 0


def check_senseless_points_are_refused():
    bench = Bench(contact=0b10)
    assert bench.status(wire.OP_CAL_POINT, "<Bf", 0, 5.0) == wire.STATUS_NOT_READY
    bench.take(60, [0, 0])
    for newtons in (float("nan"), float("inf"), 1e9):
        assert bench.status(wire.OP_CAL_POINT, "<Bf", 0, newtons) == wire.STATUS_BAD_REQUEST
    assert bench.status(wire.OP_CAL_POINT, "<Bf", 2, 5.0) == wire.STATUS_BAD_REQUEST
    assert bench.status(wire.OP_CAL_POINT, "<Bf", 1, 5.0) == wire.STATUS_UNSUPPORTED
    for _ in range(8):
        assert bench.status(wire.OP_CAL_POINT, "<Bf", 0, 5.0) == 0
    assert bench.status(wire.OP_CAL_POINT, "<Bf", 0, 5.0) == wire.STATUS_BUSY
    assert bench.status(wire.OP_CAL_SAVE) == wire.STATUS_BAD_REQUEST
    assert bench.status(wire.OP_CAL_SAVE) == wire.STATUS_NOT_READY


def check_the_limit_is_kept():
    bench = Bench()
    assert bench.status(wire.OP_SET_LIMIT, "<f", 120.0) == 0
    assert bench.store.config.limit_n == 120.0
    for newtons in (-1.0, float("nan")):
        assert bench.status(wire.OP_SET_LIMIT, "<f", newtons) == wire.STATUS_BAD_REQUEST
    assert bench.tool.config.limit_n == 120.0


def check_what_is_kept_is_used_after_a_restart():
    bench = tared()
    again = Bench(config=bench.store.config)
    assert again.calibration().cal_id == 1
    other = Bench(config=bench.store.config, n_force=4)
    assert other.calibration().cal_id == 0


def check_replay_statuses():
    bench = Bench()
    bench.take(40)
    assert bench.ask(wire.OP_REPLAY, "<QII", UID, 10, 20) == (0, struct.pack("<II", 10, 20))
    partial = bench.ask(wire.OP_REPLAY, "<QII", UID, 30, 20)
    assert partial == (wire.STATUS_PARTIAL, struct.pack("<II", 30, 10))
    gone = bench.ask(wire.OP_REPLAY, "<QII", UID, 40, 5)
    assert gone == (wire.STATUS_GONE, struct.pack("<II", 40, 0))
    assert bench.status(wire.OP_REPLAY, "<QII", UID ^ 1, 10, 20) == wire.STATUS_GONE
    assert bench.status(wire.OP_REPLAY, "<QII", UID, 10, 0) == wire.STATUS_BAD_REQUEST
    for _ in range(6):
        assert bench.status(wire.OP_REPLAY, "<QII", UID, 0, 1) == 0
    assert bench.status(wire.OP_REPLAY, "<QII", UID, 0, 1) == wire.STATUS_BUSY


def check_replay_of_a_range_that_would_overflow():
    bench = Bench()
    bench.take(5)
    status, payload = bench.ask(wire.OP_REPLAY, "<QII", UID, 0, 0xFFFFFFFF)
    assert (status, payload) == (wire.STATUS_PARTIAL, struct.pack("<II", 0, 5))


def check_ack_is_for_this_stream():
    bench = Bench()
    assert bench.status(wire.OP_ACK, "<QI", UID, 5) == 0
    assert bench.status(wire.OP_ACK, "<QI", UID + 1, 5) == wire.STATUS_GONE


def check_parts_that_are_there_and_those_that_are_not():
    bench = Bench()
    assert bench.status(wire.OP_HAPTIC, "<B", 2) == 0
    assert bench.hal.felt == [2]
    assert bench.status(wire.OP_LED, "<BBB", 1, 2, 3) == wire.STATUS_UNSUPPORTED
    assert bench.status(wire.OP_SLEEP) == wire.STATUS_UNSUPPORTED


HOST_NONCE = bytes(range(16))


def proof_of_host(tool_nonce, key=KEY, serial=SERIAL):
    return hmac_sha256(key, b"ql-release host" + tool_nonce + HOST_NONCE + serial)


def challenged(bench):
    status, payload = bench.ask(wire.OP_AUTH, "<B16s", 1, HOST_NONCE)
    assert status == 0
    tool_nonce = payload[:16]
    expected = hmac_sha256(KEY, b"ql-release tool" + HOST_NONCE + tool_nonce + SERIAL)
    assert payload[16:] == expected
    return tool_nonce


def check_with_a_key_nothing_but_hello_is_answered_before_auth():
    bench = Bench(key=KEY)
    assert bench.ask(wire.OP_HELLO, "<BB", 1, 0)[1][2] == 1
    for op in list(range(0x21, 0x22)) + list(range(0x23, 0x31)) + [0x40, 0x7F]:
        assert bench.status(op, "<QIIQ", 0, 0, 0, 0) == wire.STATUS_NOT_AUTHENTICATED
    assert not bench.stream.streaming


def check_the_right_proof_opens_the_door():
    bench = Bench(key=KEY)
    tool_nonce = challenged(bench)
    assert bench.status(wire.OP_AUTH, "<B32s", 2, proof_of_host(tool_nonce)) == 0
    assert bench.status(wire.OP_INFO) == 0


def check_wrong_proofs_do_not():
    bench = Bench(key=KEY)
    for wrong in (
        lambda nonce: proof_of_host(nonce, key=b"another"),
        lambda nonce: proof_of_host(nonce, serial=bytes(8)),
        lambda nonce: hmac_sha256(KEY, b"ql-release tool" + HOST_NONCE + nonce + SERIAL),
        lambda _nonce: bytes(32),
    ):
        nonce = challenged(bench)
        assert bench.status(wire.OP_AUTH, "<B32s", 2, wrong(nonce)) == 6
        assert bench.status(wire.OP_INFO) == wire.STATUS_NOT_AUTHENTICATED


def check_a_nonce_is_used_once():
    bench = Bench(key=KEY)
    nonce = challenged(bench)
    assert bench.status(wire.OP_AUTH, "<B32s", 2, bytes(32)) == wire.STATUS_NOT_AUTHENTICATED
    assert bench.status(wire.OP_AUTH, "<B32s", 2, proof_of_host(nonce)) == 6
    assert challenged(bench) != nonce


def check_a_new_challenge_closes_the_door_again():
    bench = Bench(key=KEY)
    nonce = challenged(bench)
    assert bench.status(wire.OP_AUTH, "<B32s", 2, proof_of_host(nonce)) == 0
    bench.ask(wire.OP_START, "<HBB", 0, 0, 0xFF)
    assert bench.stream.streaming
    challenged(bench)
    assert not bench.stream.streaming
    assert bench.status(wire.OP_INFO) == wire.STATUS_NOT_AUTHENTICATED


def check_malformed_auth_is_bad():
    bench = Bench(key=KEY)
    assert bench.status(wire.OP_AUTH) == wire.STATUS_BAD_REQUEST
    assert bench.status(wire.OP_AUTH, "<B15s", 1, bytes(15)) == wire.STATUS_BAD_REQUEST
    assert bench.status(wire.OP_AUTH, "<B31s", 2, bytes(31)) == wire.STATUS_BAD_REQUEST
    assert bench.status(wire.OP_AUTH, "<B32s", 3, bytes(32)) == wire.STATUS_BAD_REQUEST
    assert Bench().status(wire.OP_AUTH, "<B16s", 1, bytes(16)) == wire.STATUS_UNSUPPORTED


def check_hmac_of_rfc_4231():
    def hexed(key, message):
        return "".join("%02x" % byte for byte in hmac_sha256(key, message))

    assert hexed(b"\x0b" * 20, b"Hi There") == (
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    )
    assert hexed(b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First") == (
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    )


def check_equal_compares_all_of_it():
    assert equal(b"", b"")
    assert equal(b"abc", b"abc")
    for other in (b"abd", b"bbc", b"ab", b"abcd", b""):
        assert not equal(b"abc", other)
