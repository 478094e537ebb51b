"""Writes figures into docs/reliability.md, each block between its marks; the words are by hand."""

import os
import platform
import re

from program_paths import ROOT

PAGE = ROOT / "docs" / "reliability.md"


def replace(block: str, text: str) -> None:
    """Replace what stands between a block's marks.

    Raises:
        ValueError: when the page does not have them once.
    """
    page = PAGE.read_text(encoding="utf-8")
    marks = re.compile(f"(<!-- {block} -->\n).*?(<!-- /{block} -->)", re.DOTALL)
    told = f"{text}\n\n{machine()}\n"
    written, count = marks.subn(lambda found: found[1] + told + found[2], page)
    if count != 1:
        raise ValueError(f"{PAGE} must have the marks of {block!r} once: put them back")
    PAGE.write_text(written, encoding="utf-8")


def machine() -> str:
    """Return a sentence on where the figures were seen."""
    system = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores"
    return f"Seen on {system}, Python {platform.python_version()}."
