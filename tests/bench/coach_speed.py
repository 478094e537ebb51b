"""How long the coach of one person takes for a year.

`make bench`, or `PYTHONPATH=tests/support .venv/bin/python tests/bench/coach_speed.py`. A year of a
lifter whose trainings three sources report, who sits at a desk and answers as people do; every
decision is made as in a home, but nothing is stored between.
"""

import time

from coach_lifters import LIFTERS, year_of

TARGET_S = 1.0
RUNS = 5
LIFTER = LIFTERS[1]


def run() -> float:
    """Return how many seconds of the processor a year takes."""
    started = time.process_time()
    year_of(LIFTER)
    return time.process_time() - started


def main() -> None:
    """Print the figure."""
    took = min(run() for _ in range(RUNS))
    verdict = "met" if took < TARGET_S else "missed"
    print(f"coach: a year of one person in {took:.2f} s, target {TARGET_S:g} s: {verdict}")


if __name__ == "__main__":
    main()
