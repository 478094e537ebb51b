"""The integration's files, as the checks read them."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

type Document = dict[str, Any]

FOLDER = Path(__file__).parents[3] / "integration/custom_components/ql_release"
ENGLISH = "translations/en.json"


@dataclass(frozen=True, kw_only=True)
class Integration:
    """What stands in an integration's folder."""

    folder_name: str
    manifest: Document
    languages: dict[str, Document]
    """Translations by language."""
    icons: Document
    services: Document
    triggers: Document
    conditions: Document
    quality_scale: Document
    sources: dict[str, ast.Module]
    """Python by path within the folder."""
    brand: dict[str, bytes]
    """Images by name."""

    @property
    def english(self) -> Document:
        """The translations from which all others are made."""
        return self.languages["en"]


def load(folder: Path = FOLDER) -> Integration:
    """Read an integration's folder."""
    return Integration(
        folder_name=folder.name,
        manifest=_json(folder / "manifest.json"),
        languages={one.stem: _json(one) for one in sorted(folder.glob("translations/*.json"))},
        icons=_json(folder / "icons.json"),
        services=_yaml(folder / "services.yaml"),
        triggers=_yaml(folder / "triggers.yaml"),
        conditions=_yaml(folder / "conditions.yaml"),
        quality_scale=_yaml(folder / "quality_scale.yaml"),
        sources={
            one.relative_to(folder).as_posix(): ast.parse(one.read_text("utf-8"))
            for one in sorted(folder.rglob("*.py"))
        },
        brand={one.name: one.read_bytes() for one in sorted(folder.glob("brand/*"))},
    )


def _json(path: Path) -> Document:
    """Read JSON whose keys stand once each: a second one would hide the first."""

    def once(pairs: list[tuple[str, Any]]) -> Document:
        keys = [key for key, _ in pairs]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"{path.name}: stands twice: {', '.join(sorted(twice))}"
        return dict(pairs)

    document: Document = json.loads(path.read_text("utf-8"), object_pairs_hook=once)
    return document


def _yaml(path: Path) -> Document:
    """Read YAML, or nothing if the integration needs no such file yet."""
    return load_yaml_dict(str(path)) if path.exists() else {}


def texts(found: object, *path: str) -> dict[tuple[str, ...], str]:
    """Return all sentences by their path."""
    if not isinstance(found, dict):
        return {path: str(found)}
    every: dict[tuple[str, ...], str] = {}
    for key, value in found.items():
        every |= texts(value, *path, str(key))
    return every


def at(found: object, *path: str) -> Any:
    """Return what stands at a path; None: nothing does."""
    for key in path:
        if not isinstance(found, dict) or key not in found:
            return None
        found = found[key]
    return found
