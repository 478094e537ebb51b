"""A body's trace becomes raw counts, at the right times."""

import asyncio
from array import array

from release_tool.hal import FAULT_IMU, SATURATED
from release_tool.hal.trace import Trace, TraceError
from release_tool.hal.unix import (
    ACCEL_PER_LSB,
    GYRO_PER_LSB,
    NEWTONS_PER_COUNT,
    TraceHardware,
    zero_offset,
)

from bench import refuses

ARGUMENT = None  # a folder to write to
IMU_HEADER = "t,f1,ax,ay,az,gx,gy,gz"


def written(*lines):
    path = ARGUMENT + "/trace.csv"
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def hardware(*lines, **options):
    return TraceHardware(Trace(written(*lines)), bytes(8), 0, **options)


def read(hal, samples):
    """Return the counts, motion, flags and time of each sample."""
    counts = array("i", [0] * hal.n_force)
    imu = array("h", [0] * 6)
    got = []
    for _ in range(samples):
        flags = hal.read_into(counts, imu)
        got.append((list(counts), list(imu), flags, hal.sample_ticks))
    return got


def raw(newtons, zone=0):
    return round(newtons / NEWTONS_PER_COUNT) + zero_offset(zone)


def check_header_and_columns():
    trace = Trace(written("# recording: 1", "# start: 2026-01-01T10:00:00Z", "t,f1,f2", "0,1,2"))
    assert trace.header["start"] == "2026-01-01T10:00:00Z"
    assert (trace.n_force, trace.imu, trace.rate_hz) == (2, False, 100)


def check_rate_from_header_or_rows():
    assert Trace(written("# rate_hz: 80", "t,f1", "0,1", "0.5,1")).rate_hz == 80
    assert Trace(written("t,f1", "0,1", "0.02,1")).rate_hz == 50


def check_what_is_no_recording_is_refused():
    for lines in (("",), ("# a: b",), ("a,b", "1,2"), ("t,f1",), ("f1", "1"), ("t,ax", "0,1")):
        assert refuses(TraceError, Trace, written(*lines)), lines
    assert refuses(OSError, Trace, ARGUMENT + "/absent.csv")


def check_empty_before_begin_then_the_body_then_empty_again():
    hal = hardware("t,f1,f2", "3.00,10,0", "3.01,20.5,-1", "3.02,30,2.25")
    rest = [zero_offset(0), zero_offset(1)]
    assert [row[0] for row in read(hal, 2)] == [rest, rest]
    hal.begin()
    assert not hal.played
    body = read(hal, 3)
    assert [row[0] for row in body] == [
        [raw(10), raw(0, 1)],
        [raw(20.5), raw(-1, 1)],
        [raw(30), raw(2.25, 1)],
    ]
    assert hal.played
    after = read(hal, 2)
    assert [row[0] for row in after] == [rest, rest]
    assert [row[3] for row in body + after] == [30_000, 40_000, 50_000, 60_000, 70_000]


def check_times_are_those_of_the_trace():
    hal = hardware("t,f1", "0,1", "0.013,1", "0.020,1", "0.520,1")
    hal.begin()
    assert [row[3] for row in read(hal, 5)] == [13_000, 26_000, 33_000, 533_000, 546_000]


def check_ticks_wrap():
    hal = hardware("t,f1", "0,1", "0.01,1", "0.02,1", start_ticks=(1 << 30) - 15_000)
    assert [row[3] for row in read(hal, 2)] == [(1 << 30) - 5_000, 5_000]


def check_motion_in_lsb_and_at_rest():
    hal = hardware(IMU_HEADER, "0,1,0.5,-0.25,9.81,0.1,-0.2,0.3", "0.01,1,1,1,9,0,0,2")
    before = read(hal, 1)[0][1]
    assert before == [round(v / ACCEL_PER_LSB) for v in (0.5, -0.25, 9.81)] + [0, 0, 0]
    hal.begin()
    rows = read(hal, 3)
    assert rows[0][1][3:] == [round(v / GYRO_PER_LSB) for v in (0.1, -0.2, 0.3)]
    assert rows[2][1] == [round(v / ACCEL_PER_LSB) for v in (1, 1, 9)] + [0, 0, 0]


def check_half_an_imu_is_none():
    assert hardware("t,f1,ax,ay,az", "0,1,0,0,9.8").imu == 0


def check_missing_values_are_faults_and_keep_the_last_value():
    hal = hardware("t,f1,f2", "0,10,20", "0.01,nan,21", "0.02,,22", "0.03,13", "0.04,x,24")
    hal.begin()
    rows = read(hal, 5)
    assert [row[2] for row in rows] == [0, 1, 1, 2, 1]
    assert rows[2][0] == [raw(10), raw(22, 1)]
    assert rows[3][0] == [raw(13), raw(22, 1)]


def check_missing_motion_is_a_fault():
    hal = hardware(IMU_HEADER, "0,1,0,0,9.8,0,0,0", "0.01,1,nan,0,9.8,0,0,0")
    hal.begin()
    assert [row[2] for row in read(hal, 2)] == [0, FAULT_IMU]


def check_what_is_out_of_range_is_saturated():
    hal = hardware(
        IMU_HEADER,
        "0,9000,0,0,9.8,0,0,0",
        "0.01,-9000,0,0,9.8,0,0,0",
        "0.02,inf,0,0,9.8,0,0,0",
        "0.03,1,0,0,50,0,0,0",
        "0.04,1,0,0,9.8,0,-10,0",
    )
    hal.begin()
    rows = read(hal, 5)
    assert [row[2] for row in rows] == [SATURATED] * 5
    assert [row[0][0] for row in rows[:3]] == [0x7FFFFF, -0x800000, 0x7FFFFF]
    assert rows[3][1][2] == 0x7FFF
    assert rows[4][1][4] == -0x8000


def check_300_newtons_are_far_from_the_limit():
    hal = hardware("t,f1", "0,300")
    hal.begin()
    assert read(hal, 1)[0][2] == 0


def check_time_that_does_not_advance_is_made_to():
    hal = hardware("t,f1", "0,1", "0.01,1", "0.005,1", "nan,1", "0.04,1")
    hal.begin()
    assert [row[3] for row in read(hal, 5)] == [10_000, 20_000, 30_000, 40_000, 50_000]


def check_it_is_over_so_long_after_the_trace():
    hal = hardware("t,f1", "0,1", "0.01,1", end_s=0.05)
    taken = []

    async def sample():
        hal.begin()
        while True:
            await hal.ready()
            taken.extend(read(hal, 1))

    async def main():
        task = asyncio.create_task(sample())
        await hal.over.wait()
        task.cancel()

    asyncio.run(main())
    assert len(taken) == 2 + 5


def check_a_long_trace_needs_no_more_memory_than_a_short_one():
    path = ARGUMENT + "/long.csv"
    with open(path, "w") as file:
        file.write("t,f1\n")
        for row in range(20_000):
            file.write("%.2f,%d\n" % (row / 100, row % 50))
    hal = TraceHardware(Trace(path), bytes(8), 0)
    hal.begin()
    counts, imu = array("i", [0]), array("h", [0] * 6)
    for row in range(20_000):
        hal.read_into(counts, imu)
        assert counts[0] == raw(row % 50)
    assert hal.played
