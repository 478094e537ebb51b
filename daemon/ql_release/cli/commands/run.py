"""`ql-release run`: the daemon."""

import asyncio
from types import SimpleNamespace

from ql_release import service
from ql_release.bootclock import BootClock
from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.setup import ready_settings
from ql_release.clock import Clock, VirtualClock


def main(options: SimpleNamespace, _console: Console) -> int:
    """Run the daemon until it is told to stop."""
    settings = ready_settings(options)
    try:
        asyncio.run(service.run(settings, _clock(options)))
    except service.ServiceError as error:
        raise CommandError(f"{error}.") from error
    return Exit.OK


def _clock(options: SimpleNamespace) -> Clock:
    """Return the clock that the options ask for."""
    return VirtualClock(*options.clock) if options.clock else BootClock()
