"""The map of where the time went: the back for the quadratus lumborum, bars for other muscles."""

from collections.abc import Sequence
from functools import partial
from typing import get_args

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, PathPatch

from ql_release.cli.words import minutes, readable
from ql_release.payloads.base import Side, Zone
from ql_release.payloads.session import CoverageEntry
from ql_release.report import anatomy
from ql_release.report.blocks import HEADING, Chart, heading
from ql_release.report.session import SessionReport
from ql_release.report.sheet import Box, shortened, wrapped
from ql_release.report.style import FAINT, FONT, HAIRLINE, INK, Size
from ql_release.report.wording import NOTHING, where_text

MAPPED = "quadratus_lumborum"
"""The muscle that the drawing shows; others lie too deep or too far from it."""
MAP_HEIGHT = 76.0
"""Millimetres."""
MAP_WIDTH = MAP_HEIGHT * 2 * anatomy.WIDTH / (anatomy.TOP - anatomy.BOTTOM)
LIST_LEFT = MAP_WIDTH + 8.0
BAR_ROW = 9.5
"""Millimetres for each bar and its name."""
BAR = 2.6
MOST_BARS = 7
"""More muscles, sides and zones are in the table alone."""
SHADES = ("#d4e6f4", "#9cc7e4", "#5a9fd0", "#1f6faf", "#0b4a80")
"""From little time to the most; a printer makes five greys of them."""
DARK_SHADES = 2
"""So many of them, from the darkest, need white figures."""
SKIN = "#f6f3ef"
SKIN_EDGE = "#8b8378"
BONE_EDGE = "#b9b0a4"


def chart(session: SessionReport) -> Chart | None:
    """Return the map; None when it is not known where the counted holds were."""
    coverage = session.ended.coverage
    if not coverage:
        return None
    told = "; ".join(f"{_name(entry)}: {minutes(entry.hold_s)} min" for entry in coverage)
    alt = f"Map of the back with the time on each zone. {told}."
    paint = partial(_paint, session=session)
    return Chart("Where", HEADING + MAP_HEIGHT, paint, alt)


def shows_all(session: SessionReport) -> bool:
    """Return whether all of the session's places are on the map."""
    return len(_others(session)) <= MOST_BARS


def _others(session: SessionReport) -> list[CoverageEntry]:
    return [entry for entry in session.ended.coverage if entry.muscle != MAPPED]


def _paint(box: Box, *, session: SessionReport) -> None:
    heading(box, "Where", "minutes and seconds of the holds that count; darker is longer")
    axes = box.axes(0, HEADING, MAP_WIDTH, MAP_HEIGHT)
    axes.set(
        xlim=(-anatomy.WIDTH, anatomy.WIDTH), ylim=(anatomy.BOTTOM, anatomy.TOP), aspect="equal"
    )
    axes.set_axis_off()
    coverage = session.ended.coverage
    _body(axes)
    _zones(axes, [entry for entry in coverage if entry.muscle == MAPPED])
    _landmarks(axes)
    _list(box, session)


