"""Paper: a figure measured in millimetres from its upper left corner, and boxes on it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch
from matplotlib.textpath import TextToPath

from ql_release.report.style import FONT, INK, Size
from ql_release.text import one_line

A4_WIDTH = 210.0
A4_HEIGHT = 297.0
"""Millimetres, portrait."""
MARGIN = 15.0
"""Millimetres that every printer can leave white, and a hole punch needs."""
CONTENT_WIDTH = A4_WIDTH - 2 * MARGIN
MM_AN_INCH = 25.4
POINTS_AN_INCH = 72.0
LINE_SHARE = 1.45
"""Height of a line of text, share of the size of its letters."""

Align = Literal["left", "center", "right"]
Weight = Literal["normal", "bold"]


class Sheet:
    """One page, or one picture.

    Args:
        width: millimetres.
        height: millimetres.

    Attributes:
        figure: what is to be saved.
    """

    def __init__(self, width: float = A4_WIDTH, height: float = A4_HEIGHT) -> None:
        self.width = width
        self.height = height
        self.figure = Figure(figsize=(width / MM_AN_INCH, height / MM_AN_INCH), facecolor="white")
        self._paper = self.axes(0.0, 0.0, width, height)
        self._paper.set(xlim=(0, width), ylim=(height, 0))
        self._paper.set_axis_off()

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return new axes in a rectangle."""
        bottom = self.height - top - height
        shares = (
            left / self.width,
            bottom / self.height,
            width / self.width,
            height / self.height,
        )
        return self.figure.add_axes(shares)

    def add(self, artist: Artist) -> None:
        """Add what is drawn in millimetres."""
        self._paper.add_artist(artist)

    def text(self, x: float, y: float, text: str, **options: Any) -> None:
        """Write a line of text; see `Box.text`."""
        self._paper.text(x, y, text, fontfamily=FONT, **options)

    def box(self, top: float, height: float, left: float = MARGIN) -> "Box":
        """Return a box as wide as the sheet's contents."""
        return Box(self, left, top, self.width - 2 * left, height)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a sheet; places in it are millimetres from its upper left corner.

    Attributes:
        sheet: what it lies on.
        left: its left edge on the sheet.
        top: its upper edge on the sheet.
        width: millimetres.
        height: millimetres.
    """

    sheet: Sheet
    left: float
    top: float
    width: float
    height: float

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = Size.BODY,
        colour: str = INK,
        align: Align = "left",
        weight: Weight = "normal",
        cleared: bool = False,
    ) -> None:
        """Write one line; `y` is the middle of its height; `cleared` hides what is below it."""
        clear = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if cleared else None
        self.sheet.text(
            self.left + x,
            self.top + y,
            drawable(text),
            fontsize=size,
            color=colour,
            horizontalalignment=align,
            verticalalignment="center_baseline",
            fontweight=weight,
            bbox=clear,
        )

    def lines(self, y: float, lines: Iterable[str], x: float = 0.0, **options: Any) -> float:
        """Write lines one below the other, the first at its upper edge; return where they end."""
        height = line_height(options.get("size", Size.BODY))
        for line in lines:
            self.text(x, y + height / 2, line, **options)
            y += height
        return y

    def rule(self, y: float, colour: str = INK, width: float = 0.6, until: float = 1.0) -> None:
        """Draw a line across, `width` in points, over a share of the box."""
        ends = (self.left, self.left + until * self.width)
        self.sheet.add(Line2D(ends, (self.top + y,) * 2, color=colour, linewidth=width))

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, **look: Any
    ) -> None:
        """Draw a line from one place to another, thin unless told otherwise."""
        (x, y), (to_x, to_y) = start, end
        ends = ((self.left + x, self.left + to_x), (self.top + y, self.top + to_y))
        self.sheet.add(Line2D(*ends, color=colour, **{"linewidth": 0.7, **look}))

    def symbol(self, x: float, y: float, shape: str, colour: str, size: float = 5.0) -> None:
        """Draw one of matplotlib's markers, `size` in points."""
        place = ([self.left + x], [self.top + y])
        self.sheet.add(
            Line2D(*place, marker=shape, color=colour, markersize=size, linestyle="none")
        )

    def panel(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle with rounded corners."""
        corner = FancyBboxPatch(
            (self.left + x, self.top + y),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=1.2",
            facecolor=colour,
            edgecolor="none",
        )
        self.sheet.add(corner)

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Return new axes."""
        return self.sheet.axes(self.left + x, self.top + y, width, height)


def line_height(size: float) -> float:
    """Return the height of a line of text of so many points, millimetres."""
    return LINE_SHARE * size * MM_AN_INCH / POINTS_AN_INCH


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = Size.BODY, weight: Weight = "normal") -> float:
    """Return how wide a line of text is, millimetres."""
    font = FontProperties(family=FONT, size=size, weight=weight)
    points, _, _ = TextToPath().get_text_width_height_descent(drawable(text), font, ismath=False)
    return float(points) * MM_AN_INCH / POINTS_AN_INCH


def wrapped(text: str, width: float, size: float = Size.BODY) -> list[str]:
    """Return text as lines of at most so many millimetres; a longer word is cut."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        *full, lines[-1] = _cut(word, width, size)
        lines[-1:] = [*full, lines[-1]]
    return lines


def _cut(word: str, width: float, size: float) -> list[str]:
    """Return a word in pieces that fit."""
    share = width / max(text_width(word, size), width)
    letters = max(1, math.floor(share * len(word)))
    return [word[at : at + letters] for at in range(0, len(word), letters)] or [""]


def shortened(text: str, width: float, size: float = Size.BODY) -> str:
    """Return text, cut in its middle where it is wider than so many millimetres."""
    kept = len(text)
    shown = text
    while text_width(shown, size) > width and kept > 1:
        kept -= 1
        shown = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
    return shown


def drawable(text: str) -> str:
    """Return text with a ? for each letter that the font lacks, such as those of a file's name."""
    has = _font().get_char_index
    return "".join(letter if has(ord(letter)) else "?" for letter in one_line(text))


@lru_cache(maxsize=1)
def _font() -> Any:
    """Return the font's file, opened."""
    return get_font(findfont(FontProperties(family=FONT)))
