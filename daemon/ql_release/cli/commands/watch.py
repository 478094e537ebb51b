"""`ql-release watch`: print what arrives over MQTT."""

import asyncio
from types import SimpleNamespace

from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.subscriber import SubscriberError, watch
from ql_release.cli.watch import Watcher
from ql_release.settings import MqttSettings, Settings, SettingsError, broker_address, load
from ql_release.settings.secrets import need_readable


def main(options: SimpleNamespace, console: Console) -> int:
    """Subscribe until Ctrl-C."""
    try:
        settings = broker_settings(load(options.config), options.url)
        asyncio.run(watch(settings, Watcher(console, settings.prefix), console))
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    except SubscriberError as error:
        raise CommandError(str(error)) from error
    return Exit.OK


def broker_settings(loaded: Settings, url: str | None) -> MqttSettings:
    """Return the broker to subscribe to: that of the settings, unless --url names another.

    Raises:
        SettingsError: when the URL is none, or a certificate cannot be read.
    """
    settings = loaded.mqtt
    for file in (settings.ca_file, settings.cert_file, settings.key_file):
        need_readable(file)
    if url is None:
        return settings
    try:
        broker_address(url)
    except ValueError as error:
        raise SettingsError(f"--url {error}.") from error
    return settings.model_copy(update={"urls": [url]})
