"""The small pictures under the force: breath, steadiness, tilt."""

from functools import partial
from statistics import median

from matplotlib.axes import Axes

from ql_release.report import timeaxis
from ql_release.report.blocks import HEADING, Chart, heading
from ql_release.report.breath import wave
from ql_release.report.curves import Series, known
from ql_release.report.session import SessionReport
from ql_release.report.sheet import Box
from ql_release.report.style import FONT, FORCE, SECOND, THIRD, Size
from ql_release.report.wording import spread_alt

AXES_HEIGHT = 12.5
"""Millimetres."""
HEIGHT = HEADING + 1.0 + AXES_HEIGHT + timeaxis.BELOW
ROOM = 0.08
"""Room above and below a curve, share of its range."""
LEAST_TILT_RANGE = 4.0
"""Degrees that an axis of the tilt spans at least: it is not to make much of nothing."""
LEAST_WAVE = 2.0
"""Percent that the axis of the breath spans at least, up and down."""
USUAL = 0.98
"""Share of the breath's wave that its axis is made for: a slip's swing may leave it."""


def charts(session: SessionReport) -> list[Chart]:
    """Return the pictures for which there is anything to draw."""
    found = (breath(session), steadiness(session), tilt(session))
    return [chart for chart in found if chart is not None]


def breath(session: SessionReport) -> Chart | None:
    """Return the force around its slow course, which in a quiet hold is breath."""
    series = wave(session)
    if not series:
        return None
    remark = "the force around its own slow course, % of it"
    rate = _middle(session, "breath_hz")
    depth = _middle(session, "breath_pct")
    if rate is not None:
        remark += f"; about {60 * rate:.0f} breaths a minute"
    if depth is not None:
        remark += f", {depth:.1f} % deep"

    def paint(box: Box) -> None:
        axes = _axes(box, session, "Breath", remark)
        axes.plot(series.t, series.mean, color=FORCE, linewidth=0.8)
        swings = sorted(abs(value) for value in known(series.mean))
        reach = max(LEAST_WAVE, 1.2 * swings[int(USUAL * (len(swings) - 1))])
        axes.set_ylim(-reach, reach)

    return Chart("Breath", HEIGHT, paint, spread_alt("Breath", series.mean, "% of the force"))


def steadiness(session: SessionReport) -> Chart | None:
    """Return how much else moves the force: slowly, and as a tremor."""
    sway, tremor = (
        session.curves.series(name, session.until_s).thinned(timeaxis.DRAWN)
        for name in ("sway", "tremor")
    )
    if not sway and not tremor:
        return None

    def paint(box: Box) -> None:
        axes = _axes(box, session, "Steadiness", "what else moves the force, % of it")
        axes.plot(sway.t, sway.mean, color=SECOND, linewidth=1.1)
        axes.plot(tremor.t, tremor.mean, color=THIRD, linewidth=1.1, linestyle=(0, (4, 1.6)))
        axes.set_ylim(0, None)
        if sway:
            _name(axes, "─ sway", 0.75, SECOND)
        if tremor:
            _name(axes, "╌ tremor", 0.35, THIRD)

    return Chart("Steadiness", HEIGHT, paint, _steadiness_alt(sway, tremor))


def tilt(session: SessionReport) -> Chart | None:
    """Return how the tool leaned."""
    series = session.curves.series("tilt", session.until_s).thinned(timeaxis.DRAWN)
    if not series:
        return None
    alt = spread_alt("Tilt of the tool", series.mean, "degrees")
    return Chart("Tilt", HEIGHT, partial(_paint_tilt, session=session, series=series), alt)


def _paint_tilt(box: Box, *, session: SessionReport, series: Series) -> None:
    axes = _axes(box, session, "Tilt", "degrees between the tool and the vertical")
    axes.fill_between(series.t, series.least, series.greatest, color=SECOND, alpha=0.3, linewidth=0)
    axes.plot(series.t, series.mean, color=SECOND, linewidth=0.9)
    low, high = min(known(series.mean)), max(known(series.mean))
    half = max(LEAST_TILT_RANGE, (high - low) * (1 + 2 * ROOM)) / 2
    middle = (low + high) / 2
    axes.set_ylim(middle - half, middle + half)


def _axes(box: Box, session: SessionReport, title: str, remark: str) -> Axes:
    heading(box, title, remark)
    axes = timeaxis.axes(box, session, HEADING + 1.0)
    axes.locator_params(axis="y", nbins=3)
    return axes


def _name(axes: Axes, name: str, height: float, colour: str) -> None:
    """Name a curve beside the axes, with its stroke, at a share of their height.

    Not at the curve's own end: two of them may end side by side.
    """
    axes.annotate(
        f" {name}",
        (1, height),
        xycoords="axes fraction",
        fontsize=Size.SMALL,
        fontfamily=FONT,
        color=colour,
        verticalalignment="center",
    )


def _steadiness_alt(sway: Series, tremor: Series) -> str:
    named = (("Sway", sway), ("Tremor", tremor))
    return " ".join(
        spread_alt(name, series.mean, "% of the force") for name, series in named if series
    )


def _middle(session: SessionReport, name: str) -> float | None:
    """Return the median of a curve."""
    values = known(session.curves.series(name, session.until_s).mean)
    return median(values) if values else None
