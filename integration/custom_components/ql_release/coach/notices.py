"""What a notice says: kind, varied, and why."""

from .adherence import done_days
from .facts import Action
from .lifting import lifting_day
from .look import Look
from .outbox import TAG_BEFORE_LIFT, TAG_NUDGE, TAG_RELEASE
from .sessions import Progress, progress
from .spots import Spot, listed, plan_minutes
from .state import Kind, Notice, Reminder
from .training import Training
from .wording import AGAINS, FIRSTS, NUDGES, Text, say

NUDGE_ACTIONS = (Action.DONE, Action.LATER, Action.ENOUGH)


def tag_of(reminder: Reminder) -> str:
    """Return the tag under which a reminder stands on the devices."""
    return TAG_BEFORE_LIFT if reminder.kind is Kind.BEFORE_LIFT else TAG_RELEASE


def missing(view: Look, reminder: Reminder) -> tuple[Spot, ...]:
    """Return the spots that are still open for a reminder, in the order of the plan."""
    return tuple(entry.spot for entry in _progress(view, reminder) if not entry.done)


def reminder_notice(view: Look, reminder: Reminder) -> Notice:
    """Return the notice of a reminder, as it is to be shown now."""
    before_lift = reminder.kind is Kind.BEFORE_LIFT
    left = () if before_lift else missing(view, reminder)
    partial = len(left) < len(view.settings.spots)
    return Notice(
        tag=tag_of(reminder),
        title=say("title_before_lift" if before_lift else "title_release"),
        message=say("before_lift") if before_lift else _message(view, reminder, left),
        why=why(view, reminder),
        actions=tuple(_actions(view, reminder)),
        missing=tuple(f"{spot.muscle} {spot.side} {spot.zone}" for spot in left if partial),
        reminder=reminder.id,
        counted=not reminder.snoozed,
    )


def why(view: Look, reminder: Reminder) -> Text:
    """Return why there is a reminder, in one sentence."""
    if reminder.kind is Kind.REST_DAY:
        done, wanted = len(done_days(view, view.today)), view.settings.release.per_week
        return say("why_rest_day", done=done, wanted=wanted)
    if reminder.kind is Kind.BEFORE_LIFT:
        return say("why_before_lift", time=view.clock(reminder.closes))
    keys = set(reminder.reports)
    found = next((entry for entry in view.trainings if keys & set(entry.keys)), None)
    if found is None:
        return say("why_trained", time=view.clock(reminder.since))
    return _why_trained(view, found)


def nudge_notice(view: Look, reason: Text) -> Notice:
    """Return a nudge; no two in a row have the same words."""
    return Notice(
        tag=TAG_NUDGE,
        title=say("title_nudge"),
        message=say(NUDGES[view.state.nudges.total % len(NUDGES)]),
        why=reason,
        actions=NUDGE_ACTIONS,
    )


def _why_trained(view: Look, training: Training) -> Text:
    time = view.clock(training.end)
    if training.what:
        return say("why_logged", what=training.what, time=time)
    programme = view.settings.lifting.programme
    day = view.day_of(training.start)
    workout = None if programme is None else programme.workout(day)
    if workout is None or not lifting_day(view, day).lifting:
        return say("why_trained", time=time)
    return say("why_trained_programme", time=time, workout=workout.name)


def _message(view: Look, reminder: Reminder, left: tuple[Spot, ...]) -> Text:
    minutes = plan_minutes(left or view.settings.spots)
    if any(entry.holds for entry in _progress(view, reminder)):
        return say("release_partial", missing=listed(left))
    if reminder.snoozed:
        return say("release_return", minutes=minutes)
    if reminder.shown:
        return say(AGAINS[len(reminder.shown) % len(AGAINS)], minutes=minutes)
    if reminder.kind is Kind.REST_DAY:
        return say("rest_day", minutes=minutes)
    return say(FIRSTS[view.today.toordinal() % len(FIRSTS)], minutes=minutes)


def _actions(view: Look, reminder: Reminder) -> list[Action]:
    """Return what can be answered: putting off only as long as it is granted."""
    if reminder.snoozes >= view.settings.release.max_snoozes:
        return [Action.START, Action.SKIP]
    return [Action.START, Action.SNOOZE, Action.SKIP]


def _progress(view: Look, reminder: Reminder) -> tuple[Progress, ...]:
    return progress(view.settings.spots, view.sessions(reminder.since, reminder.closes))
