"""What several commands need of captures and recordings."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ql_release.cli.console import Console
from ql_release.links.capture import CaptureReader, is_capture
from ql_release.links.damage import DamagedRecording
from ql_release.links.recording import RecordingReader
from ql_release.units import MICROSECONDS


def unreadable(path: Path, error: OSError) -> str:
    """Return why a file cannot be used."""
    return f"{path} cannot be read: {(error.strerror or str(error)).lower()}."


def progress(console: Console, path: Path) -> Callable[[float], None]:
    """Return what shows how far a file has been read; on a terminal only."""
    return lambda share: console.progress(f"{path.name}: {share:4.0%}" if share < 1 else "")


def length_s(path: Path) -> tuple[float, DamagedRecording | None]:
    """Return how many seconds a file lasts, and where it is damaged if it is.

    Raises:
        DamagedRecording: when it is damaged before its first sample.
        OSError: when it cannot be read.
    """
    first: float | None = None
    last = 0.0
    try:
        for time in _times(path):
            first = time if first is None else first
            last = time
    except DamagedRecording as error:
        if first is None:
            raise
        return last - first, error
    return last - (first or 0.0), None


def _times(path: Path) -> Iterator[float]:
    """Yield times throughout the file, s: of samples in a recording, of arrival in a capture."""
    if is_capture(path):
        with CaptureReader(path) as capture:
            for record in capture:
                yield record.host_us / MICROSECONDS
    else:
        with RecordingReader(path) as recording:
            for block in recording:
                yield from (block.t[0], block.t[-1])
