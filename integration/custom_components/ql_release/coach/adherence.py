"""How it goes: n of the last 7 days, for streaks break at the first miss and then discourage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from .look import Look
from .sessions import Progress, is_done, progress
from .state import Kind, Reminder, Status
from .times import ONE_DAY, day_start
from .wording import Text, say

DAYS = 7
ASKED = (Status.DONE, Status.OPEN, Status.SKIPPED, Status.MISSED)
"""What counts as asked: not what was paused, withdrawn or taken over by a later training."""


@dataclass(frozen=True, slots=True)
class Adherence:
    """How the plan was kept.

    Attributes:
        done: days of the last 7, today among them, on which it was done.
        asked: days of them on which it was asked for.
        text: the same as a sentence.
    """

    done: int
    asked: int
    text: Text


def adherence(view: Look) -> Adherence:
    """Return how the plan was kept in the last 7 days."""
    done = done_days(view, view.today)
    start = day_start(view.today - (DAYS - 1) * ONE_DAY, view.zone)
    asked = {
        day
        for reminder in view.state.reminders
        if reminder.kind is not Kind.BEFORE_LIFT and reminder.status in ASKED
        if start <= reminder.due and (day := view.day_of(reminder.due)) <= view.today
    }
    return Adherence(len(done), len(asked | done), say("adherence", done=len(done)))


def done_days(view: Look, last: date) -> set[date]:
    """Return the days, of the 7 that end with a day, on which the plan was done."""
    start = day_start(last - (DAYS - 1) * ONE_DAY, view.zone)
    end = day_start(last + ONE_DAY, view.zone)
    done = {
        view.day_of(reminder.done_at)
        for reminder in view.state.reminders
        if reminder.kind is not Kind.BEFORE_LIFT
        if reminder.done_at is not None and start <= reminder.done_at < end
    }
    sessions = {view.day_of(entry.end) for entry in view.sessions(start, end)}
    return done | {day for day in sessions - done if _done_on(view, day)}


def today(view: Look, open_reminder: Reminder | None, *, lifting: bool) -> tuple[Progress, ...]:
    """Return how far each spot is that is to be done today; nothing on a day without a plan.

    Args:
        view: what is known.
        open_reminder: the release reminder that is open, if any.
        lifting: whether today is a lifting day.
    """
    spots = view.settings.spots
    if open_reminder is not None:
        return progress(spots, view.sessions(open_reminder.since, open_reminder.closes))
    if done_moments := list(_done_today(view)):
        return progress(spots, view.sessions(min(done_moments), view.now + ONE_DAY))
    start = day_start(view.today, view.zone)
    sessions = view.sessions(start, view.now + ONE_DAY)
    return progress(spots, sessions) if lifting or sessions else ()


def _done_today(view: Look) -> Iterable[datetime]:
    """Yield since when sessions counted for what was done today."""
    for reminder in view.state.reminders:
        done = reminder.status is Status.DONE and reminder.kind is not Kind.BEFORE_LIFT
        if done and reminder.done_at and view.day_of(reminder.done_at) == view.today:
            yield reminder.since


def _done_on(view: Look, day: date) -> bool:
    start, end = day_start(day, view.zone), day_start(day + ONE_DAY, view.zone)
    return is_done(view.settings.spots, view.sessions(start, end))
