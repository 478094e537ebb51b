"""`ql-release replay`: a file played into the daemon as if a tool sent it."""

import asyncio
from argparse import Namespace
from pathlib import Path

from ql_release import service
from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.files import length_s, unreadable
from ql_release.cli.setup import ready_settings
from ql_release.clock import Clock, SystemClock, VirtualClock
from ql_release.links.damage import DamagedRecording
from ql_release.links.replay import ReplayTool


def main(options: Namespace, console: Console) -> int:
    """Play the file to its end, or to where it is damaged."""
    settings = ready_settings(options)
    seconds, damage = _length(options.file)
    clock = _clock(options.speed, seconds)
    try:
        asyncio.run(service.run(settings, clock, sources=[ReplayTool(options.file, clock)]))
    except service.ServiceError as error:
        raise CommandError(str(error)) from error
    if damage is not None:
        console.error(f"{damage}; what came before was played.")
        return Exit.DAMAGED
    return Exit.OK


def _length(file: Path) -> tuple[float, DamagedRecording | None]:
    """Return how long the file is and where it is damaged; refuse one that cannot be played."""
    try:
        return length_s(file)
    except DamagedRecording as error:
        raise CommandError(f"{error}; nothing was played.", Exit.DAMAGED) from error
    except OSError as error:
        raise CommandError(unreadable(file, error)) from error


def _clock(speed: float, seconds: float) -> Clock:
    """Return a clock of that speed; a fast one ends at now."""
    return SystemClock() if speed == 1 else VirtualClock(speed, seconds)
