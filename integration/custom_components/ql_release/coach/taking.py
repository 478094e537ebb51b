"""How each fact changes what is remembered."""

from datetime import datetime, timedelta
from functools import singledispatch

from . import outbox, sessions, training
from .facts import (
    Action,
    Answer,
    Away,
    CalendarRead,
    Fact,
    GymPresence,
    Pause,
    RestDay,
    Resume,
    SessionOpened,
    SessionRemoved,
    SessionReported,
    Sitting,
    TrainingRemoved,
    TrainingReported,
)
from .notices import tag_of
from .posture import sit
from .settings import SNOOZE_MIN, Settings
from .state import Kind, Reminder, State
from .times import ONE_DAY, local_day
from .training import OPEN_FOR, Report
from .wording import refuse

GYM_STAY = timedelta(minutes=20)
"""A shorter stay in a gym's zone is a drive past it, or a forgotten towel."""
LONGEST_SNOOZE_MIN = 24 * 60
LAST_CALL = timedelta(minutes=5)
"""A snooze beyond a reminder's window comes back so long before its end."""


@singledispatch
def take(fact: Fact, _state: State, _settings: Settings, _now: datetime) -> None:
    """Remember a fact.

    Raises:
        RefusedError: when it cannot be true, or there is nothing that it answers.
        TypeError: when it is no fact.
    """
    raise TypeError(f"{fact!r} is no fact that the coach knows")


@take.register
def _(fact: TrainingReported, state: State, _settings: Settings, now: datetime) -> None:
    training.check(fact.report, now)
    state.reports[fact.report.key] = fact.report


@take.register
def _(fact: TrainingRemoved, state: State, _settings: Settings, _now: datetime) -> None:
    state.reports.pop(f"{fact.source}:{fact.id}", None)


@take.register
def _(fact: GymPresence, state: State, _settings: Settings, now: datetime) -> None:
    if fact.inside:
        state.gyms.setdefault(fact.place, fact.at)
        _moved(state, now)
        return
    entered = state.gyms.pop(fact.place, None)
    if entered is not None and GYM_STAY <= fact.at - entered < OPEN_FOR:
        name = f"gym {fact.place}"
        report = Report(name, entered.isoformat(), entered, fact.at)
        state.reports[report.key] = report


@take.register
def _(fact: SessionOpened, state: State, _settings: Settings, now: datetime) -> None:
    state.session_since = fact.at
    state.unanswered = 0
    _moved(state, now)


@take.register
def _(fact: SessionReported, state: State, settings: Settings, now: datetime) -> None:
    session = fact.session
    sessions.check(session, now)
    if state.session_since is not None and state.session_since <= session.end:
        state.session_since = None
    if session.id not in state.sessions:
        state.unanswered = 0
    state.sessions[session.id] = session
    _moved(state, now)
    repeat = timedelta(minutes=settings.release.repeat_min)
    for reminder in state.reminders:
        if reminder.is_open and reminder.seen and reminder.since < session.end:
            # What is missing is asked for later, in other words.
            outbox.clear(state, now, tag_of(reminder))
            if not reminder.snoozed:
                reminder.next_at = max(reminder.next_at, session.end + repeat)


@take.register
def _(fact: SessionRemoved, state: State, _settings: Settings, _now: datetime) -> None:
    state.sessions.pop(fact.id, None)


@take.register
def _(fact: Sitting, state: State, _settings: Settings, now: datetime) -> None:
    since = state.seat.since
    sit(state.seat, value=fact.value, at=fact.at)
    if not fact.value:
        _take_nudge_down(state, now)
    elif state.seat.since != since:
        state.nudges.again_at = None


@take.register
def _(fact: Away, state: State, _settings: Settings, now: datetime) -> None:
    if state.away and not fact.value:
        state.back_at = fact.at
    state.away = fact.value
    if fact.value:
        _moved(state, now)


@take.register
def _(fact: CalendarRead, state: State, _settings: Settings, _now: datetime) -> None:
    state.calendars[fact.name] = fact


