"""The force around its own slow course, within holds: what breath and other quick moves make.

It is drawn, not judged: what counts as breath is the detectors' matter (`signal`), and its rate
and depth are theirs.
"""

from itertools import accumulate

from ql_release.report.curves import HOLE, Series, Span
from ql_release.report.gathering import FORCE
from ql_release.report.session import SessionReport

COURSE_S = 10.0
"""Seconds over which the slow course is a mean: two breaths or three."""
SETTLED_S = 4.0
"""Seconds of a hold's begin that are left out: the load is still coming on."""
LEAVING_S = 1.5
"""Seconds of its end that are left out: it is going."""
FINEST_BREATH_S = 0.8
"""Stretches of the curve at most so long, seconds, still show a breath of three seconds."""
BEFORE_MARK_S = 1.0
"""Seconds before something that is marked, and …"""
AFTER_MARK_S = 4.0
"""… after it that are left out: the course itself changes."""
LEAST_POINTS = 10
"""Too few make no course."""


def wave(session: SessionReport) -> Series:
    """Return the force around its slow course, percent of it; empty where that shows no breath."""
    found = Series([], [], [], [])
    if session.curves.step_s > FINEST_BREATH_S:
        return found
    force = session.curves.series(FORCE, session.until_s)
    for begin, end in quiet_times(session):
        _add(found, force, begin, end)
    return found


def quiet_times(session: SessionReport) -> list[tuple[float, float]]:
    """Return the times in holds, seconds, in which nothing is marked: begin and end of each."""
    times: list[tuple[float, float]] = []
    for hold in session.holds:
        begin = hold.begin_s + SETTLED_S
        for one in session.happenings:
            if hold.begin_s <= one.t <= hold.end_s:
                times.append((begin, one.t - BEFORE_MARK_S))
                begin = max(begin, one.t + AFTER_MARK_S)
        times.append((begin, hold.end_s - LEAVING_S))
    return times


def _add(found: Series, force: Series, begin: float, end: float) -> None:
    """Add a quiet time, with a hole before it."""
    points = [
        (t, newtons)
        for t, newtons in zip(force.t, force.mean, strict=True)
        if begin <= t <= end and newtons > 0
    ]
    if len(points) < LEAST_POINTS:
        return
    if found:
        found.add((found.t[-1] + begin) / 2, HOLE)
    for (t, newtons), course in zip(points, _course(points), strict=True):
        percent = 100 * (newtons - course) / course
        found.add(t, Span(percent, percent, percent))


def _course(points: list[tuple[float, float]]) -> list[float]:
    """Return the mean around each point, over as many seconds before it as after."""
    sums = [0.0, *accumulate(newtons for _, newtons in points)]
    step_s = (points[-1][0] - points[0][0]) / (len(points) - 1)
    half = max(1, round(COURSE_S / 2 / step_s))
    means = []
    for place in range(len(points)):
        reach = min(half, place, len(points) - 1 - place)
        begin, end = place - reach, place + reach + 1
        means.append((sums[end] - sums[begin]) / (end - begin))
    return means
