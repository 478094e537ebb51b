"""When a reminder may be shown next, and what it waits for until then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from .look import Look
from .state import Reminder
from .times import ONE_DAY, day_start, moment_of, next_day
from .wording import Text, say

MOST_STEPS = 200
"""More than there are days in any pause that leaves a window open; the search ends anyway."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a reminder waits for.

    Attributes:
        at: when it is shown next, as far as is known; None: not before something changes.
        why: in one sentence: what holds it now, or else what holds it last.
    """

    at: datetime | None
    why: Text


Rule = Callable[[Look, Reminder, datetime], "Wait | None"]
"""Says until when something forbids to show a reminder at a moment; None: nothing does."""


def wait(view: Look, reminder: Reminder) -> Wait:
    """Return when a reminder is shown next; a moment that is not in the future: now."""
    at = max(reminder.next_at, view.now)
    why = _own_reason(view, reminder)
    held_now = False
    for _ in range(MOST_STEPS):
        found = _forbidden(view, reminder, at)
        if found is None:
            return Wait(at, why)
        if found.at is None or found.at >= reminder.closes:
            return Wait(None, found.why)
        if not held_now:
            why = found.why
        held_now = held_now or at == view.now
        at = found.at
    return Wait(None, why)


def shown_on(view: Look, day: date) -> int:
    """Return how many showings of a local day count for its cap."""
    start, end = day_start(day, view.zone), day_start(day + ONE_DAY, view.zone)
    return sum(
        start <= moment < end for reminder in view.state.reminders for moment in reminder.shown
    )


def after_cap(view: Look, reminder: Reminder, at: datetime) -> datetime:
    """Return when a reminder comes again that a day has no more room for.

    The next day at the time set; if its window is over by then, as early as that day allows.
    """
    tomorrow = view.day_of(at) + ONE_DAY
    usual = moment_of(tomorrow, view.settings.release.at, view.zone)
    return usual if usual < reminder.closes else day_start(tomorrow, view.zone)


def _forbidden(view: Look, reminder: Reminder, at: datetime) -> Wait | None:
    if at >= reminder.closes:
        return Wait(None, say("wait_due", time=view.clock(at)))
    return next((found for rule in RULES if (found := rule(view, reminder, at))), None)


def _own_reason(view: Look, reminder: Reminder) -> Text:
    time = view.clock(reminder.next_at)
    if reminder.snoozed:
        return say("wait_snoozed", time=time)
    return say("wait_again" if reminder.seen else "wait_due", time=time)


def _off(view: Look, _reminder: Reminder, _at: datetime) -> Wait | None:
    return None if view.settings.release.enabled else Wait(None, say("wait_off"))


def _paused(view: Look, _reminder: Reminder, at: datetime) -> Wait | None:
    if not view.paused(view.day_of(at)):
        return None
    until = next_day(at, view.zone)
    return Wait(until, say("wait_paused", time=view.clock(until)))


def _training(view: Look, _reminder: Reminder, at: datetime) -> Wait | None:
    """Never between sets: it cost 12 % of the work done (Kerautret 2021)."""
    until = view.training_until()
    return None if until is None or at >= until else Wait(until, say("wait_training"))


def _session(view: Look, _reminder: Reminder, at: datetime) -> Wait | None:
    until = view.session_until()
    return None if until is None or at >= until else Wait(until, say("wait_session"))


def _quiet(view: Look, _reminder: Reminder, at: datetime) -> Wait | None:
    until = view.settings.quiet.until(at, view.zone)
    return None if until is None else Wait(until, say("wait_quiet", time=view.clock(until)))


def _cap(view: Look, reminder: Reminder, at: datetime) -> Wait | None:
    shown = shown_on(view, view.day_of(at))
    if reminder.snoozed or shown < view.settings.release.max_per_day:
        return None
    until = after_cap(view, reminder, at)
    return Wait(until, say("wait_cap", shown=shown, time=view.clock(until)))


RULES: tuple[Rule, ...] = (_off, _paused, _training, _session, _cap, _quiet)
"""In the order in which they are told. The day's cap comes before the night: what there is no more
room for waits for the next day's usual time, rather than for its first minute."""
