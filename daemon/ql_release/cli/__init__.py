"""The command `ql-release`: the only place that prints.

Each command is a module of its own that is imported when it runs, so that `--version` and
`--help` answer at once on a small computer.
"""

from ql_release.cli.command import main

__all__ = ["main"]
