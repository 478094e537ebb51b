"""Checks of actions, triggers and conditions: described, translated, and with an icon."""

from collections.abc import Iterator
from typing import Any

import probatio
from homeassistant.helpers import selector

from hassfest.integration import ENGLISH, Document, Integration, at
from hassfest.schema import faults, slug

KINDS = {"services": "service", "triggers": "trigger", "conditions": "condition"}
"""What describes them, and what the icon of one is called."""


def _there(value: object) -> object:
    if value is None:
        raise probatio.Invalid("give a value")
    return value


FIELD = {
    probatio.Optional("example"): _there,
    probatio.Optional("default"): _there,
    probatio.Optional("required"): bool,
    probatio.Optional("selector"): selector.validate_selector,
}
ACTION_FIELD = FIELD | {probatio.Optional("advanced"): bool, probatio.Optional("filter"): dict}
TRIGGER_FIELD = FIELD | {probatio.Optional("context"): dict}
SECTION = {
    probatio.Optional("collapsed"): bool,
    probatio.Required("fields"): {str: ACTION_FIELD},
}
TARGET = probatio.Any(selector.TargetSelector.CONFIG_SCHEMA, None)


def _entry(field: Any) -> Any:
    return probatio.Any(
        {probatio.Optional("target"): TARGET, probatio.Optional("fields"): {str: field}}, None
    )


SCHEMAS = {
    "services": {slug: _entry(probatio.Any(ACTION_FIELD, SECTION))},
    "triggers": {slug: _entry(TRIGGER_FIELD)},
    "conditions": {slug: _entry(TRIGGER_FIELD)},
}


def described(integration: Integration) -> Iterator[str]:
    """services.yaml, triggers.yaml and conditions.yaml follow their closed schemas."""
    for kind, found in _files(integration):
        yield from faults(f"{kind}.yaml", SCHEMAS[kind], found)
        if list(found) != sorted(found):
            yield f"{kind}.yaml: put its keys in alphabetical order"


def registered(integration: Integration) -> Iterator[str]:
    """Whoever offers something describes it."""
    for kind, asked in (("triggers", "trigger"), ("conditions", "condition")):
        if f"{asked}.py" in integration.sources and not getattr(integration, kind):
            yield f"{kind}.yaml: add it, {asked}.py offers some"


def translated(integration: Integration) -> Iterator[str]:
    """All that is described has name, hint and icon, and nothing else has."""
    for kind, found in _files(integration):
        strings = integration.english.get(kind, {})
        icons = integration.icons.get(kind, {})
        for name in sorted(set(strings) - set(found)):
            yield f"{ENGLISH}: {kind}.{name}: remove it, or describe it in {kind}.yaml"
        for name in sorted(set(icons) - set(found)):
            yield f"icons.json: {kind}.{name}: remove it, or describe it in {kind}.yaml"
        for name, entry in found.items():
            if name not in icons:
                yield f'icons.json: add {kind}.{name}: {{"{KINDS[kind]}": "mdi:…"}}'
            yield from _texts(integration.english, kind, name, entry or {})


def _texts(english: Document, kind: str, name: str, entry: Document) -> Iterator[str]:
    """Compare an entry's fields with those that are translated."""
    strings = at(english, kind, name)
    if strings is None:
        yield f"{ENGLISH}: add {kind}.{name} with name and description ({kind}.yaml has it)"
        return
    fields, sections = _fields(entry)
    for what, wanted in (("fields", set(fields)), ("sections", sections)):
        there = set(strings.get(what, ()))
        for one in sorted(wanted - there):
            yield f"{ENGLISH}: add {kind}.{name}.{what}.{one} ({kind}.yaml has it)"
        for one in sorted(there - wanted):
            yield f"{ENGLISH}: {kind}.{name}.{what}.{one}: remove it, {kind}.yaml has none"
    for field, described_field in fields.items():
        yield from _options(english, f"{kind}.yaml: {name}.{field}", described_field)


def _fields(entry: Document) -> tuple[Document, set[str]]:
    """Return the fields of an entry by name, those of sections included, and its sections."""
    fields: Document = {}
    sections = set()
    for name, value in (entry.get("fields") or {}).items():
        if value and "fields" in value:
            sections.add(name)
            fields |= value["fields"]
        else:
            fields[name] = value or {}
    return fields, sections


def _options(english: Document, where: str, field: Document) -> Iterator[str]:
    """Compare the options of a choice with those that are translated."""
    choice = at(field, "selector", "select")
    name = at(choice, "translation_key")
    if name is None:
        return
    wanted = {one if isinstance(one, str) else one["value"] for one in choice["options"]}
    there = set(at(english, "selector", name, "options") or ())
    for one in sorted(wanted - there):
        yield f"{ENGLISH}: add selector.{name}.options.{one} ({where} offers it)"
    for one in sorted(there - wanted):
        yield f"{ENGLISH}: selector.{name}.options.{one}: remove it, {where} does not offer it"


def _files(integration: Integration) -> Iterator[tuple[str, Document]]:
    """Give each file by its kind; what begins with a dot is there to be referred to."""
    for kind in KINDS:
        found: Document = getattr(integration, kind)
        yield kind, {name: one for name, one in found.items() if not name.startswith(".")}
