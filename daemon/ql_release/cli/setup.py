"""What every command that works like the daemon does first."""

from types import SimpleNamespace

from ql_release import logs
from ql_release.cli.exits import CommandError, Exit
from ql_release.settings import Settings, SettingsError, load


def ready_settings(options: SimpleNamespace) -> Settings:
    """Return the settings, with their secrets seen to be readable and the log set up.

    Raises:
        CommandError: when the settings cannot be used.
    """
    try:
        settings = load(options.config)
        settings.check_secrets()
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    logs.configure(settings.log.level, settings.log.format)
    return settings
