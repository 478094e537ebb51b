"""Checks of icons.json."""

import re
from collections.abc import Iterator
from typing import Any

import probatio

from hassfest.integration import Document, Integration
from hassfest.schema import faults, key, keyed, slug

ICON = re.compile(r"mdi:[a-z0-9]+(?:-[a-z0-9]+)*")


def icon(value: object) -> str:
    """Take an icon of Material Design Icons."""
    if not isinstance(value, str) or not ICON.fullmatch(value):
        raise probatio.Invalid(f"{value} is no icon: mdi: and its name")
    return value


def _rising(value: Any) -> Any:
    """Take icons by number, from small to large."""
    try:
        bounds = [float(bound) for bound in value]
    except ValueError as error:
        raise probatio.Invalid("a range is given by numbers") from error
    if bounds != sorted(set(bounds)):
        raise probatio.Invalid("a range rises")
    return value


SECTION = {key: {str: icon}}
STEPS = {probatio.Optional("step"): {str: {probatio.Optional("sections"): {str: icon}}}}
STATES = keyed(icon)
SHOWN = {
    probatio.Optional("default"): icon,
    probatio.Optional("state"): STATES,
    probatio.Optional("range"): probatio.All({str: icon}, _rising),
    probatio.Optional("state_attributes"): keyed(
        {probatio.Optional("default"): icon, probatio.Optional("state"): STATES}
    ),
}
SERVICE = {
    probatio.Required("service"): icon,
    probatio.Optional("sections"): {str: icon},
}
SCHEMA = {
    probatio.Optional("config"): STEPS,
    probatio.Optional("options"): STEPS,
    probatio.Optional("entity"): {slug: keyed(SHOWN)},
    probatio.Optional("services"): {slug: SERVICE},
    probatio.Optional("triggers"): {slug: {probatio.Required("trigger"): icon}},
    probatio.Optional("conditions"): {slug: {probatio.Required("condition"): icon}},
}


def icons(integration: Integration) -> Iterator[str]:
    """icons.json follows its closed schema; a state's icon differs from the usual one."""
    yield from faults("icons.json", SCHEMA, integration.icons)
    for platform, shown in integration.icons.get("entity", {}).items():
        for name, one in shown.items():
            yield from _twice(f"icons.json: entity.{platform}.{name}", one)


def _twice(where: str, shown: Document) -> Iterator[str]:
    for state, found in shown.get("state", {}).items():
        if found == shown.get("default"):
            yield f"{where}.state.{state}: remove it, it is the default"


def icons_of_entities(integration: Integration) -> Iterator[str]:
    """Icons are given for entities that have a translation."""
    named = integration.english.get("entity", {})
    for platform, shown in integration.icons.get("entity", {}).items():
        for name in sorted(set(shown) - set(named.get(platform, {}))):
            yield (
                f"icons.json: entity.{platform}.{name}: remove it, or add "
                f"entity.{platform}.{name} to translations/en.json"
            )
