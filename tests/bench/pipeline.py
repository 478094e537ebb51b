"""How many times faster than real time one tool's samples become events.

`make bench`, or `.venv/bin/python tests/bench/pipeline.py`. Eight force channels and an IMU at
100 Hz, a simulated body on the tool most of the time: from the bytes of a TCP link through
framing, decoding and `Pipeline.feed` to events, in one process on one core. Processor time, the
best of several runs. Then five hours of one session, to see that memory does not grow.
"""

import gc
import sys
import time
from collections.abc import Iterator, Sequence
from struct import Struct

from ql_release import simulate
from ql_release.context import ClockLine, Context, Limits
from ql_release.pipeline import FrameRecord, Pipeline
from ql_release.sessions.tracker import ToolIdentity
from ql_release.wire.calibration import Calibration, ZoneCalibration
from ql_release.wire.frames import SampleFrame
from ql_release.wire.framing import LengthFraming

TARGET = 600
"""Times real time: fifty tools keep a tenth of a core busy, and a night is analysed in a minute."""
ZONES = 8
RATE_HZ = 100
PERIOD_US = 10_000
BATCH = 6
"""Samples a frame: the fewest that a link with 8 zones brings, so the most calls."""
RUNS = 15
"""The best counts, since other programs only ever make one slower."""
HOURS = 5
CHUNK = 4096
"""Bytes a read, as from a socket that has been waiting."""

UID = 1
IDENTITY = ToolIdentity(bytes(8), "bench", "bench")
N_PER_COUNT = 2.0**-10
ACCEL_PER_LSB = 2.0**-8
GYRO_PER_LSB = 2.0**-10
SCALES = (ACCEL_PER_LSB,) * 3 + (GYRO_PER_LSB,) * 3
MOTION = Struct("<6h")
ZONE = ZoneCalibration(0, 0, N_PER_COUNT)
CALIBRATION = Calibration(1, (ZONE,) * ZONES, ACCEL_PER_LSB, GYRO_PER_LSB, (1, 2, 3))


def samples() -> list[bytes]:
    """Return the demonstration's body, three minutes with four holds, as a tool measures it."""
    scenario = simulate.demo_body(zones=ZONES)
    return [raw(forces, motion or ()) for _, forces, motion in simulate.rows(scenario)]


def raw(forces: Sequence[float], motion: Sequence[float]) -> bytes:
    """Return one sample of a frame's body."""
    counts = [round(force / N_PER_COUNT).to_bytes(3, "little", signed=True) for force in forces]
    lsb = [round(value / scale) for value, scale in zip(motion, SCALES, strict=True)]
    return b"".join(counts) + MOTION.pack(*lsb)


def chunks(body: Sequence[bytes], first: int = 0) -> list[bytes]:
    """Return samples as a link's reads, the first sample having an index."""
    framing = LengthFraming()
    line = b"".join(
        framing.encode(frame(body[place : place + BATCH], first + place).encode())
        for place in range(0, len(body), BATCH)
    )
    return [line[place : place + CHUNK] for place in range(0, len(line), CHUNK)]


def frame(body: Sequence[bytes], index: int) -> SampleFrame:
    """Return samples as a frame."""
    t0_us = index * PERIOD_US & 0xFFFF_FFFF
    return SampleFrame(0, UID, index, t0_us, PERIOD_US, ZONES, 1, len(body), b"".join(body))


def new_pipeline() -> Pipeline:
    """Return a pipeline that waits for sample 0."""
    limits = Limits(end_after_s=600)
    return Pipeline(IDENTITY, Context(UID, ClockLine(0, 0), CALIBRATION.encode(), limits), 0)


def events(pipeline: Pipeline, reads: list[bytes]) -> Iterator[str]:
    """Feed a link's bytes to a pipeline; yield the type of each event."""
    framing = LengthFraming()
    for read in reads:
        for message in framing.feed(read):
            for event in pipeline.feed(FrameRecord(0, message)):
                yield event.type


def speed(body: Sequence[bytes]) -> float:
    """Return the best of how many times faster than real time it goes."""
    reads = chunks(body)
    ratios = []
    for _ in range(RUNS):
        pipeline = new_pipeline()
        started = time.process_time()
        found = list(events(pipeline, reads))
        ratios.append(len(body) / RATE_HZ / (time.process_time() - started))
        assert "released" in found  # else it measures a pipeline that does not work
    return max(ratios)


def growth(body: Sequence[bytes]) -> tuple[int, int]:
    """Return the objects in memory after the first hour of one session and after the last."""
    pipeline = new_pipeline()
    rounds = round(3600 * RATE_HZ / len(body))
    counts = []
    start = 0
    for _ in range(HOURS):
        for _ in range(rounds):
            for kind in events(pipeline, chunks(body, start)):
                assert kind != "ended"  # it is one session all the time
            start += len(body)
        gc.collect()
        counts.append(sys.getallocatedblocks())
    return counts[0], counts[-1]


def main() -> None:
    """Print the figures."""
    body = samples()
    found = speed(body)
    verdict = "met" if found >= TARGET else "missed"
    print(f"pipeline: {found:,.0f} x real time, target {TARGET}: {verdict}")
    first, last = growth(body)
    print(f"pipeline: {last - first:+,} objects from the first to the fifth hour of a session")


if __name__ == "__main__":
    main()
