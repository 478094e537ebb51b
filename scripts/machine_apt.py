"""Read where this machine gets its Debian packages from.

Mirrors and keyrings are the machine's own choice: no host name stands in this repository.
"""

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APT = Path("/etc/apt")
UNSUITABLE = ("cdrom:", "file:", "copy:")
"""Kinds of mirror that hold what they hold, and no other suite."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """One archive: its address, and how its signatures are checked.

    Attributes:
        uri: As apt wants it.
        signed_by: The `Signed-By` field, a path or a whole key; empty for apt's trusted keys.

    """

    uri: str
    signed_by: str

    def sources(self, suite: str) -> str:
        """Return a deb822 sources file for another suite of this archive."""
        signed = f"Signed-By: {self.signed_by}\n" if self.signed_by else ""
        return f"Types: deb\nURIs: {self.uri}\nSuites: {suite}\nComponents: main\n{signed}"


def mirrors(folder: Path = APT, codename: str | None = None) -> list[Mirror]:
    """Return the archives from which this machine takes its own release, in apt's order.

    Args:
        folder: apt's configuration.
        codename: The machine's release; by default what /etc/os-release says.

    """
    release = codename if codename is not None else _codename()
    lists = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    found: dict[Mirror, None] = {}
    for path in lists:
        for uri, suites, signed_by in _entries(path):
            if _main_suite(suites, release) and not uri.startswith(UNSUITABLE):
                found[Mirror(uri, signed_by)] = None
    return list(found)


def _codename() -> str:
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "")


def _main_suite(suites: list[str], codename: str) -> bool:
    """Tell whether these are a release's own suites: not security, updates or another vendor's."""
    return any(suite in {codename, "stable", "testing", "unstable", "sid"} for suite in suites)


def _entries(path: Path) -> Iterator[tuple[str, list[str], str]]:
    """Yield (uri, suites, signed-by) for each archive of one sources file."""
    if not path.is_file() or path.suffix not in {".list", ".sources"}:
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    yield from _one_line(text) if path.suffix == ".list" else _deb822(text)


def _one_line(text: str) -> Iterator[tuple[str, list[str], str]]:
    pattern = re.compile(r"^\s*deb\s+(?:\[(?P<options>[^\]]*)\]\s*)?(?P<uri>\S+)\s+(?P<suite>\S+)")
    for line in text.splitlines():
        if found := pattern.match(line):
            options = dict(
                option.split("=", 1) for option in (found["options"] or "").split() if "=" in option
            )
            yield found["uri"], [found["suite"]], options.get("signed-by", "")


def _deb822(text: str) -> Iterator[tuple[str, list[str], str]]:
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for paragraph in re.split(r"\n[ \t]*\n", lines):
        fields = {
            key.strip().lower(): value.strip()
            for key, value in re.findall(
                r"^([^\s:]+):((?:.*)(?:\n[ \t].*)*)", paragraph, re.MULTILINE
            )
        }
        wanted = "deb" in fields.get("types", "").split()
        if wanted and fields.get("enabled", "yes").lower() != "no":
            for uri in fields.get("uris", "").split():
                yield uri, fields.get("suites", "").split(), fields.get("signed-by", "")
