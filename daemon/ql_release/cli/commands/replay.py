"""`ql-release replay`: a file played into the daemon as if a tool sent it."""

import asyncio
import tempfile
from pathlib import Path
from types import SimpleNamespace

from ql_release import service
from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.files import length_s, need_file, progress, unreadable
from ql_release.cli.setup import ready_settings
from ql_release.clock import Clock, SystemClock, VirtualClock
from ql_release.links.capture import CaptureReader, is_capture
from ql_release.links.capture_frames import CaptureFrames
from ql_release.links.damage import DamagedRecording
from ql_release.links.recording_frames import RECORDING_SERIAL
from ql_release.links.replay import ReplayTool
from ql_release.settings import BridgeSettings, JournalSettings, Settings, ToolSettings

APART = "replay"
"""Bridge and tool of a replay without --config: no real one may be mistaken for it."""


def main(options: SimpleNamespace, console: Console) -> int:
    """Play the file to its end, or to where it is damaged."""
    need_file(options.file)
    settings = ready_settings(options)
    seconds, damage = _length(options.file, console)
    with tempfile.TemporaryDirectory(prefix="ql-release-replay-") as folder:
        if options.config is None:
            settings = apart(settings, Path(folder), _serial(options.file))
        if not _play(settings, options.file, _clock(options.speed, seconds)):
            return Exit.INTERRUPTED
    if damage is not None:
        console.error(f"{damage}; what came before was played.")
        return Exit.DAMAGED
    return Exit.OK


def apart(settings: Settings, folder: Path, serial: bytes) -> Settings:
    """Return settings that leave a daemon on the same machine or broker alone.

    Args:
        settings: those in force; their broker, people and muscles stay.
        folder: where to keep the journal.
        serial: the serial number in the file.
    """
    number = serial.hex()
    known = (tool for tool in settings.tools.values() if tool.serial == number)
    return settings.model_copy(
        update={
            "bridge": BridgeSettings(id=APART),
            "tools": {APART: next(known, ToolSettings(serial=number))},
            "journal": JournalSettings(path=folder / "journal.db"),
            "tcp": settings.tcp.model_copy(update={"enabled": False}),
            "serial": [],
        }
    )


def _play(settings: Settings, file: Path, clock: Clock) -> bool:
    """Run the daemon with the file; return whether it was played to its end."""
    try:
        return asyncio.run(service.run(settings, clock, sources=[ReplayTool(file, clock)]))
    except service.ServiceError as error:
        raise CommandError(f"{error}.") from error


def _length(file: Path, console: Console) -> tuple[float, DamagedRecording | None]:
    """Return how long the file is and where it is damaged; refuse one that cannot be played."""
    try:
        return length_s(file, progress(console, file))
    except DamagedRecording as error:
        raise CommandError(f"{error}; nothing was played.", Exit.DAMAGED) from error
    except OSError as error:
        raise CommandError(unreadable(file, error)) from error


def _serial(file: Path) -> bytes:
    """Return the serial number of the tool in a file that can be played."""
    if not is_capture(file):
        return RECORDING_SERIAL
    with CaptureReader(file) as reader:
        return CaptureFrames(reader).hello().info.serial


def _clock(speed: float, seconds: float) -> Clock:
    """Return a clock of that speed; a fast one ends at now."""
    return SystemClock() if speed == 1 else VirtualClock(speed, seconds)
