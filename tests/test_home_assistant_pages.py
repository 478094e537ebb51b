"""The pages on Home Assistant tell of all that its users see, as its quality scale asks."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from program_paths import ROOT

FOLDER = ROOT / "docs/home-assistant"
MAIN = (FOLDER / "README.md").read_text("utf-8")
PAGES = {page.name: page.read_text("utf-8") for page in sorted(FOLDER.glob("*.md"))}
ALL_PAGES = "\n".join(PAGES.values())
INTEGRATION = ROOT / "integration/custom_components/ql_release"
ENGLISH: dict[str, Any] = json.loads((INTEGRATION / "translations/en.json").read_text("utf-8"))

SECTIONS = {
    "docs-use-cases": "## What it can be used for",
    "docs-supported-devices": "### Supported devices",
    "docs-installation-instructions": "## Installation",
    "docs-installation-parameters": "### What is asked at set-up",
    "docs-configuration-parameters": "### What can be set later",
    "docs-supported-functions": "## What you get",
    "docs-data-update": "## How data arrives",
    "docs-examples": "## Examples",
    "docs-known-limitations": "## Known limitations",
    "docs-troubleshooting": "## When something does not work",
    "docs-removal-instructions": "## Remove it",
}
"""What a rule of the quality scale asks for, and where it is."""


@pytest.mark.parametrize("rule", SECTIONS)
def test_what_the_quality_scale_asks_for_is_told(rule: str) -> None:
    """Under its own heading of the main page."""
    assert f"\n{SECTIONS[rule]}\n" in MAIN


def test_each_page_is_reached_from_the_main_page() -> None:
    """By a link."""
    lost = [name for name in PAGES if name != "README.md" and f"]({name}" not in MAIN]
    assert not lost, f"docs/home-assistant/README.md: link {', '.join(lost)}"


def test_each_entity_is_told_of() -> None:
    """By its name."""
    lost = [
        f"{platform}: {shown['name']}"
        for platform, named in ENGLISH["entity"].items()
        for shown in named.values()
        if shown["name"] not in MAIN
    ]
    assert not lost, f"docs/home-assistant/README.md: tell of {', '.join(lost)}"


@pytest.mark.parametrize("kind", ["services", "triggers", "conditions"])
def test_each_action_trigger_and_condition_is_told_of(kind: str) -> None:
    """By the name that it has in YAML."""
    lost = [name for name in ENGLISH.get(kind, ()) if f"ql_release.{name}" not in ALL_PAGES]
    assert not lost, f"docs/home-assistant: tell of {', '.join(lost)}"


def test_each_field_is_told_of() -> None:
    """By its label, wherever it is asked for."""
    asked = {*_labels(ENGLISH["config"]), *_labels(ENGLISH["config_subentries"])}
    asked |= {*_labels(ENGLISH["options"])}
    lost = sorted(label for label in asked if label not in ALL_PAGES)
    assert not lost, f"docs/home-assistant: tell of {', '.join(lost)}"


def _labels(found: Any) -> Iterator[str]:
    """Give the labels of all fields below."""
    if not isinstance(found, dict):
        return
    for name, value in found.items():
        if name == "data" and isinstance(value, dict):
            yield from value.values()
        else:
            yield from _labels(value)
