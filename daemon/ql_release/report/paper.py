"""Puts blocks on paper: A4 pages, or one picture as tall as they need."""

from collections.abc import Sequence

from ql_release.report.blocks import GAP, Block
from ql_release.report.sheet import A4_HEIGHT, MARGIN, Sheet
from ql_release.report.style import FAINT, HAIRLINE, Size
from ql_release.report.wording import EVERY_PAGE

FOOT = 6.0
"""Millimetres at a page's foot for the words that every page carries."""
BOTTOM = A4_HEIGHT - MARGIN - FOOT
"""Where the last block of a page ends, millimetres from its top."""


def pages(blocks: Sequence[Block]) -> list[list[tuple[float, Block]]]:
    """Return blocks with their places on pages, millimetres from each one's top."""
    found: list[list[tuple[float, Block]]] = [[]]
    y = MARGIN
    waiting = list(blocks)
    while waiting:
        block = waiting.pop(0)
        room = BOTTOM - y
        parts = None if block.height <= room else block.split(room)
        if parts is None and block.height > room and found[-1]:
            waiting.insert(0, block)
            found.append([])
            y = MARGIN
            continue
        if parts is not None:
            block = parts[0]
            waiting.insert(0, parts[1])
        found[-1].append((y, block))
        y += block.height + GAP
    return found


def page(placed: Sequence[tuple[float, Block]], number: int, count: int) -> Sheet:
    """Return one page of a session's."""
    sheet = Sheet()
    for y, block in placed:
        block.draw(sheet.box(y, block.height))
    _foot(sheet, BOTTOM, f"{number} / {count}")
    return sheet


def picture(blocks: Sequence[Block]) -> Sheet:
    """Return all blocks on one sheet as tall as they need."""
    height = sum(block.height + GAP for block in blocks) - GAP
    sheet = Sheet(height=MARGIN + height + MARGIN)
    y = MARGIN
    for block in blocks:
        block.draw(sheet.box(y, block.height))
        y += block.height + GAP
    return sheet


def alone(block: Block, width: float) -> Sheet:
    """Return one block on a sheet of its own, without margins."""
    sheet = Sheet(width, block.height)
    block.draw(sheet.box(0, block.height, left=0))
    return sheet


def _foot(sheet: Sheet, top: float, number: str) -> None:
    """Write what every page carries."""
    box = sheet.box(top, FOOT)
    box.rule(0, HAIRLINE)
    box.text(0, FOOT / 2, EVERY_PAGE, size=Size.SMALL, colour=FAINT)
    box.text(box.width, FOOT / 2, number, size=Size.SMALL, colour=FAINT, align="right")
