"""`make bench-detection`: plays the cases, scores them, and writes docs/detection.md."""

import argparse
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from detection import page, pictures, show, tuning
from detection.cases import FIRST_SEED, SESSIONS, Simulated, all_cases
from detection.playing import play_all
from ql_release.simulate import write_recording

NO_RUPTURES = (
    "The baseline PELT needs the package ruptures, which is not here: set .venv up again with "
    "Python 3.11 to 3.13 (`make clean`, then `make bench-detection PYTHON=python3.13`)."
)

DOCS = Path(__file__).parents[3] / "docs"


def main() -> int:
    """Do what the arguments ask."""
    options = _options()
    if options.write is not None:
        write_recording(Simulated(options.seed).plan(), options.write)
        print(f"wrote the session of seed {options.seed} to {options.write}")
    elif find_spec("ruptures") is None:
        print(NO_RUPTURES, file=sys.stderr)
        return 1
    elif options.seed is not None:
        show.show(Simulated(options.seed))
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
        type=_count,
        default=SESSIONS,
        help=f"simulated sessions, from seed {FIRST_SEED} on; with fewer than all {SESSIONS} the "
        "page is printed, not written",
    )
    parser.add_argument("--workers", type=_count, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--output", type=Path, help="a folder to write to instead of docs/")
    parser.add_argument(
        "--seed", type=int, help="only tell a simulated session's truth and findings"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="only write its recording")
    parser.add_argument("--tune", action="store_true", help="only tune PELT, on other sessions")
    options = parser.parse_args()
    if options.write is not None and options.seed is None:
        parser.error("--write needs the session's --seed")
    return options


def _count(said: str) -> int:
    """Return a number of one or more."""
    if int(said) < 1:
        raise argparse.ArgumentTypeError("one or more is needed")
    return int(said)


if __name__ == "__main__":
    sys.exit(main())