@take.register
def _(fact: Pause, state: State, settings: Settings, now: datetime) -> None:
    if fact.last < fact.first:
        raise refuse("bad_pause")
    state.pauses.append(fact)
    if local_day(now, settings.tz) in fact:
        _take_all_down(state, now)


@take.register
def _(_fact: Resume, state: State, settings: Settings, now: datetime) -> None:
    today = local_day(now, settings.tz)
    ended = (Pause(pause.first, min(pause.last, today - ONE_DAY)) for pause in state.pauses)
    state.pauses = [pause for pause in ended if pause.first <= pause.last]
    state.rest_days = [day for day in state.rest_days if day != today]


@take.register
def _(fact: RestDay, state: State, settings: Settings, now: datetime) -> None:
    others = [day for day in state.rest_days if day != fact.day]
    state.rest_days = [*others, fact.day] if fact.value else others
    if fact.value and fact.day == local_day(now, settings.tz):
        _take_all_down(state, now)


@take.register
def _(fact: Answer, state: State, settings: Settings, now: datetime) -> None:
    if fact.action in (Action.DONE, Action.LATER, Action.ENOUGH):
        _answer_nudge(fact, state, settings, now)
        return
    reminder = _asked(state, before_lift=fact.before_lift)
    length = _length(fact)
    if fact.action is Action.SNOOZE and reminder.snoozes >= settings.release.max_snoozes:
        raise refuse("no_more_snoozes", times=reminder.snoozes)
    # An answer proves that the notice was delivered.
    outbox.delivered(state, tag_of(reminder))
    state.unanswered = 0
    match fact.action:
        case Action.START:
            again = fact.at + timedelta(minutes=settings.release.repeat_min)
            reminder.next_at = max(reminder.next_at, again)
        case Action.SKIP:
            reminder.skipped = True
        case _:
            _snooze(reminder, fact.at, length)
            outbox.clear(state, now, tag_of(reminder))
            outbox.tell(state, now, "snoozed", of=reminder.id)


def _answer_nudge(fact: Answer, state: State, settings: Settings, now: datetime) -> None:
    nudges = state.nudges
    if fact.action is Action.LATER:
        later = settings.posture.later_min if fact.minutes is None else _length(fact)
        nudges.again_at = fact.at + timedelta(minutes=later)
    else:
        nudges.changed_at, nudges.again_at = fact.at, None
    if fact.action is Action.ENOUGH:
        nudges.enough_on = local_day(fact.at, settings.tz)
    outbox.delivered(state, outbox.TAG_NUDGE)
    _take_nudge_down(state, now)
    outbox.tell(state, now, "nudge_answered")


def _asked(state: State, *, before_lift: bool) -> Reminder:
    """Return the reminder that an answer is to."""
    for reminder in reversed(state.reminders):
        if reminder.is_open and (reminder.kind is Kind.BEFORE_LIFT) is before_lift:
            return reminder
    raise refuse("nothing_to_answer")


def _length(fact: Answer) -> int:
    """Return by how many minutes something is put off."""
    minutes = SNOOZE_MIN if fact.minutes is None else fact.minutes
    if not 1 <= minutes <= LONGEST_SNOOZE_MIN:
        raise refuse("bad_length", minutes=minutes)
    return minutes


def _snooze(reminder: Reminder, at: datetime, minutes: int) -> None:
    until = at + timedelta(minutes=minutes)
    last = reminder.closes - LAST_CALL
    reminder.next_at = min(until, last) if last > at else until
    reminder.snoozed = True
    reminder.snoozes += 1


def _moved(state: State, now: datetime) -> None:
    """Remember that the person has changed position."""
    state.nudges.again_at = None
    _take_nudge_down(state, now)


def _take_nudge_down(state: State, now: datetime) -> None:
    if state.nudges.standing:
        state.nudges.standing = False
        outbox.clear(state, now, outbox.TAG_NUDGE)


def _take_all_down(state: State, now: datetime) -> None:
    _take_nudge_down(state, now)
    for reminder in state.reminders:
        if reminder.is_open and reminder.seen:
            outbox.clear(state, now, tag_of(reminder))
