"""Runs one command and turns the way it ended into an exit code."""

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence

from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.parser import build_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `ql-release`.

    Args:
        arguments: what follows the command's name; the process's own by default.

    Returns:
        The exit code, see `Exit`.
    """
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return Exit.BROKEN_PIPE
    return code


def _run(arguments: Sequence[str] | None) -> int:
    """Parse the arguments and run the command that they name."""
    options = build_parser().parse_args(arguments)
    command = importlib.import_module(f"ql_release.cli.commands.{options.command}")
    console = Console()
    try:
        return int(command.main(options, console))
    except CommandError as error:
        console.error(str(error))
        return error.code
    finally:
        with contextlib.suppress(BrokenPipeError):
            console.status()
            console.progress()


def _discard_output() -> None:
    """Point standard output nowhere, so that Python's last flush does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
