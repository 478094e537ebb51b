"""The coach of one person: facts in, decisions out.

It reads no clock and does nothing itself. Whoever runs it tells it facts, asks it to decide,
stores its state, does what stands in the outbox, and asks again at `wake_at` at the latest. The
same facts at the same moments give the same decisions, whatever restarts lay between.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from . import outbox
from .adherence import Adherence, adherence, today
from .codec import decode, encode
from .facts import Away, Fact, Sitting
from .lifting import LiftingDay, lifting_day
from .look import Look, look
from .notices import missing, nudge_notice, reminder_notice, tag_of, why
from .posture import NextNudge, next_nudge
from .reminders import reconcile
from .sessions import Progress
from .settings import Settings
from .spots import Spot
from .state import Item, Kind, Reminder, State, Status
from .taking import take
from .times import next_day
from .training import KEPT
from .waiting import after_cap, shown_on, wait
from .wording import Text

UNANSWERED = 3
"""Reminders in a row without an answer or a session, from which somebody should look."""
PRESENCE = (Sitting, Away)
"""Facts that change nudges only."""
TOLD_AS = {Status.DONE: "cleared", Status.SKIPPED: "skipped", Status.MISSED: "missed"}
"""What is told when a reminder is no longer open."""


@dataclass(frozen=True, slots=True)
class OpenReminder:
    """A reminder of which something is still to become.

    Attributes:
        id: names it.
        kind: what it is for.
        due: when it was first to be shown; from then on release is due.
        next_at: when it is shown next; None: not as things are.
        closes: when it is over.
        why: why there is one.
        waits: why it is not shown now.
        missing: spots that are still open.
        snoozes_left: how often it may still be put off.
    """

    id: str
    kind: Kind
    due: datetime
    next_at: datetime | None
    closes: datetime
    why: Text
    waits: Text
    missing: tuple[Spot, ...]
    snoozes_left: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided, and how things stand.

    Attributes:
        now: the moment.
        lifting_day: whether today is one, and why.
        reminders: those that are open, in order of their showing.
        release_due: whether a release session is due now.
        next_nudge: when to suggest another position; None: not as things are.
        adherence: how the plan was kept.
        today: how far each spot is that is to be done today.
        outbox: what to do now, in order; to be confirmed one by one.
        unanswered: whether so many reminders went unanswered that somebody should look.
        wake_at: when to ask again, if no fact comes before.
    """

    now: datetime
    lifting_day: LiftingDay
    reminders: tuple[OpenReminder, ...]
    release_due: bool
    next_nudge: NextNudge | None
    adherence: Adherence
    today: tuple[Progress, ...]
    outbox: tuple[Item, ...]
    unanswered: bool
    wake_at: datetime


@dataclass(frozen=True, slots=True)
class _Day:
    """What stays the same until a fact other than of presence comes, or a moment.

    Seats and radars tell something every few minutes; nothing of this is to be worked out anew
    for it.
    """

    settings: Settings
    since: datetime
    until: datetime
    lifting: LiftingDay
    adherence: Adherence
    today: tuple[Progress, ...]


class Coach:
    """Decides for one person.

    Args:
        settings: what the person has chosen; may be replaced at any time.
        state: what is remembered; none for a new person.
    """

    def __init__(self, settings: Settings, state: State | None = None) -> None:
        self.settings = settings
        self.state = State() if state is None else state
        self._day: _Day | None = None

    def take(self, fact: Fact, now: datetime) -> None:
        """Remember a fact; `decide` is to follow.

        Args:
            fact: what to remember.
            now: the moment, in UTC.

        Raises:
            RefusedError: when it cannot be true or answers nothing; then nothing changes.
            CodecError: when it is badly made, as by a time without an offset.
        """
        # As it would be read back: times in UTC, and nothing that could not be stored.
        plain = decode(type(fact), encode(fact), type(fact).__name__)
        take(plain, self.state, self.settings, now)
        if not isinstance(plain, PRESENCE):
            self._day = None

    def decide(self, now: datetime) -> Outcome:
        """Decide what is due at a moment, in UTC."""
        state = self.state
        outbox.take_back(state, now)
        view = look(self.settings, state, now)
        day = self._day
        if day is None or day.settings is not self.settings or not day.since <= now < day.until:
            day = self._day = _settle(view)
        for reminder in state.reminders:
            if reminder.is_open:
                _remind(view, reminder)
        return _outcome(view, day, _nudge(view))

    def confirm(self, number: int) -> None:
        """Take an item out of the outbox that was done, or could not be."""
        outbox.confirm(self.state, number)

    def look(self, now: datetime) -> Look:
        """Return what is known at a moment, for `agenda` and `lifting_day`."""
        return look(self.settings, self.state, now)