def _body(axes: Axes) -> None:
    """Draw skin and bones."""
    for side in get_args(Side):
        axes.add_patch(PathPatch(anatomy.outline(side), facecolor=SKIN, edgecolor="none"))
        _stroke(axes, anatomy.FLANK, side, SKIN_EDGE, 1.4)
        _stroke(axes, anatomy.BUTTOCK, side, BONE_EDGE, 1.0)
        for rib in (anatomy.LOWEST_RIB, anatomy.RIB_ABOVE, anatomy.RIB_HIGHER):
            _stroke(axes, rib, side, BONE_EDGE, 2.6)
        _stroke(axes, anatomy.HIP_CREST, side, BONE_EDGE, 2.6)
        _stroke(axes, anatomy.SACRUM, side, BONE_EDGE, 1.2)
    width, height = anatomy.VERTEBRA
    for y in anatomy.VERTEBRAE:
        bone = FancyBboxPatch(
            (-width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.03",
            facecolor="white",
            edgecolor=BONE_EDGE,
            linewidth=1.0,
        )
        axes.add_patch(bone)


def _stroke(
    axes: Axes, points: Sequence[anatomy.Point], side: Side, colour: str, width: float
) -> None:
    path = anatomy.curve(points, side)
    axes.add_patch(
        PathPatch(path, facecolor="none", edgecolor=colour, linewidth=width, capstyle="round")
    )


def _zones(axes: Axes, entries: Sequence[CoverageEntry]) -> None:
    """Fill the muscle's zones by the time on them, and write it there."""
    seconds = {(entry.side, entry.zone): entry.hold_s for entry in entries}
    most = max(seconds.values(), default=0.0)
    for side in get_args(Side):
        for zone in get_args(Zone):
            worked = seconds.get((side, zone), 0.0)
            shade = _shade(worked, most)
            fill = "white" if shade is None else SHADES[shade]
            path = anatomy.zone(side, zone)
            axes.add_patch(PathPatch(path, facecolor=fill, edgecolor=INK, linewidth=0.8))
            dark = shade is not None and shade >= len(SHADES) - DARK_SHADES
            text = minutes(worked) if worked else NOTHING
            colour = "white" if dark else INK
            _write(axes, anatomy.zone_middle(side, zone), text, colour, "bold")


def _shade(seconds: float, most: float) -> int | None:
    """Return which shade a time has; None for none at all."""
    if not seconds:
        return None
    return min(len(SHADES) - 1, int(len(SHADES) * seconds / most))


def _landmarks(axes: Axes) -> None:
    """Name the sides and the bones that one can feel."""
    for x, name in ((-0.72, "left"), (0.72, "right")):
        _write(axes, (x, 1.55), name, INK, "bold")
    _write(axes, (0.71, 0.98), "lowest\nrib", FAINT)
    axes.plot([0.33, 0.60], [0.945, 0.975], color=FAINT, linewidth=0.5)
    _write(axes, (0.76, 0.60), "hip\ncrest", FAINT)
    axes.plot([0.565, 0.68], [0.50, 0.58], color=FAINT, linewidth=0.5)
    _write(axes, (-0.70, 0.85), "seen from\nbehind", FAINT)


def _write(
    axes: Axes, place: anatomy.Point, text: str, colour: str, weight: str = "normal"
) -> None:
    axes.text(
        *place,
        text,
        color=colour,
        fontsize=Size.SMALL,
        fontfamily=FONT,
        fontweight=weight,
        horizontalalignment="center",
        verticalalignment="center",
    )


def _list(box: Box, session: SessionReport) -> None:
    """Write the sides' shares, and draw a bar for each other muscle, side and zone."""
    width = box.width - LIST_LEFT
    y = box.lines(HEADING + 2, wrapped(where_text(session), width), LIST_LEFT) + 4
    others = _others(session)
    if not others:
        return
    box.text(LIST_LEFT, y, "Other muscles", weight="bold")
    y += 5
    most = max(entry.hold_s for entry in others)
    for entry in others[:MOST_BARS]:
        box.text(LIST_LEFT, y, shortened(_name(entry), width - 14), size=Size.SMALL)
        box.text(LIST_LEFT + width, y, minutes(entry.hold_s), size=Size.SMALL, align="right")
        box.panel(LIST_LEFT, y + 2.4, width, BAR, HAIRLINE)
        box.panel(LIST_LEFT, y + 2.4, width * entry.hold_s / most, BAR, SHADES[3])
        y += BAR_ROW
    if len(others) > MOST_BARS:
        box.text(LIST_LEFT, y, "More are in the table.", size=Size.SMALL, colour=FAINT)


def _name(entry: CoverageEntry) -> str:
    return f"{readable(entry.muscle)}, {entry.side}, {entry.zone}"
