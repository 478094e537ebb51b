"""What can be told to the coach, one dataclass each."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .sessions import Session
from .training import Report


class Action(StrEnum):
    """What a person can answer to a reminder or nudge."""

    START = "start"
    SNOOZE = "snooze"
    SKIP = "skip"
    DONE = "done"
    LATER = "later"
    ENOUGH = "enough"


class CalendarKind(StrEnum):
    """What a calendar is read for."""

    LIFTING = "lifting"
    MEETINGS = "meetings"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event of a calendar.

    Attributes:
        summary: its title.
        start: its start; of an event that lasts whole days, the start of the first.
        end: its end, not in it.
        all_day: whether it lasts whole days.
    """

    summary: str
    start: datetime
    end: datetime
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class TrainingReported:
    """A source tells of a training, or corrects what it told."""

    report: Report


@dataclass(frozen=True, slots=True)
class TrainingRemoved:
    """A source takes back what it told of a training."""

    source: str
    id: str


@dataclass(frozen=True, slots=True)
class GymPresence:
    """The person has come to a gym or left it."""

    inside: bool
    at: datetime
    place: str = "gym"


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The person has lain down on the tool."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SessionReported:
    """A session is over, was logged by hand, or is corrected."""

    session: Session


@dataclass(frozen=True, slots=True)
class SessionRemoved:
    """A session was deleted, or turned out to be someone else's."""

    id: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """Whether the person sits; None: it cannot be told any more."""

    value: bool | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """Whether the person is away from home."""

    value: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """What a calendar holds now; a calendar that cannot be read is simply not told."""

    name: str
    kind: CalendarKind
    events: tuple[CalendarEvent, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to a reminder or nudge.

    Attributes:
        action: what was answered.
        at: when.
        minutes: by which it is put off; None: as usual.
        before_lift: whether it answers the offer before lifting.
    """

    action: Action
    at: datetime
    minutes: int | None = None
    before_lift: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is shown from one local day to another, both in it."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Return whether a day lies in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Resume:
    """All pauses are over."""


@dataclass(frozen=True, slots=True)
class RestDay:
    """A local day is a rest day, whatever the plan says; or it is none after all."""

    day: date
    value: bool = True


Fact = (
    TrainingReported
    | TrainingRemoved
    | GymPresence
    | SessionOpened
    | SessionReported
    | SessionRemoved
    | Sitting
    | Away
    | CalendarRead
    | Answer
    | Pause
    | Resume
    | RestDay
)
