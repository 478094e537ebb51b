"""Axes over a session's time, the same for all its curves: one stands exactly above the other."""

from matplotlib.axes import Axes

from ql_release.cli.words import minutes
from ql_release.report.gathering import LEAD_S
from ql_release.report.session import SessionReport
from ql_release.report.sheet import CONTENT_WIDTH, Box
from ql_release.report.style import FAINT, FONT, HAIRLINE, HOLD_TINT, Size

LEFT = 11.0
"""Millimetres left of the axes, for the numbers."""
RIGHT = 17.0
"""… and right of them, for what curves and lines are called."""
BELOW = 5.0
"""… and below them, for the times."""
MOST_TICKS = 12
DRAWN = 1200
"""Points of a curve at most: eight a millimetre, finer than a printer's dot."""
STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds from one time that is named to the next: what people count in."""


def axes(box: Box, session: SessionReport, top: float) -> Axes:
    """Return axes from so many millimetres below a box's upper edge down to the times."""
    height = box.height - top - BELOW
    made = box.axes(LEFT, top, box.width - LEFT - RIGHT, height)
    made.set_xlim(-LEAD_S, session.until_s)
    ticks = times(session.until_s)
    made.set_xticks(ticks, [minutes(t) for t in ticks])
    for side in ("top", "right"):
        made.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        made.spines[side].set(color=HAIRLINE, linewidth=0.8)
    made.tick_params(
        labelsize=Size.SMALL,
        labelcolor=FAINT,
        color=HAIRLINE,
        labelfontfamily=FONT,
        length=2,
        pad=1.5,
    )
    made.grid(axis="y", color=HAIRLINE, linewidth=0.4)
    made.set_axisbelow(True)
    made.patch.set_alpha(0)
    shade_holds(made, session)
    return made


def shade_holds(made: Axes, session: SessionReport) -> None:
    """Shade the holds."""
    for hold in session.holds:
        made.axvspan(hold.begin_s, hold.end_s, color=HOLD_TINT, linewidth=0, zorder=0)


def times(until_s: float) -> list[int]:
    """Return the times to name, seconds: not too many of them."""
    fitting = (step for step in STEPS_S if until_s / step <= MOST_TICKS)
    longest = STEPS_S[-1]
    more = longest * (int(until_s / longest / MOST_TICKS) + 1)
    step = next(fitting, more)
    return list(range(0, int(until_s) + 1, step))


def x_mm(session: SessionReport, t: float, width: float = CONTENT_WIDTH) -> float:
    """Return where a time lies in a box of some width, millimetres from its left edge."""
    share = (t + LEAD_S) / (session.until_s + LEAD_S)
    return LEFT + share * (width - LEFT - RIGHT)
