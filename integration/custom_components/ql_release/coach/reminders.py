"""Release reminders: which there are, and what has become of each.

Everything but the person's own acts (shown, snoozed, skipped) is worked out anew at each look, so
that late reports, corrections and removed sessions all come to what they would have come to had
they been known at once. One training, one reminder: a reminder belongs to the report by which
its training first became known.
"""

from datetime import datetime, timedelta
from itertools import count

from .adherence import done_days
from .exercises import Load
from .lifting import LiftingDay, lifting_day, load_of_training
from .look import Look
from .sessions import done_at
from .state import Kind, Reminder, Status
from .times import ONE_DAY, day_start, moment_of
from .training import Training

SETTLED = timedelta(days=7)
"""After its window a reminder is open to corrections for so long; then it is history."""
BEFORE_LIFT_COUNTS = timedelta(hours=2)
"""A session that ended so long before a training was the short one before it."""


def reconcile(view: Look) -> list[tuple[Reminder, Status]]:
    """Bring the reminders up to date.

    Returns:
        Those that are no longer open, or open again, each with what it was before.
    """
    before = [(reminder, reminder.status) for reminder in view.state.reminders]
    causes = _assign(view)
    _settle(view, causes, after_training=True)
    # What the plan asks for depends on what has become of the trainings' reminders.
    _plan_rest_day(view)
    _plan_before_lift(view)
    _settle(view, causes, after_training=False)
    return [(reminder, status) for reminder, status in before if reminder.status is not status]


def _settle(view: Look, causes: dict[str, Training], *, after_training: bool) -> None:
    """Work out anew what has become of the reminders of trainings, or of the others."""
    for reminder in view.state.reminders:
        if (reminder.kind is Kind.TRAINING) is not after_training:
            continue
        if _changes(view, reminder):
            _update(view, reminder, causes.get(reminder.id))
            reminder.status = _status(view, reminder, causes)


def _changes(view: Look, reminder: Reminder) -> bool:
    """Return whether a reminder may still become something else; an open one must."""
    return reminder.is_open or view.now < reminder.closes + SETTLED


def _assign(view: Look) -> dict[str, Training]:
    """Give each training its reminder, a new one if there is none; return them by reminder."""
    causes: dict[str, Training] = {}
    anchored = _anchored(view)
    for training in view.trainings:
        if training.ongoing or not _matters(view, training):
            continue
        mine = [
            reminder
            for key in training.keys
            for reminder in anchored.get(key, ())
            # A report whose training is history may be used again for another.
            if _changes(view, reminder) or reminder.since == training.end
        ]
        if len(mine) > 1:
            mine.sort(key=view.state.reminders.index)
        if not mine:
            mine = [_of_training(view, training)]
            view.state.reminders.append(mine[0])
        first, *others = mine
        for other in others:
            _merge(view, first, other)
        causes[first.id] = training
    return causes


def _matters(view: Look, training: Training) -> bool:
    """Return whether a training is a reason to remind."""
    rules = view.settings.release
    load = load_of_training(view, training)
    return rules.after_training and (load is Load.YES or (load is Load.MAYBE and rules.maybe))


def _anchored(view: Look) -> dict[str, list[Reminder]]:
    """Return the reminders of trainings by their first report that still tells of one."""
    telling = {key for training in view.trainings for key in training.keys}
    found: dict[str, list[Reminder]] = {}
    for reminder in view.state.reminders:
        anchor = next((key for key in reminder.reports if key in telling), None)
        if anchor is not None:
            found.setdefault(anchor, []).append(reminder)
    return found


def _merge(view: Look, first: Reminder, other: Reminder) -> None:
    """Make one of two reminders whose trainings turned out to be one."""
    first.shown = sorted({*first.shown, *other.shown})
    first.returned = sorted({*first.returned, *other.returned})
    first.snoozes = max(first.snoozes, other.snoozes)
    first.snoozed = first.snoozed or other.snoozed
    first.skipped = first.skipped or other.skipped
    first.next_at = max(first.next_at, other.next_at)
    first.reports = (*first.reports, *other.reports)
    view.state.reminders.remove(other)


def _of_training(view: Look, training: Training) -> Reminder:
    due = training.end + timedelta(minutes=view.settings.release.delay_min)
    closes = training.end + timedelta(hours=view.settings.release.window_h)
    anchor = next(key for key in view.state.reports if key in training.keys)
    taken = {entry.id for entry in view.state.reminders}
    names = (f"training:{anchor}:{number}" for number in count(1))
    name = next(name for name in names if name not in taken)
    return Reminder(name, Kind.TRAINING, training.end, due, closes, due, (anchor,))


