"""`make bench-detection`: plays the cases, scores them, and writes docs/detection.md."""

import argparse
import os
import sys
import time
from pathlib import Path

from detection import page, pictures, show, tuning
from detection.cases import FIRST_SEED, SESSIONS, Simulated, all_cases
from detection.playing import play_all
from ql_release.simulate import write_recording

DOCS = Path(__file__).parents[3] / "docs"


def main() -> int:
    """Do what the arguments ask."""
    options = _options()
    if options.write is not None:
        seed, path = int(options.write[0]), Path(options.write[1])
        write_recording(Simulated(seed).plan(), path)
        print(f"{path} holds the session of seed {seed}: `ql-release analyze {path}` reads it")
    elif options.show is not None:
        show.show(Simulated(options.show))
    elif options.tune:
        tuning.tune(options.workers)
    else:
        score(options.sessions, options.workers, options.output)
    return 0


def score(sessions: int, workers: int, output: Path | None) -> None:
    """Play the cases and write the page, or print it when it is not the whole scoreboard."""
    cases = all_cases(sessions)
    began = time.monotonic()
    outcomes = []
    for number, outcome in enumerate(play_all(cases, workers), 1):
        outcomes.append(outcome)
        if sys.stderr.isatty():
            print(f"\r{number} of {len(cases)} cases", end="", file=sys.stderr, flush=True)
    print(f"played {len(cases)} cases in {time.monotonic() - began:.0f} s", file=sys.stderr)
    if output is None and sessions != SESSIONS:
        print(page.text(outcomes))
        return
    folder = DOCS if output is None else output
    pictures.draw_all(outcomes, folder / "pictures")
    (folder / "detection.md").write_text(page.text(outcomes), encoding="utf-8")
    print(f"wrote {folder / 'detection.md'} and its pictures", file=sys.stderr)


def _options() -> argparse.Namespace:
    """Return what was asked."""
    parser = argparse.ArgumentParser(prog="make bench-detection", description=__doc__)
    parser.add_argument(
        "--sessions",
        type=int,
        default=SESSIONS,
        help=f"simulated sessions, from seed {FIRST_SEED} on; with fewer than all {SESSIONS} the "
        "page is printed, not written",
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--output", type=Path, help="a folder to write to instead of docs/")
    parser.add_argument(
        "--write", nargs=2, metavar=("SEED", "FILE"), help="only write a session's recording"
    )
    parser.add_argument(
        "--show", type=int, metavar="SEED", help="only tell a session's truth and findings"
    )
    parser.add_argument("--tune", action="store_true", help="only tune PELT, on other sessions")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
