"""Build what Home Assistant's marketplace and HACS install: `make release`, `make hacs`.

Both read a repository whose root holds `custom_components/`; here the integration is one part of
several. So the tree they read is made: of what git tracks, and the same again from the same
commit. `make release` puts it into `dist/`, as a folder and as a zip; `make hacs` commits it to the
branch `hacs`, on which a release is tagged, and leaves the checkout as it is.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path, PurePosixPath

from checkout import ROOT
from version import VersionError, version_of

DOMAIN = "ql_release"
BRANCH = "hacs"
OLDEST_HOME_ASSISTANT = "2026.10.0"
HACS = {
    "name": "QL Release",
    "hide_default_branch": True,  # only releases are trees that can be installed
    "homeassistant": OLDEST_HOME_ASSISTANT,
}

FOLDERS = {
    f"integration/custom_components/{DOMAIN}": f"custom_components/{DOMAIN}",
    "integration/blueprints": "blueprints",
    "integration/custom_sentences": "custom_sentences",
}
"""What is taken as it stands, and where it goes."""
PAGE = "docs/home-assistant/README.md"
"""What users read first; it becomes the README."""
PAGES_AT = "https://github.com/ql-release/ql-release/blob/source-v{version}/"
"""The tag of the sources; `v{version}` is that of the tree made here."""
LINK = re.compile(r"(?<=\]\()(?!https?://|#)([^)#\s]+)")

OLDEST_ZIP_TIME = 315532800
"""1980-01-01, in Unix time: a zip knows no time before it."""
PLAIN_FILE = 0o100644

Tree = dict[str, bytes]


class ReleaseError(Exception):
    """Nothing can be built; the message says what to do."""


def tree_of(root: Path = ROOT) -> Tree:
    """Return the files of a release by their path in it."""
    tracked = _git(root, "ls-files", "-z").split("\0")
    tree = {
        f"{target}/{PurePosixPath(path).relative_to(folder)}": (root / path).read_bytes()
        for folder, target in FOLDERS.items()
        for path in tracked
        if PurePosixPath(path).is_relative_to(folder)
    }
    page = (root / PAGE).read_text("utf-8")
    tree["README.md"] = readable_anywhere(page, version_of(root)).encode()
    tree["LICENSE"] = (root / "LICENSE").read_bytes()
    tree["hacs.json"] = (json.dumps(HACS, indent=2) + "\n").encode()
    return dict(sorted(tree.items()))


def readable_anywhere(page: str, version: str) -> str:
    """Return a page whose links lead to this version's pages, wherever it is read."""
    base = PurePosixPath(PAGE).parent
    start = PAGES_AT.format(version=version)

    def absolute(link: re.Match[str]) -> str:
        return start + os.path.normpath(base / link[1])

    return LINK.sub(absolute, page)


def build(dist: Path, root: Path = ROOT) -> tuple[Path, Path]:
    """Write the tree as a folder and as a zip, and return both."""
    version = version_of(root)
    tree = tree_of(root)
    folder = dist / f"{DOMAIN}-{version}"
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    archive = dist / f"{DOMAIN}-{version}.zip"
    _zip(archive, tree, max(_time(root), OLDEST_ZIP_TIME))
    return folder, archive


def _zip(archive: Path, tree: Tree, seconds: int) -> None:
    """Pack a tree so that the same files always give the same bytes."""
    moment = time.gmtime(seconds)[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path, data in tree.items():
            info = zipfile.ZipInfo(path, moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, wherever it is packed
            info.external_attr = PLAIN_FILE << 16
            packed.writestr(info, data)


def commit(root: Path = ROOT) -> str | None:
    """Commit the tree to its own branch; None: the branch holds it already."""
    if _git(root, "status", "--porcelain", "--", *FOLDERS, PAGE, "LICENSE"):
        raise ReleaseError("Commit your changes first: the branch shows what a commit holds.")
    tree = _write_tree(root, tree_of(root))
    before = _git(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{BRANCH}", check=False)
    if before and _git(root, "rev-parse", f"{before}^{{tree}}") == tree:
        return None
    message = f"QL Release {version_of(root)}\n\nBuilt from {_git(root, 'rev-parse', 'HEAD')}."
    parents = ["-p", before] if before else []
    made = _git(root, "commit-tree", tree, *parents, "-m", message)
    _git(root, "update-ref", f"refs/heads/{BRANCH}", made, before)
    return made


def _write_tree(root: Path, tree: Tree) -> str:
    """Put a tree among git's objects, by an index of its own."""
    index = Path(_git(root, "rev-parse", "--absolute-git-dir")) / f"index.{BRANCH}"
    try:
        entries = [
            f"{PLAIN_FILE:o} {_git(root, 'hash-object', '-w', '--stdin', data=data)}\t{path}"
            for path, data in tree.items()
        ]
        lines = "\n".join(entries).encode()
        _git(root, "update-index", "--add", "--index-info", data=lines, index=index)
        return _git(root, "write-tree", index=index)
    finally:
        index.unlink(missing_ok=True)


def _time(root: Path) -> int:
    """Return the time that everything in a release has."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or _git(root, "log", "-1", "--format=%ct"))


def _git(
    root: Path,
    *words: str,
    data: bytes | None = None,
    index: Path | None = None,
    check: bool = True,
) -> str:
    """Run git and return what it says."""
    environment = os.environ | ({"GIT_INDEX_FILE": str(index)} if index else {})
    done = subprocess.run(
        ["git", "-C", root, *words], check=False, input=data, capture_output=True, env=environment
    )
    if check and done.returncode != 0:
        raise ReleaseError(f"git {words[0]}: {done.stderr.decode().strip()}")
    return done.stdout.decode().strip()


def main() -> int:
    """Build a release, or commit it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commit", action="store_true", help=f"commit it to the branch {BRANCH}")
    try:
        if parser.parse_args().commit:
            made = commit()
            print(f"{BRANCH}: {made or 'nothing new'}; tag a release on it: v{version_of()}")
        else:
            for path in build(ROOT / "dist"):
                print(path.relative_to(ROOT))
    except (ReleaseError, VersionError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
