"""The planned sessions of the days to come, for a calendar, and the plan in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .lifting import LiftingDay, lifting_day
from .look import Look
from .settings import Settings
from .spots import plan_minutes
from .times import ONE_DAY, moment_of
from .waiting import wait
from .wording import Text, say

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned session.

    Attributes:
        id: names it, the same at each look.
        start: when it is planned.
        end: when it is then over.
        summary: what it is.
        why: why it is planned.
    """

    id: str
    start: datetime
    end: datetime
    summary: Text
    why: Text


def agenda(view: Look, first: date, last: date) -> tuple[Planned, ...]:
    """Return what is planned from one local day to another, both in it; nothing before today."""
    found = [*_open(view), *_to_come(view, max(first, view.today), last)]
    inside = (entry for entry in found if first <= view.day_of(entry.start) <= last)
    return tuple(sorted(inside, key=lambda entry: (entry.start, entry.id)))


def preview(settings: Settings) -> Text:
    """Return the plan in one sentence; days and sides in it are English."""
    minutes = plan_minutes(settings.spots)
    sides = {spot.side for spot in settings.spots}
    named = "both sides" if len(sides) > 1 else f"{min(sides)} side"
    if settings.lifting.programme is not None:
        return say("preview_programme", minutes=minutes, sides=named)
    if not settings.lifting.weekdays:
        return say("preview_any", minutes=minutes, sides=named)
    days = ", ".join(DAY_NAMES[number] for number in sorted(settings.lifting.weekdays))
    return say("preview_days", days=days, minutes=minutes, sides=named)


def _open(view: Look) -> Iterator[Planned]:
    """Yield the session that a reminder is open for."""
    reminder = view.open_reminder()
    if reminder is None:
        return
    waits = wait(view, reminder)
    if waits.at is not None:
        yield _planned(view, reminder.id, waits.at, waits.why)


def _to_come(view: Look, first: date, last: date) -> Iterator[Planned]:
    """Yield a session for each planned lifting day; one that has passed has its reminder."""
    for number in range((last - first).days + 1):
        plan = lifting_day(view, first + number * ONE_DAY)
        start = _after(view, plan)
        if start is not None and start > view.now:
            yield _planned(view, f"planned:{plan.day}", start, plan.why)


def _after(view: Look, plan: LiftingDay) -> datetime | None:
    """Return when the session after a planned training is due; None: none is."""
    rules = view.settings.release
    already = plan.day == view.today and any(
        view.day_of(training.start) == plan.day for training in view.trainings
    )
    if not plan.lifting or not rules.enabled or not rules.after_training or already:
        return None
    if plan.ends is None:
        return moment_of(plan.day, rules.at, view.zone)
    return plan.ends + timedelta(minutes=rules.delay_min)


def _planned(view: Look, name: str, start: datetime, why: Text) -> Planned:
    minutes = plan_minutes(view.settings.spots)
    return Planned(
        name, start, start + timedelta(minutes=minutes), say("planned", minutes=minutes), why
    )
