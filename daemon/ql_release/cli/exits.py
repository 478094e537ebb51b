"""Exit codes of `ql-release`; docs/settings.md lists them for users."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    """Done."""
    FAILED = 1
    """It could not be done, or what was expected did not happen."""
    USAGE = 2
    """Wrong arguments or settings; nothing was begun."""
    DAMAGED = 3
    """A capture or recording is damaged; what came before the damage was still used."""
    OFFLINE = 4
    """`status`: the daemon is not running, or its broker knows nothing of it."""
    PROBLEMS = 5
    """`status`: the daemon is running, and something needs attention."""
    INTERRUPTED = 130
    """Ctrl-C: 128 and the number of SIGINT, as shells have it."""
    BROKEN_PIPE = 141
    """The reader of our output went away: 128 and the number of SIGPIPE."""


class CommandError(Exception):
    """A command cannot go on.

    Args:
        message: sentences for the person at the terminal, one a line.
        code: how the command is to end.
    """

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code
