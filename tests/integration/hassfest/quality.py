"""Checks of quality_scale.yaml; for custom integrations hassfest itself makes none."""

from collections.abc import Iterator, Mapping
from typing import Any

import probatio

from hassfest.integration import Integration
from hassfest.schema import faults

RULES = {
    "bronze": (
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow-test-coverage",
        "config-flow",
        "dependency-transparency",
        "docs-actions",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "docs-triggers",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    ),
    "silver": (
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    ),
    "gold": (
        "devices",
        "diagnostics",
        "discovery-update-info",
        "discovery",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    ),
    "platinum": ("async-dependency", "inject-websession", "strict-typing"),
}
TIERS = tuple(RULES)
ALL_RULES = tuple(rule for rules in RULES.values() for rule in rules)

STATUS = probatio.Any(
    probatio.In(("done", "todo")),
    {probatio.Required("status"): probatio.In(("done", "todo")), probatio.Optional("comment"): str},
    {
        probatio.Required("status"): "exempt",
        probatio.Required("comment"): probatio.All(str, probatio.Length(min=1)),
    },
)
SCHEMA = {probatio.Required("rules"): {probatio.Required(rule): STATUS for rule in ALL_RULES}}


def quality(integration: Integration) -> Iterator[str]:
    """All rules are answered; exemptions say why."""
    yield from faults("quality_scale.yaml", SCHEMA, integration.quality_scale)
    rules = integration.quality_scale.get("rules", {})
    if list(rules) != [rule for rule in ALL_RULES if rule in rules]:
        yield f"quality_scale.yaml: put the rules in this order: {', '.join(ALL_RULES)}"


def status(answer: object) -> object:
    """Return a rule's status, whichever way it is written."""
    return answer.get("status") if isinstance(answer, Mapping) else answer


def reached(quality_scale: Mapping[str, Any]) -> str | None:
    """Return the highest tier all of whose rules, and of those below, are kept."""
    answers = quality_scale.get("rules", {})
    held = None
    for tier, rules in RULES.items():
        if any(status(answers.get(rule)) not in {"done", "exempt"} for rule in rules):
            break
        held = tier
    return held
