"""The outline of a back, drawn for this project: seen from behind, left is left.

Coordinates: x from the spine, in the same unit as y, which goes up from the fold of the buttocks.
The right half is drawn; the left one mirrors it. It shows where things are, no more.
"""

from collections.abc import Sequence
from typing import TypeAlias

from matplotlib.path import Path

from ql_release.payloads.base import Side, Zone

Point: TypeAlias = tuple[float, float]

WIDTH = 0.86
"""From the spine to the edge of the drawing."""
BOTTOM, TOP = 0.02, 1.62

FLANK: Sequence[Point] = (
    (0.60, 1.62),
    (0.585, 1.40),
    (0.50, 1.18),
    (0.475, 0.95),
    (0.455, 0.75),
    (0.60, 0.58),
    (0.655, 0.36),
    (0.69, 0.22),
    (0.69, 0.12),
    (0.675, 0.02),
)
"""From below the arm over the waist to the thigh: a point, then curves of three."""
LOWEST_RIB: Sequence[Point] = ((0.045, 1.085), (0.14, 1.08), (0.24, 1.03), (0.315, 0.93))
RIB_ABOVE: Sequence[Point] = ((0.045, 1.215), (0.20, 1.22), (0.36, 1.13), (0.435, 0.94))
RIB_HIGHER: Sequence[Point] = ((0.045, 1.345), (0.24, 1.36), (0.42, 1.27), (0.50, 1.08))
HIP_CREST: Sequence[Point] = (
    (0.085, 0.40),
    (0.13, 0.52),
    (0.26, 0.60),
    (0.37, 0.595),
    (0.49, 0.59),
    (0.57, 0.52),
    (0.60, 0.40),
)
SACRUM: Sequence[Point] = ((0.0, 0.47), (0.085, 0.46), (0.05, 0.26), (0.0, 0.17))
BUTTOCK: Sequence[Point] = ((0.03, 0.10), (0.10, 0.02), (0.34, 0.02), (0.44, 0.10))
VERTEBRAE = tuple(0.545 + 0.13 * number for number in range(9))
"""Heights of their middles."""
VERTEBRA = (0.075, 0.085)
"""Width and height of one."""

QL_INNER: tuple[Point, Point] = ((0.075, 1.045), (0.115, 0.545))
QL_OUTER: tuple[Point, Point] = ((0.275, 0.955), (0.385, 0.615))
"""The quadratus lumborum's edges from the lowest rib down to the hip crest."""
THIRDS: dict[Zone, int] = {"upper": 0, "middle": 1, "lower": 2}
BEND = 0.03
"""How far its outer edge is drawn in between rib and crest."""


def curve(points: Sequence[Point], side: Side) -> Path:
    """Return cubic curves through a point and then three at a time, on one side of the body."""
    codes = [Path.MOVETO] + [Path.CURVE4] * (len(points) - 1)
    return Path(_on(side, points), codes)


def outline(side: Side) -> Path:
    """Return the side of the trunk, closed along the spine, to be filled."""
    points = [*FLANK, (0.0, BOTTOM), (0.0, TOP)]
    codes = [Path.MOVETO] + [Path.CURVE4] * (len(FLANK) - 1) + [Path.LINETO] * 2
    return Path(_on(side, points), codes)


def zone(side: Side, name: Zone) -> Path:
    """Return a third of the quadratus lumborum."""
    third = THIRDS[name]
    begin, end = third / 3, (third + 1) / 3
    corners = [_inner(begin), _outer(begin), _outer((begin + end) / 2), _outer(end), _inner(end)]
    return Path(_on(side, [*corners, corners[0]]), closed=True)


def zone_middle(side: Side, name: Zone) -> Point:
    """Return the middle of a third."""
    share = (THIRDS[name] + 0.5) / 3
    (inner_x, inner_y), (outer_x, outer_y) = _inner(share), _outer(share)
    ((x, y),) = _on(side, [((inner_x + outer_x) / 2, (inner_y + outer_y) / 2)])
    return x, y


def _on(side: Side, points: Sequence[Point]) -> list[Point]:
    """Return points on a side of the body, as it is seen from behind."""
    sign = -1 if side == "left" else 1
    return [(sign * x, y) for x, y in points]


def _inner(share: float) -> Point:
    return _between(*QL_INNER, share)


def _outer(share: float) -> Point:
    x, y = _between(*QL_OUTER, share)
    return x - BEND * 4 * share * (1 - share), y


def _between(begin: Point, end: Point, share: float) -> Point:
    return (
        begin[0] + share * (end[0] - begin[0]),
        begin[1] + share * (end[1] - begin[1]),
    )
