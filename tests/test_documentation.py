"""Links between the pages of this repository lead somewhere."""

import re
import subprocess
from pathlib import Path

import pytest
from program_paths import ROOT

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("http://", "https://", "mailto:")

PAGES = sorted(
    subprocess.run(
        ["git", "-C", ROOT, "ls-files", "*.md"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
)


def anchor(heading: str) -> str:
    """Return the anchor that a heading is given."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """Return all places of a page; a heading that comes again is numbered."""
    found: list[str] = []
    for heading in HEADING.findall(FENCE.sub("", page.read_text("utf-8"))):
        name = anchor(heading)
        found.append(f"{name}-{again}" if (again := found.count(name)) else name)
    return set(found)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """To a file of this repository, and to a place that it has."""
    page = ROOT / name
    astray = []
    for link in (one or two for one, two in LINK.findall(FENCE.sub("", page.read_text("utf-8")))):
        if link.startswith(ELSEWHERE):
            continue
        path, _, place = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (place and place not in anchors(target)):
            astray.append(link)
    assert not astray, f"{name}: correct these links: {', '.join(astray)}"