def _settle(view: Look) -> _Day:
    """Work out what depends on trainings, sessions and the plan."""
    _tell_ended(view)
    for reminder, before in reconcile(view):
        if before is Status.OPEN:
            _close(view, reminder)
    # Only now: what was open through weeks without power is to be closed first.
    view.state.forget(view.now)
    lifting = lifting_day(view, view.today)
    ends = [next_day(view.now, view.zone), view.training_until()]
    ends += [reminder.closes for reminder in view.state.reminders]
    return _Day(
        settings=view.settings,
        since=view.now,
        until=min(moment for moment in ends if moment is not None and moment > view.now),
        lifting=lifting,
        adherence=adherence(view),
        today=today(view, view.open_reminder(), lifting=lifting.lifting),
    )


def _tell_ended(view: Look) -> None:
    """Tell of each training once that it has ended."""
    state = view.state
    for training in view.trainings:
        if training.ongoing or set(training.keys) <= set(state.ended):
            continue
        if not set(training.keys) & set(state.ended) and view.now - training.end < KEPT:
            outbox.tell(state, view.now, "training_ended")
        state.ended.extend(key for key in training.keys if key not in state.ended)


def _close(view: Look, reminder: Reminder) -> None:
    if reminder.seen:
        outbox.clear(view.state, view.now, tag_of(reminder))
    kind = TOLD_AS.get(reminder.status)
    if kind is not None:
        outbox.tell(view.state, view.now, kind, why=why(view, reminder), of=reminder.id)


def _remind(view: Look, reminder: Reminder) -> None:
    at = wait(view, reminder).at
    if at is not None and at <= view.now:
        _show(view, reminder)
    _make_room(view, reminder)


def _show(view: Look, reminder: Reminder) -> None:
    state, now = view.state, view.now
    notice = reminder_notice(view, reminder)
    (reminder.shown if notice.counted else reminder.returned).append(now)
    state.unanswered += notice.counted
    reminder.snoozed = False
    again = now + timedelta(minutes=view.settings.release.repeat_min)
    reminder.next_at = reminder.closes if reminder.kind is Kind.BEFORE_LIFT else again
    outbox.show(state, now, notice)
    outbox.tell(state, now, "release_due", why=notice.why, of=reminder.id)


def _make_room(view: Look, reminder: Reminder) -> None:
    """Put a reminder off to the next day when its own has no more room for it."""
    at = max(reminder.next_at, view.now)
    full = shown_on(view, view.day_of(at)) >= view.settings.release.max_per_day
    if full and not reminder.snoozed and reminder.kind is not Kind.BEFORE_LIFT:
        reminder.next_at = after_cap(view, reminder, at)


def _nudge(view: Look) -> NextNudge | None:
    """Show a nudge if it is time; return when the next one is."""
    found = next_nudge(view)
    if found is None or found.at > view.now:
        return found
    state = view.state
    notice = nudge_notice(view, found.why)
    state.nudges.shown.append(view.now)
    state.nudges.total += 1
    state.nudges.again_at = None
    state.nudges.standing = True
    outbox.show(state, view.now, notice)
    outbox.tell(state, view.now, "nudge", why=notice.why)
    return next_nudge(view)


def _outcome(view: Look, day: _Day, nudge: NextNudge | None) -> Outcome:
    state, now = view.state, view.now
    found = [_open(view, reminder) for reminder in state.reminders if reminder.is_open]
    found.sort(key=lambda entry: (entry.next_at or entry.closes, entry.id))
    return Outcome(
        now=now,
        lifting_day=day.lifting,
        reminders=tuple(found),
        release_due=any(entry.due <= now and entry.kind is not Kind.BEFORE_LIFT for entry in found),
        next_nudge=nudge,
        adherence=day.adherence,
        today=day.today,
        outbox=tuple(state.outbox),
        unanswered=state.unanswered >= UNANSWERED,
        wake_at=_wake_at(view, found, nudge),
    )


def _open(view: Look, reminder: Reminder) -> OpenReminder:
    waits = wait(view, reminder)
    return OpenReminder(
        id=reminder.id,
        kind=reminder.kind,
        due=reminder.due,
        next_at=waits.at,
        closes=reminder.closes,
        why=why(view, reminder),
        waits=waits.why,
        missing=missing(view, reminder),
        snoozes_left=view.settings.release.max_snoozes - reminder.snoozes,
    )


def _wake_at(view: Look, found: list[OpenReminder], nudge: NextNudge | None) -> datetime:
    moments = [next_day(view.now, view.zone), view.training_until(), view.session_until()]
    moments += [outbox.next_stale(view.state), None if nudge is None else nudge.at]
    for entry in found:
        moments += [entry.next_at, entry.closes]
    return min(moment for moment in moments if moment is not None and moment > view.now)
