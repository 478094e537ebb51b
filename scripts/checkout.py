"""Where things lie in this checkout, and the helpers all set-up scripts share.

Standard library only: these scripts run before anything is installed.
"""

import contextlib
import fcntl
import hashlib
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
STATE = TOOLS / "state.json"
"""What `programs.py` found and what it could not have; read by tests/support/program_paths.py."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class SetupError(Exception):
    """A step that cannot be done here; the message says why and what to do next."""


def digest(*parts: str | Path) -> str:
    """Return a hash over texts and the contents of files, to tell whether a set-up is stale."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()


@contextlib.contextmanager
def exclusive() -> Iterator[None]:
    """Let one set-up at a time work on this checkout; a second one waits."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(command: Sequence[str | Path], what: str) -> str:
    """Run a command silently and return its output.

    Raises:
        SetupError: It failed; the message names the step and the last line the command printed.

    """
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise SetupError(f"{what}: {error}") from error
    if done.returncode:
        raise SetupError(f"{what}: {last_line(done.stdout)}")
    return done.stdout


def last_line(output: str) -> str:
    """Return the line of a program's output that most likely says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("e:", "err:", "error"))]
    return (errors or lines or ["it failed without a word"])[-1]
