"""Checks of manifest.json."""

import re
from collections.abc import Iterator

import probatio
from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy

from hassfest.integration import Integration
from hassfest.quality import TIERS, reached
from hassfest.schema import faults

IOT_CLASSES = (
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
)
TYPES = ("device", "entity", "hardware", "helper", "hub", "service", "system")
LOADABLE = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
"""What Home Assistant loads a custom integration with."""


def version(value: object) -> str:
    """Take a version that Home Assistant loads."""
    try:
        AwesomeVersion(str(value), ensure_strategy=LOADABLE)
    except AwesomeVersionException as error:
        raise probatio.Invalid(f"{value} is no version that Home Assistant loads") from error
    return str(value)


def address(value: object) -> str:
    """Take an address of our own; pages of Home Assistant are not ours to name."""
    if not isinstance(value, str) or not re.fullmatch(r"https://[a-z0-9.-]+/\S*", value):
        raise probatio.Invalid("an address begins with https://")
    if value.startswith("https://www.home-assistant.io/"):
        raise probatio.Invalid("a custom integration has pages of its own")
    return value


# Closed; of what the schema lets stand, what an integration over MQTT may need.
SCHEMA = {
    probatio.Required("domain"): str,
    probatio.Required("name"): str,
    probatio.Optional("after_dependencies"): [str],
    probatio.Required("codeowners"): probatio.All([probatio.Match(r"^@\S+$")], probatio.Length(1)),
    probatio.Optional("config_flow"): bool,
    probatio.Optional("dependencies"): [str],
    probatio.Required("documentation"): address,
    probatio.Optional("import_executor"): bool,
    probatio.Required("integration_type"): probatio.In(TYPES),
    probatio.Required("iot_class"): probatio.In(IOT_CLASSES),
    probatio.Required("issue_tracker"): address,
    probatio.Optional("loggers"): [str],
    probatio.Optional("mqtt"): [str],
    probatio.Optional("quality_scale"): probatio.In(TIERS),
    probatio.Optional("requirements"): [str],
    probatio.Optional("single_config_entry"): bool,
    probatio.Required("version"): version,
}


def manifest(integration: Integration) -> Iterator[str]:
    """manifest.json follows its schema, is in order, and says what is true."""
    found = integration.manifest
    yield from faults("manifest.json", SCHEMA, found)
    first = ("domain", "name")
    wanted = [*first, *sorted(set(found) - set(first))]
    if list(found) != wanted:
        yield f"manifest.json: put its keys in this order: {', '.join(wanted)}"
    if found.get("domain") != integration.folder_name:
        yield f"manifest.json: the domain must be the folder's name, {integration.folder_name}"
    claimed = found.get("quality_scale")
    held = reached(integration.quality_scale)
    if claimed in TIERS and (held is None or TIERS.index(claimed) > TIERS.index(held)):
        yield (
            f"manifest.json: quality_scale claims {claimed}, "
            f"but quality_scale.yaml shows {held or 'none'}"
        )
