"""The picture of how the force was shared between the tool's zones."""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate
from statistics import fmean

from matplotlib.axes import Axes

from ql_release.report import timeaxis
from ql_release.report.blocks import HEADING, Chart, heading
from ql_release.report.curves import Series, known
from ql_release.report.gathering import ZONE
from ql_release.report.session import SessionReport
from ql_release.report.sheet import Box
from ql_release.report.style import FONT, INK, ZONES, Size
from ql_release.wire.limits import MAX_ZONES

AXES_HEIGHT = 19.0
"""Millimetres."""
NAME_ROOM = 3.1
"""Millimetres from one zone's name to the next, and of axes for each zone at least."""
DRAWN = 400
"""Points of a band's edge: shares change little, and there are many bands."""


def chart(session: SessionReport) -> Chart | None:
    """Return the picture; None for one zone, which has all of the force."""
    names = [ZONE.format(number) for number in range(1, MAX_ZONES + 1)]
    zones = [session.curves.series(name, session.until_s).thinned(DRAWN) for name in names]
    zones = [series for series in zones if series]
    if len(zones) < 2:  # noqa: PLR2004 - one has nothing to be shared with
        return None
    shares = [fmean(known(series.mean)) for series in zones]
    told = ", ".join(f"zone {at} {share:.0f} %" for at, share in enumerate(shares, start=1))
    alt = f"Shares of the force between {len(zones)} zones; on average {told}."
    height = HEADING + 1.0 + _axes_height(zones) + timeaxis.BELOW
    return Chart("Zones", height, partial(_paint, session=session, zones=zones), alt)


def _axes_height(zones: Sequence[Series]) -> float:
    return max(AXES_HEIGHT, NAME_ROOM * len(zones))


def _paint(box: Box, *, session: SessionReport, zones: list[Series]) -> None:
    heading(box, "Zones", "% of the force on each; the figures are means")
    axes = timeaxis.axes(box, session, HEADING + 1.0)
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100])
    _bands(axes, zones)
    shares = [fmean(known(series.mean)) for series in zones]
    least = 100 * NAME_ROOM / _axes_height(zones)
    for number, height in enumerate(_apart(shares, least), start=1):
        _name(axes, f" zone {number}: {shares[number - 1]:.0f} %", height)


def _bands(axes: Axes, zones: Sequence[Series]) -> None:
    """Fill a band for each zone, the first at the bottom."""
    times = zones[0].t
    below = [0.0] * len(times)
    for number, series in enumerate(zones):
        shares = dict(zip(series.t, series.mean, strict=True))
        above = [low + shares.get(t, 0.0) for low, t in zip(below, times, strict=True)]
        axes.fill_between(
            times, below, above, facecolor=ZONES[number], edgecolor="white", linewidth=0.5
        )
        below = above


def _apart(shares: Sequence[float], least: float) -> list[float]:
    """Return heights for the bands' names, percent: their middles, or so far apart at least."""
    ends = list(accumulate(shares))
    heights: list[float] = []
    for share, end in zip(shares, ends, strict=True):
        lowest = heights[-1] + least if heights else least / 2
        heights.append(max(lowest, end - share / 2))
    highest = 100 - least / 2
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], highest)
        highest = heights[place] - least
    return heights


def _name(axes: Axes, name: str, height: float) -> None:
    """Name a band at the right of the axes."""
    axes.annotate(
        name,
        (1, height),
        xycoords=("axes fraction", "data"),
        fontsize=Size.SMALL,
        fontfamily=FONT,
        color=INK,
        verticalalignment="center",
    )
