"""What pages are stacked of: blocks of a known height that draw themselves into a box."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from ql_release.report.sheet import CONTENT_WIDTH, Box, line_height, text_width, wrapped
from ql_release.report.style import FAINT, HAIRLINE, INK, TINT, Size
from ql_release.report.wording import Table

GAP = 3.0
"""Millimetres between blocks."""
HEADING = 6.0
"""Millimetres for a block's heading."""
BULLET = 4.0
"""Millimetres that a list is set in."""
CELL_GAP = 2.5
"""Millimetres between the text of a cell and the next column."""
ROW_GAP = 1.0
"""Millimetres between a table's rows, on each side of the line between them."""
LEAST_ROWS = 2
"""A table does not begin at a page's foot with fewer rows."""


class Block(Protocol):
    """Something with a height, in millimetres."""

    @property
    def height(self) -> float:
        """Millimetres that it takes."""
        ...

    def draw(self, box: Box) -> None:
        """Draw it into a box of its height."""
        ...

    def split(self, room: float) -> "tuple[Block, Block] | None":
        """Return its beginning, at most so many millimetres high, and its rest.

        None when it is to stay in one piece.
        """
        ...


class Whole:
    """A block that stays in one piece."""

    __slots__ = ()

    def split(self, _room: float) -> tuple[Block, Block] | None:
        """Return None."""
        return None


@dataclass(frozen=True, slots=True)
class Header(Whole):
    """What the session is: when, how long, whose.

    Attributes:
        kicker: what stands above the title, such as which of several sessions it is.
        title: when it was.
        byline: what stands below.
    """

    kicker: str
    title: str
    byline: str

    @property
    def height(self) -> float:
        """Millimetres that it takes."""
        return 14.5 + len(self._lines()) * line_height(Size.BODY)

    def draw(self, box: Box) -> None:
        """Draw it."""
        box.text(0, 2, self.kicker, size=Size.SMALL, colour=FAINT, weight="bold")
        box.text(0, 8.5, self.title, size=Size.TITLE, weight="bold")
        box.lines(13, self._lines(), colour=FAINT)

    def _lines(self) -> list[str]:
        return wrapped(self.byline, CONTENT_WIDTH)


@dataclass(frozen=True, slots=True)
class Tiles(Whole):
    """Figures in a row, each over what it is.

    Attributes:
        tiles: value and meaning of each.
    """

    tiles: Sequence[tuple[str, str]]

    @property
    def height(self) -> float:
        """Millimetres that it takes."""
        return 15.0

    def draw(self, box: Box) -> None:
        """Draw it."""
        box.panel(0, 0, box.width, self.height, TINT)
        needs = [self._need(value, label) for value, label in self.tiles]
        gap = (box.width - sum(needs)) / len(needs)
        x = gap / 2
        for (value, label), need in zip(self.tiles, needs, strict=True):
            box.text(x, 5.6, value, size=Size.FIGURE, weight="bold")
            box.text(x, 11.4, label, size=Size.SMALL, colour=FAINT)
            x += need + gap

    @staticmethod
    def _need(value: str, label: str) -> float:
        return max(text_width(value, Size.FIGURE, "bold"), text_width(label, Size.SMALL))


@dataclass(frozen=True, slots=True)
class Sentences(Whole):
    """Sentences under a heading.

    Attributes:
        title: the heading.
        texts: the sentences.
        small: whether they are read second.
    """

    title: str
    texts: Sequence[str]
    small: bool = False

    @property
    def height(self) -> float:
        """Millimetres that it takes."""
        return HEADING + sum(map(len, self._wrapped())) * line_height(self._size)

    def draw(self, box: Box) -> None:
        """Draw it."""
        heading(box, self.title)
        y = HEADING
        colour = FAINT if self.small else INK
        for lines in self._wrapped():
            if self._set_in:
                box.text(0.8, y + line_height(self._size) / 2, "•", size=self._size, colour=FAINT)
            y = box.lines(y, lines, self._set_in, size=self._size, colour=colour)

    @property
    def _size(self) -> float:
        return Size.SMALL if self.small else Size.BODY

    @property
    def _set_in(self) -> float:
        """How far the texts are set in, millimetres; one alone is no list."""
        return BULLET if len(self.texts) > 1 else 0.0

    def _wrapped(self) -> list[list[str]]:
        return [wrapped(text, CONTENT_WIDTH - self._set_in, self._size) for text in self.texts]


@dataclass(frozen=True, slots=True)
class Chart(Whole):
    """A picture with a heading of its own.

    Attributes:
        title: what it shows.
        height: millimetres that it takes.
        paint: draws it.
        alt: the picture in words.
    """

    title: str
    height: float
    paint: Callable[[Box], None]
    alt: str

    def draw(self, box: Box) -> None:
        """Draw it."""
        self.paint(box)


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table on paper, which may go on over several pages.

    Attributes:
        table: what it says.
        first: the first of its rows here, counted from 0.
        end: the row after its last one here.
    """

    table: Table
    first: int
    end: int

    @classmethod
    def of(cls, table: Table) -> Self:
        """Return a table with all its rows."""
        return cls(table, 0, len(table.rows))

    @property
    def height(self) -> float:
        """Millimetres that it takes."""
        rows = (self._row_height(row) for row in self.table.rows[self.first : self.end])
        return self._head_height + sum(rows)

    @property
    def _head_height(self) -> float:
        return HEADING + line_height(Size.SMALL) + ROW_GAP

    def draw(self, box: Box) -> None:
        """Draw it."""
        heading(box, self.table.title + (" (continued)" if self.first else ""))
        y = HEADING
        names = [column.name for column in self.table.columns]
        self._draw_row(box, y, names, Size.SMALL, FAINT)
        y = self._head_height
        box.rule(y, width=0.8)
        for row in self.table.rows[self.first : self.end]:
            self._draw_row(box, y + ROW_GAP, row, Size.BODY, INK)
            y += self._row_height(row)
            box.rule(y, HAIRLINE)

    def split(self, room: float) -> tuple[Block, Block] | None:
        """Return its beginning, at most so many millimetres high, and its rest."""
        height = self._head_height
        for place in range(self.first, self.end):
            height += self._row_height(self.table.rows[place])
            if height > room:
                if place - self.first < LEAST_ROWS:
                    return None
                parts = (self.first, place), (place, self.end)
                first, rest = (type(self)(self.table, *part) for part in parts)
                return first, rest
        return None

    def _draw_row(self, box: Box, y: float, cells: Sequence[str], size: float, colour: str) -> None:
        x = 0.0
        for column, cell in zip(self.table.columns, cells, strict=True):
            width = column.width * CONTENT_WIDTH
            lines = wrapped(cell, width - CELL_GAP, size)
            if column.text:
                box.lines(y, lines, x + CELL_GAP, size=size, colour=colour)
            else:
                box.lines(y, lines, x + width - CELL_GAP, size=size, colour=colour, align="right")
            x += width

    def _row_height(self, row: Sequence[str]) -> float:
        widths = (column.width * CONTENT_WIDTH - CELL_GAP for column in self.table.columns)
        lines = max(len(wrapped(cell, width)) for cell, width in zip(row, widths, strict=True))
        return lines * line_height(Size.BODY) + 2 * ROW_GAP


def heading(box: Box, title: str, remark: str = "") -> None:
    """Write a block's heading, and a remark beside it."""
    box.text(0, HEADING / 2 - 0.6, title, size=Size.HEADING, weight="bold")
    if remark:
        x = text_width(title, Size.HEADING, "bold") + 3
        box.text(x, HEADING / 2 - 0.5, remark, size=Size.SMALL, colour=FAINT)
