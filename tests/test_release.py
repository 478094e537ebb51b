"""What is released can be installed: by HACS, by Home Assistant's marketplace, and by hand.

The rules are those of their own readers: of the tree that a tag shows they take the first folder
under `custom_components`, its manifest, and `hacs.json` at the root.
"""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from release import BRANCH, DOMAIN, ReleaseError, build, commit, readable_anywhere
from version import set_version, version_of

HACS_KEYS: dict[str, type] = {
    "name": str,
    "content_in_root": bool,
    "country": list,
    "filename": str,
    "hacs": str,
    "hide_default_branch": bool,
    "homeassistant": str,
    "persistent_directory": str,
    "render_readme": bool,
    "zip_release": bool,
}
NEEDED_IN_MANIFEST = {"codeowners", "documentation", "domain", "issue_tracker", "name", "version"}
LARGEST = 100 * 1024 * 1024
"""Bytes; the marketplace downloads no more."""


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, as somebody."""
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    return subprocess.run(
        ["git", "-C", folder, *who, *words], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build a release of this checkout."""
    return build(tmp_path_factory.mktemp("dist"), repository)


@pytest.fixture
def clone(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone in which to commit, with what the checkout holds now."""
    for part in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{part}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{part}_EMAIL", "somebody@example.com")
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "-q")
    for name in ("integration", "daemon", "firmware", "docs", "LICENSE"):
        source = repository / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    shutil.copy(repository / ".gitignore", folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "All")
    return folder


def test_there_is_one_integration_and_its_manifest_is_whole(built: tuple[Path, Path]) -> None:
    """Its folder is named as its domain; the version is that of all parts."""
    (folder,) = (built[0] / "custom_components").iterdir()
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert set(manifest) >= NEEDED_IN_MANIFEST
    assert folder.name == manifest["domain"] == DOMAIN
    assert re.fullmatch(r"[a-z0-9_-]+", DOMAIN)
    assert manifest["version"] == version_of()
    assert (folder / "brand/icon.png").is_file()


def test_no_other_file_is_called_as_a_manifest(repository: Path) -> None:
    """Home Assistant's own checker takes each for that of an integration."""
    assert git(repository, "ls-files", "*manifest.json").splitlines() == [
        f"integration/custom_components/{DOMAIN}/manifest.json"
    ]


def test_hacs_json_follows_its_closed_schema(built: tuple[Path, Path]) -> None:
    """At the root, with nothing it does not know."""
    found: dict[str, Any] = json.loads((built[0] / "hacs.json").read_text("utf-8"))
    assert "name" in found
    assert {key: type(value) for key, value in found.items()} == {
        key: HACS_KEYS[key] for key in found
    }
    assert re.fullmatch(r"\d{4}\.\d{1,2}\.\d+", found["homeassistant"])
    # A tree that is taken as it is needs neither.
    assert not found.keys() & {"content_in_root", "zip_release"}


def test_it_says_what_it_is(built: tuple[Path, Path]) -> None:
    """A README whose links work from there, and a licence that is known by its text."""
    page = (built[0] / "README.md").read_text("utf-8")
    assert page.startswith("# ")
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert links
    assert all(link.startswith(("https://", "#")) for link in links)
    assert "Apache License" in (built[0] / "LICENSE").read_text("utf-8")


def test_all_that_belongs_to_it_is_in_it(built: tuple[Path, Path], repository: Path) -> None:
    """What git tracks of the integration, and no caches."""
    source = repository / "integration/custom_components"
    tracked = git(source, "ls-files", ".").splitlines()
    target = built[0] / "custom_components"
    assert sorted(tracked) == sorted(
        path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()
    )


def test_what_is_taken_over_by_hand_is_in_it_too(
    built: tuple[Path, Path], repository: Path
) -> None:
    """Blueprints, where Home Assistant keeps them."""
    source = repository / "integration/blueprints"
    names = sorted(path.relative_to(source) for path in source.rglob("*.yaml"))
    assert names
    assert all((built[0] / "blueprints" / name).is_file() for name in names)


def test_the_zip_is_the_same_tree(built: tuple[Path, Path]) -> None:
    """And small enough."""
    folder, archive = built
    with zipfile.ZipFile(archive) as packed:
        found = {name: packed.read(name) for name in packed.namelist()}
    assert found == {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert archive.stat().st_size < LARGEST


def test_the_same_commit_gives_the_same_bytes(
    built: tuple[Path, Path], repository: Path, tmp_path: Path
) -> None:
    """Whoever builds it."""
    _, again = build(tmp_path, repository)
    assert again.read_bytes() == built[1].read_bytes()


def test_the_branch_holds_the_tree(clone: Path, tmp_path: Path) -> None:
    """And the checkout stays as it was."""
    before = (git(clone, "rev-parse", "HEAD"), git(clone, "branch", "--show-current"))
    made = commit(clone)
    assert made == git(clone, "rev-parse", BRANCH)
    assert before == (git(clone, "rev-parse", "HEAD"), git(clone, "branch", "--show-current"))
    assert git(clone, "status", "--porcelain") == ""
    folder, _ = build(tmp_path, clone)
    listed = git(clone, "ls-tree", "-r", "--name-only", BRANCH).splitlines()
    assert listed == sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    assert git(clone, "show", f"{BRANCH}:LICENSE") == (clone / "LICENSE").read_text().strip()


def test_the_branch_grows_only_when_something_changed(clone: Path) -> None:
    """Each release follows the one before."""
    first = commit(clone)
    assert commit(clone) is None
    set_version("9.9.9", clone)
    with pytest.raises(ReleaseError, match="Commit your changes first"):
        commit(clone)
    git(clone, "commit", "-qam", "Next")
    second = commit(clone)
    assert git(clone, "rev-parse", f"{BRANCH}^") == first
    assert git(clone, "log", "-1", "--format=%s", str(second)) == "QL Release 9.9.9"


def test_outside_of_a_checkout_it_says_so(tmp_path: Path) -> None:
    """In git's own words."""
    with pytest.raises(ReleaseError, match="not a git repository"):
        commit(tmp_path)


def test_links_lead_to_the_version_s_own_pages() -> None:
    """From the page's folder; addresses and places on the page stay as they are."""
    page = "[a](actions.md#x) [b](../setup.md) [c](#here) [d](https://a.example/)"
    start = "https://github.com/ql-release/ql-release/blob/source-v1.2.0/docs"
    assert readable_anywhere(page, "1.2.0") == (
        f"[a]({start}/home-assistant/actions.md#x) [b]({start}/setup.md) [c](#here) "
        "[d](https://a.example/)"
    )
