"""What several commands need of captures and recordings."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.links.capture import CaptureReader, is_capture
from ql_release.links.capture_frames import CaptureFrames
from ql_release.links.damage import DamagedRecording
from ql_release.links.recording import RecordingReader
from ql_release.units import MICROSECONDS


def unreadable(path: Path, error: OSError) -> str:
    """Return why a file cannot be used."""
    return f"{path} cannot be read: {(error.strerror or str(error)).lower()}."


def progress(console: Console, path: Path) -> Callable[[float], None]:
    """Return what shows how far a file has been read; on a terminal only."""
    return lambda share: console.progress(f"{path.name}: {share:4.0%}" if share < 1 else "")


def need_file(path: Path) -> None:
    """Refuse what is there but no file, such as a pipe: what is played or analysed is read twice.

    Raises:
        CommandError: when it is none.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise CommandError(f"{path} is no file: save what comes from it to one first.", Exit.USAGE)


def length_s(path: Path, told: Callable[[float], None]) -> tuple[float, DamagedRecording | None]:
    """Return how many seconds a file lasts, and where it is damaged if it is.

    Args:
        path: the file, which is read through.
        told: is told how much of it has been read, 0 to 1.

    Raises:
        DamagedRecording: when it is damaged before its first sample.
        OSError: when it cannot be read.
    """
    first: float | None = None
    last = 0.0
    try:
        for time, share in _times(path):
            told(share)
            first = time if first is None else first
            last = time
    except DamagedRecording as error:
        if first is None:
            raise
        return last - first, error
    return last - (first or 0.0), None


def _times(path: Path) -> Iterator[tuple[float, float]]:
    """Yield times throughout the file, s, each with how much of the file has been read.

    They are those of samples in a recording, of arrival in a capture.
    """
    if is_capture(path):
        with CaptureReader(path) as capture:
            for passed_us, _ in CaptureFrames(capture):
                yield passed_us / MICROSECONDS, capture.progress
    else:
        with RecordingReader(path) as recording:
            for block in recording:
                yield block.t[0], recording.progress
                yield block.t[-1], recording.progress
