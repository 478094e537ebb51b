"""One look at settings, state and time together: what the rules are worked out from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .facts import CalendarEvent, CalendarKind
from .sessions import SESSION_OPEN_FOR, Session, between
from .settings import Settings
from .state import Kind, Reminder, State
from .times import clock_text, local_day
from .training import OPEN_FOR, Training, trainings


@dataclass(frozen=True, slots=True)
class Look:
    """What is known at a moment.

    Attributes:
        settings: what the person has chosen.
        state: what is remembered.
        now: the moment.
        zone: the person's time zone.
        today: the local day.
        trainings: those of the last days, in order.
    """

    settings: Settings
    state: State
    now: datetime
    zone: ZoneInfo
    today: date
    trainings: tuple[Training, ...]

    def clock(self, moment: datetime) -> str:
        """Return a moment as people read it."""
        return clock_text(moment, self.now, self.zone)

    def day_of(self, moment: datetime) -> date:
        """Return the local day of a moment."""
        return local_day(moment, self.zone)

    def training_until(self) -> datetime | None:
        """Return until when a training that goes on is believed to; None: there is none."""
        begun = [training.start for training in self.trainings if training.ongoing]
        ends = [start + OPEN_FOR for start in (*begun, *self.state.gyms.values())]
        return max((end for end in ends if end > self.now), default=None)

    def session_until(self) -> datetime | None:
        """Return until when a session that goes on is believed to; None: there is none."""
        since = self.state.session_since
        if since is None or self.now >= since + SESSION_OPEN_FOR:
            return None
        return since + SESSION_OPEN_FOR

    def paused(self, day: date) -> bool:
        """Return whether nothing is to be shown on a day."""
        return day in self.state.rest_days or any(day in pause for pause in self.state.pauses)

    def events(self, kind: CalendarKind) -> Iterable[CalendarEvent]:
        """Yield the events of all calendars of a kind."""
        for calendar in self.state.calendars.values():
            if calendar.kind is kind:
                yield from calendar.events

    def sessions(self, after: datetime, before: datetime) -> list[Session]:
        """Return the sessions that end in a span and count."""
        by_hand = self.settings.release.by_hand
        return between(self.state.sessions.values(), after, before, by_hand=by_hand)

    def open_reminder(self) -> Reminder | None:
        """Return the release reminder that is open, other than the offer before lifting."""
        for reminder in reversed(self.state.reminders):
            if reminder.is_open and reminder.kind is not Kind.BEFORE_LIFT:
                return reminder
        return None


def look(settings: Settings, state: State, now: datetime) -> Look:
    """Take a look."""
    zone = settings.tz
    found = trainings(state.reports.values(), now)
    return Look(settings, state, now, zone, local_day(now, zone), found)
