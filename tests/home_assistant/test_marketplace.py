"""Home Assistant's own marketplace takes what `make release` builds."""

import json
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from release import DOMAIN, build

PARTS = ("utils.validate", "repositories.integration")

# What it is built on tells of what Python will drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def marketplace() -> Any:
    """Give what of the marketplace reads a repository."""
    start = "homeassistant.components.marketplace"
    parts = (import_module(f"{start}.{name}") for name in PARTS)
    names = {name: value for part in parts for name, value in vars(part).items()}
    return SimpleNamespace(
        **names,
        entry=import_module("aiogithubapi.models.git_tree").GitHubGitTreeEntryModel,
    )


@pytest.fixture(scope="module")
def folder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a release of this checkout."""
    return build(tmp_path_factory.mktemp("dist"), repository)[0]


def test_it_finds_the_integration(folder: Path, marketplace: Any) -> None:
    """In the tree as the code host would list it."""
    tree = [
        marketplace.entry(
            {
                "path": path.relative_to(folder).as_posix(),
                "type": "tree" if path.is_dir() else "blob",
            }
        )
        for path in sorted(folder.rglob("*"))
    ]
    assert marketplace.get_first_directory_in_directory(tree, "custom_components") == DOMAIN


def test_it_would_load_it(folder: Path, marketplace: Any) -> None:
    """By domain and version."""
    installed = folder / "custom_components" / DOMAIN
    manifest = json.loads((installed / "manifest.json").read_text("utf-8"))
    assert marketplace._validated_domain(manifest["domain"]) == DOMAIN
    marketplace._check_loadable_manifest(installed, DOMAIN)


def test_it_understands_hacs_json(folder: Path, marketplace: Any) -> None:
    """Each value that it reads, as it stands."""
    found = json.loads((folder / "hacs.json").read_text("utf-8"))
    for key, value in found.items():
        assert marketplace.REPOSITORY_MANIFEST_VALUES[key](value) == value
