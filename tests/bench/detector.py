"""How fast the detectors are, how much they remember, and where the time goes.

Run it with `python tests/bench/detector.py`; with `--write` the figures also go into the speed
section of docs/detection.md (`make bench-detection` takes it up). Eight zones and an IMU at
100 Hz, blocks of 6 samples. Ratios count, not the figures of one machine.
"""

import cProfile
import gc
import pstats
import sys
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock
from ql_release.simulate import Body, Hold, Release, Scenario, Sensor, demo_body, sample_blocks

TARGET = 600
"""Times real time, on one core, decoding and sessions included (pipeline.py measures those)."""
MOST_STATE_MB = 1.0
"""Megabytes of 1024 x 1024 bytes that a tool's detectors may remember."""

RATE_HZ = 100.0
BLOCK = 6
ROUNDS = 15
"""Runs; the best counts, since other programs only ever make one slower."""

WEEK_S = 7 * 24 * 3600
WEEK_RATE_HZ = 20.0
"""Samples a second of the simulated week: what is remembered does not depend on it."""
SESSION_EVERY_S = 8 * 3600
IDLE_BLOCK = 1200
"""Samples of a block of an empty tool: a minute."""

RESTLESS = Scenario(
    holds=(Hold(120.0, 90.0, (Release(30.0),)), Hold(90.0, 60.0)),
    body=Body(breath_depth=0.08, sway=0.03),
    sensor=Sensor(zones=8, rate_hz=RATE_HZ),
)

SHOWN = 8
"""Modules that the profile names."""

PAGE = Path(__file__).parent / "detection" / "speed.md"


def fed(blocks: Iterable[SampleBlock]) -> Detector:
    """Return a detector that has taken some blocks."""
    detector = Detector(DetectorSettings(limit_n=150.0))
    for block in blocks:
        detector.feed(block)
    return detector


def speed(scenario: Scenario) -> float:
    """Return how many times real time a scenario takes, the best of several runs."""
    blocks = list(sample_blocks(scenario, BLOCK))
    seconds = sum(len(block.t) for block in blocks) / RATE_HZ
    ratios = []
    for _ in range(ROUNDS):
        began = time.process_time()
        fed(blocks)
        ratios.append(seconds / (time.process_time() - began))
    return max(ratios)


def remembered_mb(scenario: Scenario) -> float:
    """Return what a detector has in memory in the midst of a long restless hold, megabytes."""
    fed(sample_blocks(scenario, BLOCK))  # what modules keep is made
    gc.collect()
    tracemalloc.start()
    detector = Detector(DetectorSettings(limit_n=150.0))
    most = 0
    for block in sample_blocks(scenario, BLOCK):
        detector.feed(block)
        most = max(most, tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return most / 2**20


def week() -> tuple[int, int]:
    """Return the objects in memory after the first and the last day of a week of sessions."""
    session = list(sample_blocks(demo_body(zones=8, rate_hz=WEEK_RATE_HZ), round(WEEK_RATE_HZ)))
    detector = Detector(DetectorSettings(limit_n=150.0))
    counts = []
    index, t = 0, 0.0
    while t < WEEK_S:
        for block in session:
            index, t = _feed_shifted(detector, block, index, t)
        while t % SESSION_EVERY_S > IDLE_BLOCK / WEEK_RATE_HZ:
            times = [number / WEEK_RATE_HZ for number in range(IDLE_BLOCK)]
            block = SampleBlock(index=0, t=times, zones=[(0.1,) * 8] * IDLE_BLOCK)
            index, t = _feed_shifted(detector, block, index, t)
        gc.collect()
        counts.append(sys.getallocatedblocks())
    a_day = 24 * 3600 // SESSION_EVERY_S
    return counts[a_day], counts[-1]


def _feed_shifted(
    detector: Detector, block: SampleBlock, index: int, t: float
) -> tuple[int, float]:
    """Feed a block as the one that comes next; return the index and time after it."""
    start = t - block.t[0] + 1.0 / WEEK_RATE_HZ
    times = [each + start for each in block.t]
    detector.feed(SampleBlock(index=index, t=times, zones=block.zones, imu=block.imu))
    return index + len(times), times[-1]


def profile(scenario: Scenario) -> list[tuple[str, float]]:
    """Return the share of the time that each module of `signal` takes itself, most first."""
    blocks = list(sample_blocks(scenario, BLOCK))
    with cProfile.Profile() as profiler:
        fed(blocks)
    own: dict[str, float] = {}
    for (file, _, _), (_, _, took, *_) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        name = Path(file).stem if "signal" in file else "built-in functions"
        own[name] = own.get(name, 0.0) + took
    total = sum(own.values())
    return sorted(((name, took / total) for name, took in own.items()), key=lambda row: -row[1])


def report() -> tuple[str, bool]:
    """Return the figures as Markdown, and whether the targets are met."""
    calm, restless = speed(demo_body(zones=8, rate_hz=RATE_HZ)), speed(RESTLESS)
    state = remembered_mb(RESTLESS)
    first, last = week()
    met = min(calm, restless) >= TARGET and state <= MOST_STATE_MB
    lines = [
        "The detectors alone, eight zones and an IMU at 100 Hz, one core, plain Python:",
        "",
        "| what | measured | target |",
        "|---|---|---|",
        f"| the demonstration's session | {calm:,.0f} x real time | {TARGET} x |",
        f"| a restless body (breath 8 %, sway 3 %) | {restless:,.0f} x real time | {TARGET} x |",
        f"| memory of a tool's detectors, at most | {state:.2f} MB | {MOST_STATE_MB:g} MB |",
        f"| objects after a week of three sessions a day | {last - first:+,} | no growth |",
        "",
        "Where the time goes on the restless body, by module of `signal/`, as a profiler sees it:",
        "",
        "| module | share |",
        "|---|---|",
        *(f"| {name} | {share:.0%} |" for name, share in profile(RESTLESS)[:SHOWN]),
        "",
    ]
    return "\n".join(lines), met


def main() -> int:
    """Print the figures; fail where a target is missed."""
    text, met = report()
    print(text)
    if "--write" in sys.argv:
        PAGE.write_text(text, "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
