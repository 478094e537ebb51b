"""`ql-release status`: how a running daemon is, as the broker has it."""

import asyncio
import json
import time
from types import SimpleNamespace

from ql_release.cli.commands.watch import broker_settings
from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.standing import Standing, ask
from ql_release.cli.status_page import lines
from ql_release.cli.subscriber import SubscriberError
from ql_release.cli.verdict import Finding, Verdict, find
from ql_release.settings import Settings, SettingsError, load


def main(options: SimpleNamespace, console: Console) -> int:
    """Ask, print, and say by the exit code how it is."""
    try:
        settings = load(options.config)
        mqtt = broker_settings(settings, options.url)
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    wanted = options.bridge or _named(settings)
    try:
        standing = asyncio.run(ask(mqtt, wanted, options.timeout))
    except SubscriberError as error:
        finding = Finding(wanted or settings.bridge.id, Verdict.UNREACHABLE, [str(error)])
    else:
        bridge = wanted or _only(standing) or settings.bridge.id
        finding = find(standing, bridge, time.time_ns() // 1000)
    _show(finding, console, as_json=options.json)
    return finding.verdict.code


def _named(settings: Settings) -> str | None:
    """Return the bridge that the settings name; the host's name is only a guess."""
    return settings.bridge.id if "id" in settings.bridge.model_fields_set else None


def _only(standing: Standing) -> str | None:
    """Return the one bridge that there is."""
    return standing.bridges[0] if len(standing.bridges) == 1 else None


def _show(finding: Finding, console: Console, *, as_json: bool) -> None:
    if as_json:
        console.line(json.dumps(finding.to_data(), ensure_ascii=False))
        return
    if finding.health is None:
        console.error("\n".join(finding.problems))
        return
    for text, style in lines(finding, console.width):
        console.line(text, style)
