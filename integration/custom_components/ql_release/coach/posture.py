"""Posture nudges: a suggestion to change position after a while of sitting.

Changing position is what the evidence speaks for; a way to sit is never named (docs/coach.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .facts import CalendarKind
from .lifting import lifting_day
from .look import Look
from .state import Seat
from .times import day_start, moment_of
from .wording import Text, say

GET_UP = timedelta(minutes=1)
"""So long a person must be up for it to be a change of position: seats and radars flicker."""
MOST_STEPS = 50
"""Moments that are tried; each rule moves on to where it no longer forbids."""


@dataclass(frozen=True, slots=True)
class NextNudge:
    """When to suggest another position.

    Attributes:
        at: when, if nothing changes.
        why: in one sentence.
    """

    at: datetime
    why: Text


def sit(seat: Seat, *, value: bool | None, at: datetime) -> None:
    """Take what a sensor says of sitting."""
    if not value:
        if value is None:
            seat.since = seat.left_at = None
        elif seat.since is not None and seat.left_at is None:
            seat.left_at = at
        return
    if seat.since is None or (seat.left_at is not None and at - seat.left_at >= GET_UP):
        seat.since = at
    seat.left_at = None


def next_nudge(view: Look) -> NextNudge | None:
    """Return when to suggest another position, if nothing changes; None: not as things are."""
    rules = view.settings.posture
    if not rules.enabled or view.state.away:
        return None
    if rules.presence and (view.state.seat.since is None or view.state.seat.left_at is not None):
        return None
    if view.training_until() is not None or view.session_until() is not None:
        return None
    at: datetime | None = max(_wanted(view), view.now)
    for _ in range(MOST_STEPS):
        if at is None or _not_on(view, view.day_of(at)):
            return None
        later = _later(view, at)
        if later == at:
            return NextNudge(at, _why(view, at))
        at = later
    return None


def _wanted(view: Look) -> datetime:
    """Return when the next is wanted, whatever forbids it."""
    again_at = view.state.nudges.again_at
    base = _base(view)
    return again_at if again_at is not None and again_at > base else base + _interval(view)


def _base(view: Look) -> datetime:
    """Return since when the position is taken to be the same."""
    quiet_end = view.settings.quiet.last_end(view.now, view.zone)
    moments = [view.state.back_at, view.state.nudges.changed_at, quiet_end, *_ends(view)]
    moments += view.state.nudges.shown[-1:]
    if view.settings.posture.presence:
        moments.append(view.state.seat.since)
    else:
        moments.append(_hours_start(view))
    return max(moment for moment in moments if moment is not None and moment <= view.now)


def _ends(view: Look) -> Iterable[datetime]:
    """Yield when trainings and sessions ended: both are a change of position."""
    yield from (training.end for training in view.trainings)
    yield from (session.end for session in view.state.sessions.values())


def _hours_start(view: Look) -> datetime:
    """Return the last start of the hours in which sitting is assumed."""
    start = moment_of(view.today, view.settings.posture.hours.start, view.zone)
    return min(start, view.now)


def _not_on(view: Look, day: date) -> bool:
    """Return whether there is no nudge any more on a day; on later ones one is seen then."""
    nudges, rules = view.state.nudges, view.settings.posture
    if day != view.today or nudges.enough_on == day or view.paused(day):
        return True
    start = day_start(day, view.zone)
    if sum(moment >= start for moment in nudges.shown) >= rules.max_per_day:
        return True
    return not (rules.other_days or lifting_day(view, day).lifting)


def _later(view: Look, at: datetime) -> datetime | None:
    """Return the next moment to try, the same if nothing forbids it; None: not today."""
    if (quiet := view.settings.quiet.until(at, view.zone)) is not None:
        return quiet + _interval(view)
    if (start := _hours(view, at)) != at:
        return start
    return _meeting(view, at)


def _hours(view: Look, at: datetime) -> datetime | None:
    """Return the first moment in the hours for it, from one on; None: not today."""
    hours = view.settings.posture.hours
    if hours.start == hours.end or hours.until(at, view.zone) is not None:
        return at
    start = moment_of(view.day_of(at), hours.start, view.zone)
    if at >= start:
        return None
    return start if view.settings.posture.presence else start + _interval(view)


def _interval(view: Look) -> timedelta:
    return timedelta(minutes=view.settings.posture.interval_min)


def _meeting(view: Look, at: datetime) -> datetime:
    """Return the end of the meeting a moment lies in, or itself; whole days are no meetings."""
    ends = (
        event.end
        for event in view.events(CalendarKind.MEETINGS)
        if not event.all_day and event.start <= at < event.end
    )
    return max(ends, default=at)


def _why(view: Look, at: datetime) -> Text:
    since = view.state.seat.since
    if view.settings.posture.presence and since is not None and since == _base(view):
        return say("why_sitting", time=view.clock(since))
    return say("why_position", minutes=(at - _base(view)) // timedelta(minutes=1))
