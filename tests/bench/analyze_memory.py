"""How much memory `ql-release analyze` takes for two hours, and how long.

`make bench`, or `.venv/bin/python tests/bench/analyze_memory.py`. A text recording of eight zones
and an IMU at 100 Hz with a simulated body on the tool most of the time, 70 MB. The peak is what
the kernel tells of the real command's process (VmHWM).
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ql_release import simulate

TARGET_MB = 60
"""Two hours in the memory of a few minutes: the file is streamed."""
HOURS = 2
ZONES = 8
RUNS = 3
POLL_S = 0.02
MB = 1024
"""KiB, in which the kernel counts."""


def write(path: Path) -> float:
    """Write the demonstration's body again and again; return the seconds."""
    scenario = simulate.demo_body(zones=ZONES)
    simulate.write_recording(scenario, path)
    head, rows = path.read_text(encoding="utf-8").split("\n0.00000,", 1)
    parts = [line.split(",", 1) for line in f"0.00000,{rows}".splitlines()]
    rounds = int(HOURS * 3600 / scenario.duration_s)
    with path.open("w", encoding="utf-8") as out:
        print(head, file=out)
        for number in range(rounds):
            shift = number * scenario.duration_s
            out.writelines(f"{float(t) + shift:.5f},{values}\n" for t, values in parts)
    return rounds * scenario.duration_s


def analyze(path: Path) -> tuple[float, float]:
    """Return the peak of the resident memory, MB, and how many seconds the command took."""
    command = [Path(sys.executable).with_name("ql-release"), "analyze", "--json", path]
    peak = 0
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, peak_kib(process.pid))
            time.sleep(POLL_S)
    assert process.returncode == 0
    return peak / MB, time.perf_counter() - started


def peak_kib(pid: int) -> int:
    """Return the most memory that a process has had, KiB; 0 when it has just ended."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    values = dict(line.split(":", 1) for line in status.splitlines())
    return int(values.get("VmHWM", "0 kB").split()[0])


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "two-hours.csv"
        seconds = write(path)
        size = path.stat().st_size / 1e6
        runs = [analyze(path) for _ in range(RUNS)]
    peak = max(found for found, _ in runs)
    took = statistics.median(found for _, found in runs)
    verdict = "met" if peak < TARGET_MB else "missed"
    print(f"analyze: {seconds / 3600:.1f} h, {size:.0f} MB of text in {took:.1f} s,", end=" ")
    print(f"{seconds / took:,.0f} x real time")
    print(f"analyze: {peak:.1f} MB resident at the peak, target {TARGET_MB}: {verdict}")


if __name__ == "__main__":
    main()
