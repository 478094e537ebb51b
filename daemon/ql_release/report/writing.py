"""Writes a report in the format that a file's ending asks for."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages

from ql_release import __version__
from ql_release.report import html, paper
from ql_release.report.content import blocks
from ql_release.report.gathering import Gathered
from ql_release.report.sheet import Sheet
from ql_release.report.style import FONT
from ql_release.report.wording import title

PNG_DPI = 160
"""Sharp on a screen of twice the usual density, and A4 at this is what e-mail takes."""
LOOK: Any = {
    "font.family": FONT,
    # Outlines: a browser need not have the font.
    "svg.fonttype": "path",
    # Names in the file are made with it, else of a random number: the same report, the same bytes.
    "svg.hashsalt": "ql-release",
    # TrueType, so that text can be searched and copied.
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.6,
    # Letters are as wide in a picture as they were measured.
    "text.hinting": "none",
    # A $ in a file's name is a $.
    "text.parse_math": False,
}
CREATOR = f"QL Release {__version__}"


def write(gathered: Gathered, output: Path, source: str) -> list[Path]:
    """Write a report and return the files that were made; files that are there are replaced.

    PNG and SVG hold one session each: with several sessions their files are numbered.

    Args:
        gathered: at least one session.
        output: the file; its ending is one of `FORMATS`.
        source: what the recording or session is called.

    Raises:
        OSError: when a file cannot be written; it is then as it was before.
    """
    with _look():
        return FORMATS[output.suffix.lower()](gathered, output, source)


@contextmanager
def _look() -> Iterator[None]:
    """Draw as this module says, whatever the user's own settings of matplotlib are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(LOOK)
        yield


def _write_pdf(gathered: Gathered, output: Path, source: str) -> list[Path]:
    """Write pages, each session beginning on a new one."""
    placed = [
        page
        for place in range(len(gathered.sessions))
        for page in paper.pages(blocks(gathered, place, source))
    ]
    told = {
        "Title": f"Session report: {title(gathered.sessions[0])}",
        "Creator": CREATOR,
        "Producer": None,
        "CreationDate": None,
    }
    with _replacing(output) as file, PdfPages(file, metadata=told) as pdf:
        for number, page in enumerate(placed, start=1):
            pdf.savefig(paper.page(page, number, len(placed)).figure)
    return [output]


def _write_pictures(gathered: Gathered, output: Path, source: str) -> list[Path]:
    """Write one picture a session."""
    count = len(gathered.sessions)
    made = []
    for place in range(count):
        name = output if count == 1 else numbered(output, place + 1, count)
        sheet = paper.picture(blocks(gathered, place, source))
        with _replacing(name) as file:
            _save(sheet, file, output.suffix.lower()[1:], title(gathered.sessions[place]))
        made.append(name)
    return made


def _save(sheet: Sheet, file: Path, kind: str, name: str) -> None:
    told: dict[str, Any] = {"Title": f"Session report: {name}"}
    if kind == "svg":
        told |= {"Creator": CREATOR, "Date": None}
    else:
        told |= {"Software": CREATOR}
    sheet.figure.savefig(file, format=kind, dpi=PNG_DPI, metadata=told)


def numbered(output: Path, number: int, count: int) -> Path:
    """Return a file's name with a number before its ending, as many digits as the last needs."""
    return output.with_stem(f"{output.stem}-{number:0{len(str(count))}d}")


def _write_html(gathered: Gathered, output: Path, source: str) -> list[Path]:
    with _replacing(output) as file:
        file.write_text(html.document(gathered, source), encoding="utf-8")
    return [output]


@contextmanager
def _replacing(output: Path) -> Iterator[Path]:
    """Give a file to write that takes the other's place only when all went well."""
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=".report-", suffix=output.suffix)
    os.close(handle)
    file = Path(name)
    try:
        yield file
        file.chmod(0o666 & ~_umask())
        file.replace(output)
    finally:
        file.unlink(missing_ok=True)


def _umask() -> int:
    """Return which rights new files lack."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


Writer = Callable[[Gathered, Path, str], list[Path]]
FORMATS: dict[str, Writer] = {
    ".html": _write_html,
    ".pdf": _write_pdf,
    ".png": _write_pictures,
    ".svg": _write_pictures,
}
"""What writes a file, by its ending."""
