"""The arguments of every command."""

import argparse
from pathlib import Path
from typing import TypeAlias

from ql_release import __version__
from ql_release.cli.console import Console
from ql_release.cli.exits import Exit

DESCRIPTION = (
    "Bridges a force-sensing muscle release tool to MQTT: session, pressure and release events."
)
EPILOG = f"""\
exit codes:
  {Exit.OK:<5}done
  {Exit.FAILED:<5}it could not be done, or what was expected did not happen
  {Exit.USAGE:<5}wrong arguments or settings; nothing was begun
  {Exit.DAMAGED:<5}a capture or recording is damaged; what came before the damage was used
  {Exit.OFFLINE:<5}status: the daemon is offline, or was never seen
  {Exit.PROBLEMS:<5}status: it is online, and something needs attention
  {Exit.INTERRUPTED:<5}ended by Ctrl-C
  {Exit.BROKEN_PIPE:<5}the reader of the output went away

Settings come from /etc/ql-release/config.toml or --config, then from QL_RELEASE_…
environment variables, then from defaults. docs/settings.md lists them all.
"""
MARGIN = 2
"""Columns that help leaves free, as argparse itself does."""
DEFAULT_REPLAY_SPEED = 1.0
DEFAULT_STATUS_S = 5.0
"""A broker sends what it keeps within milliseconds; a slow network may need a second or two."""

# argparse has no public name for what `add_subparsers` returns.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal.

    By itself argparse asks `shutil` for the width with every argument that is added, and that
    module brings all kinds of compression, 0.3 MB that a daemon would keep.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=Console().width - MARGIN)