def _plan_rest_day(view: Look) -> None:
    """Have a reminder today if it is a rest day on which the plan asks for a session."""
    name = f"{Kind.REST_DAY}:{view.today}"
    if any(entry.id == name for entry in view.state.reminders) or not asks_today(view):
        return
    start, end = day_start(view.today, view.zone), day_start(view.today + ONE_DAY, view.zone)
    due = moment_of(view.today, view.settings.release.at, view.zone)
    view.state.reminders.append(Reminder(name, Kind.REST_DAY, start, due, end, due))


def asks_today(view: Look) -> bool:
    """Return whether the plan asks for a session on this rest day: alternate days, n a week."""
    wanted = view.settings.release.per_week
    if not wanted or view.paused(view.today) or lifting_day(view, view.today).lifting:
        return False
    if any(entry.is_open and entry.kind is Kind.TRAINING for entry in view.state.reminders):
        return False
    done = done_days(view, view.today)
    return view.today - ONE_DAY not in done and view.today not in done and len(done) < wanted


def _plan_before_lift(view: Look) -> None:
    """Have an offer today if training is planned and has not begun."""
    name = f"{Kind.BEFORE_LIFT}:{view.today}"
    if any(entry.id == name for entry in view.state.reminders):
        return
    plan = _offer(view)
    if plan is None or plan.starts is None or plan.starts <= view.now:
        return
    due = plan.starts - timedelta(minutes=view.settings.release.before_min)
    since = plan.starts - BEFORE_LIFT_COUNTS
    view.state.reminders.append(Reminder(name, Kind.BEFORE_LIFT, since, due, plan.starts, due))


def _offer(view: Look) -> LiftingDay | None:
    if not view.settings.release.before_lift:
        return None
    plan = lifting_day(view, view.today)
    return plan if plan.lifting and plan.starts is not None else None


def _update(view: Look, reminder: Reminder, training: Training | None) -> None:
    """Follow what the cause says now."""
    rules = view.settings.release
    if training is not None:
        reminder.reports = tuple(dict.fromkeys((*reminder.reports, *training.keys)))
        due = training.end + timedelta(minutes=rules.delay_min)
        reminder.since = training.end
        reminder.closes = training.end + timedelta(hours=rules.window_h)
        _move(reminder, due)
    elif reminder.id == f"{Kind.REST_DAY}:{view.today}":
        _move(reminder, moment_of(view.today, rules.at, view.zone))
    elif reminder.kind is Kind.BEFORE_LIFT and view.now < reminder.closes:
        plan = _offer(view)
        if plan is not None and plan.starts is not None and plan.starts > view.now:
            reminder.closes = plan.starts
            reminder.since = plan.starts - BEFORE_LIFT_COUNTS
            _move(reminder, plan.starts - timedelta(minutes=rules.before_min))


def _move(reminder: Reminder, due: datetime) -> None:
    """Have a reminder first shown at another moment, unless it was shown or put off already."""
    if not reminder.seen and not reminder.snoozes and reminder.next_at == reminder.due:
        reminder.next_at = due
    reminder.due = due


def _status(view: Look, reminder: Reminder, causes: dict[str, Training]) -> Status:
    if reminder.kind is Kind.TRAINING and reminder.id not in causes:
        return Status.WITHDRAWN
    reminder.done_at = _done_at(view, reminder)
    if reminder.done_at is not None:
        return Status.DONE
    if reminder.skipped:
        return Status.SKIPPED
    if _superseded(reminder, causes):
        return Status.SUPERSEDED
    if view.now >= reminder.closes:
        return _over(view, reminder)
    return Status.OPEN if _still_asked(view, reminder) else Status.WITHDRAWN


def _done_at(view: Look, reminder: Reminder) -> datetime | None:
    sessions = view.sessions(reminder.since, reminder.closes)
    if reminder.kind is Kind.BEFORE_LIFT:
        return min((session.end for session in sessions), default=None)
    return done_at(view.settings.spots, sessions)


def _superseded(reminder: Reminder, causes: dict[str, Training]) -> bool:
    """Return whether a later training's reminder has taken the place of one."""
    if reminder.kind is Kind.BEFORE_LIFT:
        return False
    later = (causes[name].end for name in causes if name != reminder.id)
    return any(reminder.since < end < reminder.closes for end in later)


def _over(view: Look, reminder: Reminder) -> Status:
    """Return what became of one whose window has passed."""
    if reminder.kind is Kind.BEFORE_LIFT:
        return Status.LAPSED
    if not view.settings.release.enabled or view.paused(view.day_of(reminder.closes)):
        return Status.PAUSED
    return Status.MISSED


def _still_asked(view: Look, reminder: Reminder) -> bool:
    """Return whether what was not shown yet is still asked for."""
    if reminder.kind is Kind.TRAINING or reminder.seen or reminder.snoozes:
        return True
    if reminder.kind is Kind.BEFORE_LIFT:
        return _offer(view) is not None
    return asks_today(view)
