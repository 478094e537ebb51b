"""Runs one command and turns the way it ended into an exit code."""

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.imports import spare_libraries

PARSING = frozenset({"argparse", "gettext", "ql_release.cli.parser"})
"""Modules that nothing needs once the arguments are read."""
WHILE_LOADING = (5000, 1000, 1000)
"""Thresholds of the garbage collector at which it looks at what was made last, at no more."""


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
    except OSError as error:
        if error.filename is not None:
            raise
        _discard_output()
        reason = (error.strerror or str(error)).lower()
        Console().error(f"The output cannot be written: {reason}.")
        return Exit.FAILED
    return code


def _run(arguments: Sequence[str] | None) -> int:
    """Parse the arguments and run the command that they name."""
    spare_libraries()
    options = _parsed(arguments)
    command = _loaded(f"ql_release.cli.commands.{options.command}")
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


def _parsed(arguments: Sequence[str] | None) -> SimpleNamespace:
    """Return the arguments and forget the modules that read them, unless others use them too.

    A daemon would keep their 0.4 MB for months.
    """
    needed = set(sys.modules)
    parser = importlib.import_module("ql_release.cli.parser").build_parser()
    # Not argparse's own class, which would keep all of it alive.
    options = SimpleNamespace(**vars(parser.parse_args(arguments)))
    del parser
    for name in PARSING - needed:
        package, _, leaf = name.rpartition(".")
        if sys.modules.pop(name, None) and package:
            delattr(sys.modules[package], leaf)
    gc.collect()
    return options


def _loaded(name: str) -> ModuleType:
    """Import a command; what its modules hold stays, so that it is not searched for garbage.

    That saves a tenth of a daemon's start, and as much whenever all garbage is collected.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*WHILE_LOADING)
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.set_threshold(*usual)


def _discard_output() -> None:
    """Point standard output nowhere, so that Python's last flush does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
