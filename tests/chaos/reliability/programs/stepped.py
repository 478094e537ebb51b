"""The daemon on a machine whose wall clock is set while it runs.

    python stepped.py FILE run --config …

FILE holds by how many seconds the wall clock is off at present. The daemon asks for the time of
day by `time.time_ns` alone (`clock.SystemClock`); its monotonic clock goes on as on any machine.
"""

import sys
import time
from pathlib import Path

from ql_release.cli import main

NS = 1_000_000_000
_offset = Path(sys.argv.pop(1))
_real_ns = time.time_ns


def _stepped_ns() -> int:
    return _real_ns() + round(float(_offset.read_text()) * NS)


time.time_ns = _stepped_ns
sys.exit(main())
