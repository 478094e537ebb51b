"""Say the one version that daemon, integration and firmware have, or set it.

`make version` says it; `make version VERSION=1.2.0` sets it in all places.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from checkout import ROOT

VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})")
LARGEST = 255
"""A tool tells its firmware's version in one byte a part."""


class VersionError(Exception):
    """No version can be said or set; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the version stands.

    Attributes:
        path: The file.
        before: What stands before it.
        after: What stands after it.
        separator: What stands between its parts.

    """

    path: str
    before: str
    after: str
    separator: str = "."

    @property
    def pattern(self) -> re.Pattern[str]:
        """The version where it stands."""
        part = rf"\d+(?:{re.escape(self.separator)}\d+){{2}}"
        return re.compile(rf"(?<={re.escape(self.before)}){part}(?={re.escape(self.after)})")

    def read(self, root: Path) -> str:
        """Return the version that stands there."""
        found = self.pattern.findall((root / self.path).read_text("utf-8"))
        if len(found) != 1:
            raise VersionError(
                f"{self.path}: no single version between {self.before} and {self.after}"
            )
        return str(found[0]).replace(self.separator, ".")

    def write(self, root: Path, version: str) -> None:
        """Put a version there."""
        path = root / self.path
        text = version.replace(".", self.separator)
        path.write_text(self.pattern.sub(text, path.read_text("utf-8")), "utf-8")


PLACES = (
    Place("daemon/ql_release/__init__.py", '__version__ = "', '"'),
    Place("integration/custom_components/ql_release/manifest.json", '"version": "', '"'),
    Place("firmware/package.json", '"version": "', '"'),
    Place("firmware/manifest.py", 'version="', '"'),
    Place("firmware/release_tool/control.py", "FIRMWARE_VERSION = (", ")", ", "),
)


def version_of(root: Path = ROOT) -> str:
    """Return the version, which must be the same everywhere."""
    found = {place.path: place.read(root) for place in PLACES}
    if len(set(found.values())) != 1:
        lines = "\n".join(f"  {version}  {path}" for path, version in found.items())
        raise VersionError(f"There is more than one version; set one with VERSION=x.y.z:\n{lines}")
    return next(iter(found.values()))


def set_version(version: str, root: Path = ROOT) -> None:
    """Set the version everywhere, or nowhere."""
    parts = VERSION.fullmatch(version)
    if parts is None or any(int(part) > LARGEST for part in parts.groups()):
        raise VersionError(
            f"{version} is no version: three numbers of at most {LARGEST}, as in 1.2.0"
        )
    for place in PLACES:
        place.read(root)
    for place in PLACES:
        place.write(root, ".".join(str(int(part)) for part in parts.groups()))


def main() -> int:
    """Set the version if one is given, and say it."""
    try:
        if sys.argv[1:]:
            set_version(sys.argv[1])
        print(version_of())
    except VersionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