class _HelpWithLines(_Help, argparse.RawDescriptionHelpFormatter):
    """Help whose texts keep their lines."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="ql-release",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=_HelpWithLines,
    )
    parser.add_argument("--version", action="version", version=f"ql-release {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_demo(commands)
    _add_watch(commands)
    _add_status(commands)
    _add_analyze(commands)
    _add_report(commands)
    _add_record(commands)
    _add_replay(commands)
    _add_labels(commands)
    _add_config(commands)
    return parser


def _add(commands: Commands, name: str, summary: str, text: str) -> argparse.ArgumentParser:
    """Add a command with its help."""
    return commands.add_parser(name, help=summary, description=text, formatter_class=_Help)


def _add_run(commands: Commands) -> None:
    command = _add(
        commands,
        "run",
        "run the daemon",
        "Runs the daemon until SIGTERM or Ctrl-C. An open session stays open: the next start "
        "continues it. The log goes to standard error.",
    )
    _add_settings(command)
    # For `demo` and tests: SPEED:DURATION:STARTED_US of a clock.VirtualClock.
    command.add_argument("--clock", type=_clock_text, help=argparse.SUPPRESS)


def _add_demo(commands: Commands) -> None:
    command = _add(
        commands,
        "demo",
        "show everything working, without hardware",
        "Starts a broker, the daemon and a tool (its real firmware, with a simulated body on "
        "it) and prints what an ordinary MQTT subscriber receives. Exits 0 only if every "
        "expected event came, in order.",
    )
    command.add_argument(
        "--recording",
        type=Path,
        metavar="FILE",
        help="play a text recording or a .qlcap capture instead of the simulated body",
    )
    command.add_argument(
        "--speed",
        type=_speed,
        metavar="X",
        help="times real time (default 10; for a recording so that it takes under a minute, "
        "where that is possible)",
    )
    command.add_argument("--verbose", action="store_true", help="show what the parts log")


def _add_watch(commands: Commands) -> None:
    command = _add(
        commands,
        "watch",
        "print what arrives over MQTT",
        "Subscribes to the broker of the settings and prints a line for each event until "
        "Ctrl-C; on a terminal the present force is a moving bar.",
    )
    _add_settings(command)
    command.add_argument("--url", metavar="URL", help="the broker, such as mqtt://host:1883")


def _add_status(commands: Commands) -> None:
    command = _add(
        commands,
        "status",
        "say how a running daemon is",
        "Asks the broker of the settings what the daemon last said of itself and its tools. Exits "
        "0 when all is well, 4 when the daemon is offline, 5 when something needs attention.",
    )
    _add_settings(command)
    command.add_argument("--url", metavar="URL", help="the broker, such as mqtt://host:1883")
    command.add_argument(
        "--bridge", metavar="ID", help="which daemon (default: bridge.id of the settings)"
    )
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument(
        "--timeout",
        type=_positive,
        default=DEFAULT_STATUS_S,
        metavar="S",
        help=f"seconds to wait for an answer (default {DEFAULT_STATUS_S:g})",
    )


def _add_analyze(commands: Commands) -> None:
    command = _add(
        commands,
        "analyze",
        "find sessions, holds and releases in a file",
        "Reads a text recording or a .qlcap capture and prints its events.",
    )
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--json", action="store_true", help="print one JSON object a line")
    command.add_argument(
        "--strict", action="store_true", help="refuse a damaged file instead of using its start"
    )


def _add_report(commands: Commands) -> None:
    command = _add(
        commands,
        "report",
        "draw a file's sessions as pages to read and print",
        "Reads a text recording, a .qlcap capture or a session of the journal and writes its "
        "sessions as pages, one file that needs nothing else. Needs the extra `analysis`.",
    )
    _add_settings(command)
    source = command.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, nargs="?", metavar="FILE")
    source.add_argument(
        "--session", metavar="ID", help="of the journal: an `ended` event's session"
    )
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="REPORT",
        help="what to write, by its ending: .html, .pdf, .png or .svg, one picture a session "
        "(default: NAME-report.html beside the file)",
    )


def _add_record(commands: Commands) -> None:
    command = _add(
        commands,
        "record",
        "write a tool's raw data to a .qlcap capture",
        "Waits for a tool on the links of the settings, the daemon being stopped, and writes "
        "all that it sends to a new file until Ctrl-C.",
    )
    _add_settings(command)
    command.add_argument("--output", type=Path, required=True, metavar="FILE", help="new .qlcap")
    command.add_argument("--seconds", type=_positive, metavar="S", help="end after so long")


def _add_replay(commands: Commands) -> None:
    command = _add(
        commands,
        "replay",
        "play a file into the daemon as if a tool sent it",
        "Runs the daemon with a recording or capture in place of a tool, and ends with it.",
    )
    _add_settings(command)
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument(
        "--speed",
        type=_speed,
        default=DEFAULT_REPLAY_SPEED,
        metavar="X",
        help="times real time (default 1)",
    )


def _add_labels(commands: Commands) -> None:
    command = _add(
        commands,
        "labels",
        "list past sessions, or export them with what was felt",
        "Reads the journal, also while the daemon runs.",
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = _add(actions, "list", "list the sessions", "Lists the sessions of the journal.")
    listing.add_argument("--json", action="store_true", help="print one JSON object a line")
    export = _add(
        actions,
        "export",
        "write sessions with an answer as labelled recordings",
        "Writes each finished session in which somebody said whether a release was felt as a "
        ".qlcap capture, and a table of the releases. What is there already stays as it is.",
    )
    export.add_argument("--output", "-o", type=Path, required=True, metavar="DIR", help="folder")
    export.add_argument("--all", action="store_true", help="sessions without an answer, too")
    export.add_argument("--force", action="store_true", help="write anew what is there")
    for action in (listing, export):
        _add_settings(action)
        action.add_argument("--journal", type=Path, metavar="FILE", help="another journal")


def _add_config(commands: Commands) -> None:
    command = _add(
        commands, "config", "check or show the settings", "Looks at the settings in force."
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text in (
        ("check", "say whether the settings and the files they name are in order"),
        ("show", "print all settings as TOML, with where each came from; never a secret"),
    ):
        _add_settings(_add(actions, name, text, f"Will {text}."))


def _add_settings(command: argparse.ArgumentParser) -> None:
    """Add the option that every command with settings has."""
    command.add_argument("--config", type=Path, metavar="FILE", help="settings (TOML)")


def _positive(text: str) -> float:
    """Return a number above 0 and below infinity."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


_speed = _positive


def _clock_text(text: str) -> tuple[float, float, int]:
    """Return the three numbers of a virtual clock."""
    try:
        speed, duration, started_us = text.split(":")
        return float(speed), float(duration), int(started_us)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not SPEED:DURATION:STARTED_US") from error
