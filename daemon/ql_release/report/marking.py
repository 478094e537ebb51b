"""Marks of events above a curve, with labels that do not run into each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes

from ql_release.report.session import Happening, SessionReport
from ql_release.report.sheet import CONTENT_WIDTH, Box, text_width
from ql_release.report.style import MARKS, Size
from ql_release.report.timeaxis import x_mm
from ql_release.report.wording import mark_label

LANE = 4.6
"""Millimetres of a row of labels."""
MOST_LANES = 4
"""Rows of labels at most; where more would be needed, they are shortened to their numbers."""
MARK_ROOM = 2.2
"""Millimetres from a mark to its label."""
LABEL_GAP = 2.5
"""Millimetres from one label to the next."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label and its place; millimetres are from the left edge of its box.

    Attributes:
        happening: what it names.
        text: what it says.
        x: where its mark is, millimetres.
        begin: where mark and text begin, millimetres.
        end: where they end, millimetres.
        lane: its row; 0 is next to the curve.
    """

    happening: Happening
    text: str
    x: float
    begin: float
    end: float
    lane: int = 0


def labels(session: SessionReport) -> list[Label]:
    """Return the labels of what is told: in full if there is room, else numbers as far as it goes.

    The numbers are those of the table of events.
    """
    told = [one for one in session.happenings if one.told]
    full = [_label(session, one, f"{one.number}  {mark_label(one)}") for one in told]
    for placed in (_placed(full, _above), _placed(full, _lowest)):
        if lanes(placed) <= MOST_LANES:
            return placed
    short = [_label(session, one, str(one.number)) for one in told]
    return [label for label in _placed(short, _lowest) if label.lane < MOST_LANES]


def lanes(placed: Sequence[Label]) -> int:
    """Return how many rows labels need."""
    return max((label.lane + 1 for label in placed), default=0)


def draw(box: Box, axes: Axes, placed: Sequence[Label], bottom: float) -> None:
    """Draw labels, the lowest row of which ends at `bottom`, and their lines down the axes."""
    for label in placed:
        mark = MARKS[label.happening.event.type]
        y = bottom - (label.lane + 0.5) * LANE
        axes.axvline(label.happening.t, color=mark.colour, linewidth=0.7, zorder=2)
        box.line((label.x, y), (label.x, bottom), mark.colour)
        box.symbol(label.x, y, mark.shape, mark.colour)
        flipped = label.begin < label.x - MARK_ROOM
        box.text(
            label.x + (-MARK_ROOM if flipped else MARK_ROOM),
            y,
            label.text,
            size=Size.SMALL,
            colour=mark.colour,
            align="right" if flipped else "left",
            weight="bold",
            cleared=True,
        )


def _label(session: SessionReport, happening: Happening, text: str) -> Label:
    """Return a label to the right of its mark, or to the left where the paper ends."""
    x = x_mm(session, happening.t)
    need = MARK_ROOM + text_width(text, Size.SMALL, "bold")
    if x + need > CONTENT_WIDTH:
        return Label(happening, text, x, x - need, x + MARK_ROOM)
    return Label(happening, text, x, x - MARK_ROOM, x + need)


def _placed(found: Sequence[Label], choose: Callable[[set[int]], int]) -> list[Label]:
    """Put labels in rows, from the last to the first.

    Args:
        found: labels in their order.
        choose: returns a label's row by those of the labels that it would run into.
    """
    placed: list[Label] = []
    for label in reversed(found):
        end = label.end + LABEL_GAP
        beside = {other.lane for other in placed if other.begin < end and other.end > label.begin}
        placed.append(replace(label, lane=choose(beside)))
    return placed


def _above(taken: set[int]) -> int:
    """Return the row above all: then no line down to the curve crosses another's text."""
    return max(taken, default=-1) + 1


def _lowest(taken: set[int]) -> int:
    """Return the lowest row that is free; a line may then pass behind another's text."""
    return next(lane for lane in range(len(taken) + 1) if lane not in taken)
