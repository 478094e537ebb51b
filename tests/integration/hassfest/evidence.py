"""Check that rules of the quality scale which are called done show in the code."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from homeassistant.const import Platform

from hassfest.integration import Integration
from hassfest.quality import status


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a module must define or call."""

    module: str
    name: str


EVIDENCE = {
    "action-setup": Evidence(module="__init__.py", name="async_setup"),
    "config-entry-unloading": Evidence(module="__init__.py", name="async_unload_entry"),
    "config-flow": Evidence(module="config_flow.py", name="async_step_user"),
    "diagnostics": Evidence(module="diagnostics.py", name="async_get_config_entry_diagnostics"),
    "discovery": Evidence(module="config_flow.py", name="async_step_mqtt"),
    "reauthentication-flow": Evidence(module="config_flow.py", name="async_step_reauth"),
    "reconfiguration-flow": Evidence(module="config_flow.py", name="async_step_reconfigure"),
    "repair-issues": Evidence(module="repairs.py", name="async_create_fix_flow"),
    "runtime-data": Evidence(module="__init__.py", name="runtime_data"),
    "stale-devices": Evidence(module="__init__.py", name="async_remove_config_entry_device"),
    "unique-config-entry": Evidence(module="config_flow.py", name="_abort_if_unique_id_configured"),
}


def evidence(integration: Integration) -> Iterator[str]:
    """A rule that is done shows; each platform says how many updates it makes at once."""
    answers = integration.quality_scale.get("rules", {})
    done = {rule for rule, answer in answers.items() if status(answer) == "done"}
    for rule in sorted(done & set(EVIDENCE)):
        wanted = EVIDENCE[rule]
        tree = integration.sources.get(wanted.module)
        if tree is None or wanted.name not in _names(tree):
            yield f"quality_scale.yaml: {rule} is not done: {wanted.module} lacks {wanted.name}"
    for module in ("condition.py", "trigger.py"):
        rule = f"docs-{module.removesuffix('.py')}s"
        if module in integration.sources and rule in answers and rule not in done:
            yield f"quality_scale.yaml: {rule} applies: {module} is there; describe them in docs"
    if "parallel-updates" in done:
        for platform in Platform:
            tree = integration.sources.get(f"{platform}.py")
            if tree is not None and "PARALLEL_UPDATES" not in _names(tree):
                yield f"{platform}.py: add PARALLEL_UPDATES"


def _names(tree: ast.Module) -> set[str]:
    """Return all that a module defines, sets or calls."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
    return found
