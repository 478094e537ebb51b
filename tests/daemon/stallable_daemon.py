"""The real daemon, made to stall on demand: stallable_daemon.py CONFIG.

SIGUSR1 stalls the event loop until a line comes on standard input; SIGUSR2 stalls the journal's
thread, and a second one lets it go on.
"""

import asyncio
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from ql_release import service
from ql_release.clock import SystemClock
from ql_release.journal import statements
from ql_release.settings import load

_gate = threading.Event()
_gate.set()
_depth = statements.outbox_depth


def _stall_loop(_number: int, _frame: FrameType | None) -> None:
    """Stand still, as a loop does that waits for something it should not."""
    print("stalled", flush=True)  # noqa: T201 - the test waits for it
    sys.stdin.readline()


def _stall_journal(_number: int, _frame: FrameType | None) -> None:
    if _gate.is_set():
        _gate.clear()
    else:
        _gate.set()


def _gated_depth(*arguments: object) -> int:
    if not _gate.is_set():
        print("stalled", flush=True)  # noqa: T201 - the test waits for it
    _gate.wait()
    return _depth(*arguments)  # type: ignore[arg-type]


statements.outbox_depth = _gated_depth
signal.signal(signal.SIGUSR1, _stall_loop)
signal.signal(signal.SIGUSR2, _stall_journal)
asyncio.run(service.run(load(Path(sys.argv[1])), SystemClock()))
