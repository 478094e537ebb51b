"""Check of what is imported from Home Assistant's components."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from homeassistant.const import Platform

from hassfest.integration import Integration

COMPONENTS = "homeassistant.components"
ALWAYS_THERE = frozenset(
    {
        *Platform,
        "automation",
        "conversation",
        "device_automation",
        "frontend",
        "group",
        "homeassistant",
        "persistent_notification",
        "person",
        "script",
        "sun",
        "system_health",
        "system_log",
        "webhook",
        "websocket_api",
        "zone",
    }
)
"""What an integration may import without saying so."""


def components(integration: Integration) -> Iterator[str]:
    """Whatever component is imported is depended on."""
    allowed = ALWAYS_THERE | {
        integration.folder_name,
        *integration.manifest.get("dependencies", ()),
        *integration.manifest.get("after_dependencies", ()),
    }
    modules = {PurePosixPath(path).parts[0].removesuffix(".py") for path in integration.sources}
    for path, tree in integration.sources.items():
        for name in sorted(set(_imported(tree)) - allowed - modules):
            yield (
                f"manifest.json: add {name} to dependencies (set up before) or after_dependencies "
                f"(only if it is used): {path} imports it"
            )


def _imported(tree: ast.Module) -> Iterator[str]:
    """Name the components that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == COMPONENTS:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from _below(node.module)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from _below(alias.name)


def _below(module: str) -> Iterator[str]:
    if module.startswith(f"{COMPONENTS}."):
        yield module.split(".")[2]
