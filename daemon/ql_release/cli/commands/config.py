"""`ql-release config`: check and show the settings."""

from types import SimpleNamespace

from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.settings import Loaded, SettingsError, load_with_sources
from ql_release.settings.show import as_toml


def main(options: SimpleNamespace, console: Console) -> int:
    """Run `config check` or `config show`."""
    try:
        loaded = load_with_sources(options.config)
        if options.action == "check":
            loaded.settings.check_secrets()
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    if options.action == "check":
        console.line(f"The settings are in order ({_sources(loaded)}).")
    else:
        for line in as_toml(loaded):
            console.line(line)
    return Exit.OK


def _sources(loaded: Loaded) -> str:
    """Return what was read."""
    return str(loaded.path) if loaded.path else "no file; environment and defaults only"
