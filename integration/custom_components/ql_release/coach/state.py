"""All that the coach remembers, as plain JSON with a version."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from .codec import CodecError, decode, encode
from .facts import CalendarRead, Pause
from .sessions import Session
from .training import KEPT, Report
from .wording import Text

VERSION = 1
"""Of the stored form. A newer coach reads older ones; an older one refuses newer ones."""
HISTORY = timedelta(days=35)
"""So long closed reminders are kept: a month, and the week that it began in."""

RECENT = timedelta(days=2)
"""So long it is kept when nudges were shown: any local day, and a flight around the world."""


class Kind(StrEnum):
    """What a reminder is for."""

    TRAINING = "training"
    REST_DAY = "rest_day"
    BEFORE_LIFT = "before_lift"


class Status(StrEnum):
    """What has become of a reminder."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    MISSED = "missed"
    PAUSED = "paused"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(slots=True, eq=False)
class Reminder:
    """A reminder, from its cause to what became of it.

    Attributes:
        id: names it.
        kind: what it is for.
        since: sessions that end after this count for it.
        due: when it was first to be shown.
        closes: when it is over.
        next_at: when it is to be shown next.
        reports: keys of the training's reports, that by which it came first.
        status: what has become of it.
        shown: moments at which it was shown and the day's cap counted it.
        returned: moments at which it came back from a snooze.
        snoozes: how often it was put off.
        snoozed: whether it waits for a return from a snooze.
        skipped: whether the person skipped it.
        done_at: when the plan was done.
    """

    id: str
    kind: Kind
    since: datetime
    due: datetime
    closes: datetime
    next_at: datetime
    reports: tuple[str, ...] = ()
    status: Status = Status.OPEN
    shown: list[datetime] = field(default_factory=list)
    returned: list[datetime] = field(default_factory=list)
    snoozes: int = 0
    snoozed: bool = False
    skipped: bool = False
    done_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to become of it."""
        return self.status is Status.OPEN

    @property
    def seen(self) -> bool:
        """Whether it was shown at all."""
        return bool(self.shown or self.returned)


@dataclass(slots=True)
class Nudges:
    """What is remembered of posture nudges.

    Attributes:
        shown: when, in the last days.
        total: how many there ever were; it chooses the words.
        changed_at: when the person last said to have moved.
        again_at: when to come back after "later".
        enough_on: local day for which it was enough.
        standing: whether one stands on the person's devices.
    """

    shown: list[datetime] = field(default_factory=list)
    total: int = 0
    changed_at: datetime | None = None
    again_at: datetime | None = None
    enough_on: date | None = None
    standing: bool = False


@dataclass(slots=True)
class Seat:
    """Whether the person sits.

    Attributes:
        since: start of sitting; None: not sitting, or not known.
        left_at: when the person seemed to get up; it counts after a minute.
    """

    since: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be shown to the person; it replaces what has the same tag.

    Attributes:
        tag: names its place on the devices.
        title: of it.
        message: of it.
        why: in one sentence.
        actions: that can be answered, in order.
        missing: spots that are still open, as muscle, side, zone; empty: all of them.
        reminder: id of the reminder; empty: a nudge.
        counted: whether the day's cap counts it.
    """

    tag: str
    title: Text
    message: Text
    why: Text
    actions: tuple[str, ...]
    missing: tuple[str, ...] = ()
    reminder: str = ""
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, for automations and the logbook.

    Attributes:
        type: release_due, cleared, snoozed, skipped, missed, nudge, nudge_answered or
            training_ended.
        why: in one sentence, where there is one.
        reminder: id of the reminder it is about; empty: none.
    """

    type: str
    why: Text | None = None
    reminder: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Something for the caller to do, once; it stays until it is confirmed.

    Attributes:
        id: to confirm it by; never used twice.
        at: when it was decided.
        notice: to show.
        clear: tag of what is to be taken off the devices.
        happened: to tell.
    """

    id: int
    at: datetime
    notice: Notice | None = None
    clear: str | None = None
    happened: Happening | None = None


@dataclass(slots=True)
class State:
    """All that is remembered of one person."""

    reports: dict[str, Report] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    gyms: dict[str, datetime] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    session_since: datetime | None = None
    calendars: dict[str, CalendarRead] = field(default_factory=dict)
    seat: Seat = field(default_factory=Seat)
    away: bool = False
    back_at: datetime | None = None
    pauses: list[Pause] = field(default_factory=list)
    rest_days: list[date] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    nudges: Nudges = field(default_factory=Nudges)
    unanswered: int = 0
    outbox: list[Item] = field(default_factory=list)
    next_item: int = 1
    version: int = VERSION

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form."""
        data: dict[str, Any] = encode(self)
        return data

    @classmethod
    def from_data(cls, data: Any) -> Self:
        """Return the state that `to_data` wrote.

        Raises:
            CodecError: when it is damaged, or written by a newer version.
        """
        version = data.get("version") if isinstance(data, dict) else None
        if version != VERSION:
            raise CodecError(f"state has version {version!r}, this coach reads version {VERSION}")
        return decode(cls, data, "state")

    def forget(self, now: datetime) -> None:
        """Drop what can change nothing any more."""
        old, very_old = now - KEPT, now - HISTORY
        self.reports = {
            key: report for key, report in self.reports.items() if report.until(now) >= old
        }
        self.ended = [key for key in self.ended if key in self.reports]
        self.sessions = {key: found for key, found in self.sessions.items() if found.end >= old}
        self.reminders = [entry for entry in self.reminders if entry.closes >= very_old]
        self.nudges.shown = [moment for moment in self.nudges.shown if moment >= now - RECENT]
        self.pauses = [pause for pause in self.pauses if pause.last >= very_old.date()]
        self.rest_days = [day for day in self.rest_days if day >= very_old.date()]
