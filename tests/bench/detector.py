"""How many times real time the detector runs: 8 zones and an IMU at 100 Hz, blocks of 6.

Run it with `python tests/bench/detector.py`. The session is the demonstration's body: holds, a
release, a slip, bone contact and rests. Ratios count, not the figures of one machine.
"""

import cProfile
import pstats
import sys
import time

from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock
from ql_release.simulate import Body, Hold, Release, Scenario, Sensor, demo_body, sample_blocks

RATE_HZ = 100.0
BLOCK = 6
ROUNDS = 5
GOAL_US = 8.0

RESTLESS = Scenario(
    holds=(Hold(120.0, 90.0, (Release(30.0),)), Hold(90.0, 60.0)),
    body=Body(breath_depth=0.08, sway=0.03),
    sensor=Sensor(zones=8, rate_hz=RATE_HZ),
)


def run(blocks: list[SampleBlock]) -> float:
    """Feed the blocks to a fresh detector; return the seconds it took."""
    detector = Detector(DetectorSettings(limit_n=150.0))
    feed = detector.feed
    began = time.perf_counter()
    for block in blocks:
        feed(block)
    detector.finish()
    return time.perf_counter() - began


def report(name: str, scenario: Scenario) -> float:
    """Print one scenario's figures; return its microseconds a sample."""
    blocks = list(sample_blocks(scenario, BLOCK))
    count = sum(len(block.t) for block in blocks)
    took = min(run(blocks) for _ in range(ROUNDS))
    each = took / count * 1e6
    print(f"{name:20} {count / RATE_HZ / took:8.0f} x real time {each:6.2f} us a sample")
    return each


def main() -> int:
    """Print the figures, and a profile when asked by --profile; fail above the goal."""
    demo = demo_body(zones=8, rate_hz=RATE_HZ)
    slowest = max(report("demonstration", demo), report("restless body", RESTLESS))
    if "--profile" in sys.argv:
        blocks = list(sample_blocks(demo, BLOCK))
        with cProfile.Profile() as profile:
            run(blocks)
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)
    return 0 if slowest <= GOAL_US else 1


if __name__ == "__main__":
    sys.exit(main())
