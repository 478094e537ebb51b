"""What makes a lifting day, and why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .exercises import Load
from .facts import CalendarEvent, CalendarKind
from .look import Look
from .programme import expected_load
from .settings import LiftingRules
from .times import ONE_DAY, day_start, moment_of
from .training import Training
from .wording import Text, say


@dataclass(frozen=True, slots=True)
class LiftingDay:
    """Whether a day is a lifting day.

    Attributes:
        day: the local day.
        lifting: whether it is one.
        why: in one sentence.
        starts: when training is planned to start; None: not known, or it was today already.
        ends: when it is planned to end; None as `starts`.
    """

    day: date
    lifting: bool
    why: Text
    starts: datetime | None = None
    ends: datetime | None = None


def lifting_day(view: Look, day: date) -> LiftingDay:
    """Return whether a local day is a lifting day: what happened weighs more than a plan."""
    trained = _trained(view, day)
    if trained is not None:
        return LiftingDay(day, lifting=True, why=trained)
    if day in view.state.rest_days:
        return LiftingDay(day, lifting=False, why=say("day_rest"))
    for pause in view.state.pauses:
        if day in pause:
            return LiftingDay(day, lifting=False, why=say("day_paused", until=str(pause.last)))
    return _planned(view, day)


def load_of_training(view: Look, training: Training) -> Load:
    """Return whether a training loaded the muscle: as told, else as the programme has it."""
    if training.load is not None:
        return training.load
    programme = view.settings.lifting.programme
    if programme is None:
        return Load.MAYBE
    return expected_load(programme, view.day_of(training.start)) or Load.MAYBE


def matches(rules: LiftingRules, summary: str) -> bool:
    """Return whether a calendar event's title means lifting."""
    if _has_word(summary, rules.ignore):
        return False
    return not rules.words or _has_word(summary, rules.words)


def _has_word(text: str, words: Sequence[str]) -> bool:
    """Return whether one of the words begins a word of the text, in either case."""
    folded = text.casefold()
    return any(re.search(rf"(?<!\w){re.escape(word.casefold())}", folded) for word in words if word)


def _trained(view: Look, day: date) -> Text | None:
    start, end = day_start(day, view.zone), day_start(day + ONE_DAY, view.zone)
    for training in reversed(view.trainings):
        if training.end < start or training.start >= end:
            continue
        if training.ongoing:
            return say("day_training", time=view.clock(training.start))
        if training.by_person and training.what:
            return say("day_logged", what=training.what, time=view.clock(training.end))
        return say("day_trained", time=view.clock(training.end))
    return None


def _planned(view: Look, day: date) -> LiftingDay:
    rules = view.settings.lifting
    event = _event(view, day)
    if event is not None:
        why = say("day_calendar", summary=event.summary)
        if not event.all_day:
            return LiftingDay(day, lifting=True, why=why, starts=event.start, ends=event.end)
    else:
        found = _by_plan(rules, day)
        if found is None:
            return LiftingDay(day, lifting=False, why=say("day_none"))
        why = found
    if rules.starts is None:
        return LiftingDay(day, lifting=True, why=why)
    starts = moment_of(day, rules.starts, view.zone)
    ends = starts + timedelta(minutes=rules.lasts_min)
    return LiftingDay(day, lifting=True, why=why, starts=starts, ends=ends)


def _by_plan(rules: LiftingRules, day: date) -> Text | None:
    workout = None if rules.programme is None else rules.programme.workout(day)
    if rules.programme is not None and workout is not None:
        key = "day_deload" if rules.programme.deload(day) else "day_programme"
        return say(key, workout=workout.name)
    return say("day_weekday") if day.weekday() in rules.weekdays else None


def _event(view: Look, day: date) -> CalendarEvent | None:
    """Return the first event of lifting on a day; one with times before one without."""
    found = [
        event
        for event in view.events(CalendarKind.LIFTING)
        if _on(view, event, day) and matches(view.settings.lifting, event.summary)
    ]
    return min(found, key=lambda event: (event.all_day, event.start, event.summary), default=None)


def _on(view: Look, event: CalendarEvent, day: date) -> bool:
    first = view.day_of(event.start)
    if not event.all_day:
        return first == day
    last = max(first, view.day_of(event.end) - ONE_DAY)
    return first <= day <= last
