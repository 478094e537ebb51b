"""The picture of the force: what was measured, what the hold's own decay leaves, what is marked."""

from collections.abc import Sequence
from functools import partial
from math import isnan
from typing import Any

from matplotlib.axes import Axes

from ql_release.report import marking, timeaxis
from ql_release.report.blocks import HEADING, Chart, heading
from ql_release.report.curves import Series, known
from ql_release.report.gathering import FORCE
from ql_release.report.session import Hold, SessionReport
from ql_release.report.sheet import Box, text_width
from ql_release.report.style import EXPECTED, FAINT, FONT, HOLD_TINT, INK, LIMIT, MARKS, Size
from ql_release.report.style import FORCE as FORCE_COLOUR
from ql_release.report.wording import force_alt

AXES_HEIGHT = 54.0
"""Millimetres."""
HEADROOM = 1.12
"""Room above the curve, share of its peak."""
LEAST_TOP_N = 40.0
"""The axis goes at least so high, newtons: noise of an empty tool is not to look like a hold."""
EXPECTED_LINE: dict[str, Any] = {"linewidth": 1.3, "linestyle": (0, (4, 1.6))}
"""Dashed, so that it is no second force to those who see no colours."""
HOLD_NAME_SHARE = 0.03
"""Height at which holds are named, share of the axis."""
KEY_MIDDLE = HEADING / 2 - 0.6
SAMPLE = 8.0
"""Millimetres of a line in the key."""
DOUBTS = {"fault": "not measuring", "saturated": "at its limit"}
"""What the shading of a time says whose force is not to be trusted."""


def chart(session: SessionReport) -> Chart | None:
    """Return the picture; None where no force was measured."""
    force = session.curves.series(FORCE, session.until_s).thinned(timeaxis.DRAWN)
    if not force:
        return None
    labels = marking.labels(session)
    above = HEADING + marking.lanes(labels) * marking.LANE + 1.5
    height = above + AXES_HEIGHT + timeaxis.BELOW
    paint = partial(_paint, session=session, force=force, labels=labels, above=above)
    return Chart("Force", height, paint, force_alt(session))


def _paint(
    box: Box,
    *,
    session: SessionReport,
    force: Series,
    labels: Sequence[marking.Label],
    above: float,
) -> None:
    heading(box, "Force", "newtons; holds are shaded")
    axes = timeaxis.axes(box, session, above)
    top = max(LEAST_TOP_N, *known(force.greatest))
    axes.set_ylim(0, HEADROOM * top)
    _curves(axes, session, force)
    _limits(axes, session)
    _holds(axes, session)
    _marks(axes, session, force)
    _doubts(axes, session)
    marking.draw(box, axes, labels, above)
    _key(box, session)


def _curves(axes: Axes, session: SessionReport, force: Series) -> None:
    """Draw what was measured and what was to be expected."""
    axes.fill_between(
        force.t, force.least, force.greatest, color=FORCE_COLOUR, alpha=0.35, linewidth=0
    )
    axes.plot(force.t, force.mean, color=FORCE_COLOUR, linewidth=1.1, zorder=3)
    expected = session.curves.series("expected", session.until_s).thinned(timeaxis.DRAWN)
    axes.plot(expected.t, expected.mean, color=EXPECTED, zorder=4, **EXPECTED_LINE)


def _limits(axes: Axes, session: SessionReport) -> None:
    """Draw the person's own figures where the axis reaches them, named at the right."""
    figures = session.figures
    told = ((figures.threshold_n, "threshold"), (figures.limit_n, "limit"))
    for newtons, name in told:
        if newtons is None or newtons > axes.get_ylim()[1]:
            continue
        axes.axhline(newtons, color=LIMIT, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        axes.annotate(
            f" {name}\n {newtons:.0f} N",
            (1, newtons),
            xycoords=("axes fraction", "data"),
            fontsize=Size.SMALL,
            fontfamily=FONT,
            color=LIMIT,
            verticalalignment="center",
        )


def _holds(axes: Axes, session: SessionReport) -> None:
    """Name the holds at the foot of their shading, as far as there is room."""
    for hold in session.holds:
        begin, end = (timeaxis.x_mm(session, t) for t in (hold.begin_s, hold.end_s))
        name = next(
            (name for name in _names(hold) if text_width(name, Size.SMALL) < end - begin), ""
        )
        axes.text(
            (hold.begin_s + hold.end_s) / 2,
            HOLD_NAME_SHARE * axes.get_ylim()[1],
            name,
            fontsize=Size.SMALL,
            fontfamily=FONT,
            color=FAINT,
            bbox={"facecolor": HOLD_TINT, "edgecolor": "none", "pad": 0.6},
            horizontalalignment="center",
            zorder=3,
        )


def _names(hold: Hold) -> tuple[str, ...]:
    """Return what a hold may be called, the longest first."""
    length = f"{hold.event.hold_s:.0f} s"
    return (f"hold {hold.number} · {length}", f"hold {hold.number}", str(hold.number))


def _marks(axes: Axes, session: SessionReport, force: Series) -> None:
    """Put marks on the curve: filled ones for what is told, hollow ones for what is not."""
    for one in session.happenings:
        mark = MARKS[one.event.type]
        axes.plot(
            [one.t],
            [_at(force, one.t)],
            marker=mark.shape,
            markersize=6 if one.told else 4,
            color=mark.colour,
            markerfacecolor=mark.colour if one.told else "white",
            markeredgecolor="white" if one.told else mark.colour,
            markeredgewidth=0.8,
            linestyle="none",
            zorder=5,
        )


def _at(series: Series, t: float) -> float:
    """Return a curve's value nearest to a time."""
    places = [at for at, value in enumerate(series.mean) if not isnan(value)]
    return series.mean[min(places, key=lambda at: abs(series.t[at] - t))]


def _doubts(axes: Axes, session: SessionReport) -> None:
    """Hatch the times whose force is not to be trusted, and say why."""
    for name, words in DOUBTS.items():
        series = session.curves.series(name, session.until_s)
        if not series:
            continue
        whole_height = axes.get_xaxis_transform()
        axes.fill_between(
            series.t,
            0,
            series.mean,
            transform=whole_height,
            facecolor="none",
            edgecolor=FAINT,
            hatch="/////",
            linewidth=0.5,
            zorder=6,
        )
        axes.text(
            series.t[0],
            0.96,
            words,
            transform=whole_height,
            fontsize=Size.SMALL,
            fontfamily=FONT,
            color=INK,
            verticalalignment="top",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            zorder=7,
        )


def _key(box: Box, session: SessionReport) -> None:
    """Say what the lines mean, at the right of the heading."""
    items = [("force", FORCE_COLOUR, {"linewidth": 1.6})]
    if session.curves.series("expected"):
        items.append(("what the hold's own decay leaves", EXPECTED, EXPECTED_LINE))
    x = box.width - timeaxis.RIGHT
    for name, colour, look in reversed(items):
        x -= text_width(name, Size.SMALL)
        box.text(x, KEY_MIDDLE, name, size=Size.SMALL, colour=FAINT)
        x -= SAMPLE + 1.5
        box.line((x, KEY_MIDDLE), (x + SAMPLE, KEY_MIDDLE), colour, **look)
        x -= 5
