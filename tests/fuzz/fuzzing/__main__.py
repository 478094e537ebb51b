"""`make fuzz`: a million spoilt inputs, and the table of docs/reliability.md.

    python -m fuzzing [SEED [SHARE]]

Every run with the same seed is the same run. A finding is printed with its input, and fails it.
"""

import gc
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import page_blocks

from fuzzing.targets import Target, targets

SEED = 4
WARM = 0.1
"""Share of the inputs after which memory must stay where it is: modules and caches are loaded."""
MOST_GROWTH_MB = 2.0
"""What the process may grow by after that, over all inputs of a target: noise of the allocator."""
HANG_S = 20
"""An input that takes so long hangs."""
MB = 1 << 20
PAGE_BYTES = 4096
HEAD = (
    "| what reads | inputs | understood | may raise | findings | slowest input | memory before | "
    "after |\n|---|---:|---:|---|---:|---:|---:|---:|"
)


@dataclass(slots=True)
class Outcome:
    """How a target took its inputs.

    Attributes:
        target: it.
        inputs: how many.
        understood: how many of them it took for right.
        findings: errors that it must not raise.
        slowest_s: the longest that one took, s.
        before_mb: resident memory once it was warm, MB.
        after_mb: resident memory in the end, MB.
    """

    target: Target
    inputs: int = 0
    understood: int = 0
    findings: int = 0
    slowest_s: float = 0.0
    before_mb: float = 0.0
    after_mb: float = 0.0

    @property
    def good(self) -> bool:
        """Whether nothing was found and the memory stayed where it was."""
        return not self.findings and self.after_mb - self.before_mb <= MOST_GROWTH_MB

    def line(self) -> str:
        """Return it as a line of the table."""
        return (
            f"| {self.target.name} | {self.inputs:,} | {self.understood:,} | {self.target.allowed} "
            f"| {self.findings} | {self.slowest_s * 1000:.1f} ms | {self.before_mb:.1f} MB "
            f"| {self.after_mb:.1f} MB |"
        )


class HangError(Exception):
    """An input takes too long."""


def fuzz(target: Target, seed: int, inputs: int) -> Outcome:
    """Give a target so many inputs."""
    outcome = Outcome(target)
    mutator = target.mutator(seed)
    for number in range(inputs):
        if number == int(inputs * WARM):
            outcome.before_mb = resident_mb()
        data = mutator.next()
        cuts = mutator.cuts(len(data))
        began = time.perf_counter()
        try:
            signal.alarm(HANG_S)
            outcome.understood += target.feed(data, cuts)
        except Exception:  # noqa: BLE001 - whatever it is, it is a finding
            outcome.findings += 1
            print(f"{target.name}, seed {seed}, input {number}: {data.hex()} cut at {cuts}")
            traceback.print_exc()
        finally:
            signal.alarm(0)
        outcome.slowest_s = max(outcome.slowest_s, time.perf_counter() - began)
        outcome.inputs += 1
    outcome.after_mb = resident_mb()
    return outcome


def resident_mb() -> float:
    """Return this process's resident memory, MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / MB


def main(arguments: list[str]) -> int:
    """Fuzz every target; return the exit code."""
    try:
        seed, share = _plan(*arguments)
    except (TypeError, ValueError):
        print("Name a seed, a whole number, and after it a share of the inputs, such as: 4 0.1")
        return 2
    signal.signal(signal.SIGALRM, _hang)
    outcomes = []
    for target in targets():
        outcomes.append(fuzz(target, seed, round(target.inputs * share)))
        print(outcomes[-1].line(), flush=True)
    total = sum(outcome.inputs for outcome in outcomes)
    good = all(outcome.good for outcome in outcomes)
    print(f"{total:,} inputs, seed {seed}: {'no crash, no hang, memory flat' if good else 'BAD'}")
    if not arguments:
        said = f"{total:,} inputs, seed {seed}."
        page_blocks.replace("fuzz", "\n".join([said, "", HEAD, *(one.line() for one in outcomes)]))
    return 0 if good else 1


def _plan(seed: str = str(SEED), share: str = "1") -> tuple[int, float]:
    return int(seed), float(share)


def _hang(_number: int, _frame: object) -> None:
    raise HangError(f"an input took more than {HANG_S} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
