"""`make cluster`: plays the drill, and writes what came of it into docs/cluster.md."""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from pathlib import Path

from program_paths import BIN, missing_reason

from drill import page
from drill.play import FULL, Outcome, staged

NATS = "nats-server"
LIMIT_S = 420.0
"""A drill that has not ended by then never will: it takes two to three minutes."""


def main() -> int:
    """Play; return 0 when exactly what was journaled has arrived, and all nodes agree."""
    options = _options()
    program = BIN / NATS
    if not program.exists():
        print(f"{NATS} is missing: {missing_reason(NATS)}", file=sys.stderr)
        return 1
    try:
        outcome = asyncio.run(_play(program, options.keep))
    except TimeoutError:
        print(f"What should have happened did not, within {LIMIT_S:.0f} s.", file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        print("Stopped.", file=sys.stderr)
        return 1
    print("\n" + page.table(outcome))
    if outcome.good and not options.dry:
        page.write(outcome)
    return 0 if outcome.good else 1


async def _play(program: Path, keep: Path | None) -> Outcome:
    task = asyncio.current_task()
    assert task is not None
    # Whoever asks for an end waits until the processes that were started have ended.
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    began = time.monotonic()

    def say(what: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - began), 60)
        print(f"{minutes}:{seconds:02}  {what}", flush=True)

    with tempfile.TemporaryDirectory(prefix="ql-release-cluster-") as folder:
        place = keep or Path(folder)
        async with asyncio.timeout(LIMIT_S), staged(FULL, program, place, say) as drill:
            return await drill.play()


def _options() -> argparse.Namespace:
    """Return what was asked."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--dry", action="store_true", help="leave docs/cluster.md as it is")
    parser.add_argument("--keep", type=Path, help="an empty folder for logs and journals")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
