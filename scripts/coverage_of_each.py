"""Say which modules are covered by less than they should be: each of them, not all together.

Usage: coverage_of_each.py REPORT PERCENT, where REPORT is what `coverage json` has written.
"""

import json
import sys
from pathlib import Path


def short(report: Path, percent: float) -> list[str]:
    """Return a line for each module of a report that is covered by less, branches included."""
    files = json.loads(report.read_text("utf-8"))["files"]
    return [
        f"{name}: {found['summary']['percent_covered']:.1f} % covered, {percent:g} % are wanted"
        for name, found in files.items()
        if found["summary"]["percent_covered"] < percent
    ]


def main() -> int:
    """Print the lines; 1: there are any."""
    report, percent = sys.argv[1:]
    lines = short(Path(report), float(percent))
    print("\n".join(lines), end="\n" if lines else "")
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main())
