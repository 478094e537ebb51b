"""What a person has chosen: plan, lifting days, reminders, nudges, quiet hours."""

from dataclasses import dataclass, field
from datetime import time
from typing import Any, Self
from zoneinfo import ZoneInfo

from .codec import decode, encode
from .programme import WEEK, Programme
from .spots import Spot, spread
from .times import Hours

LONGEST_WINDOW_H = 72
"""h after training; massage helped soreness most at 48 and 72 h (Guo 2017)."""
DELAY_MIN = 60
REPEAT_MIN = 120
MOST_REMINDERS = 2
"""A day: beyond that, standard messages stop being read (Bell 2023)."""
MOST_SNOOZES = 3
SNOOZE_MIN = 30
SHORTEST_INTERVAL_MIN = 45
LONGEST_INTERVAL_MIN = 60
"""min of sitting; a prompt each 60 min cut sitting, one each 30 min did not (Morris 2020), one each
45 min was kept to by most (Cooley 2013)."""
MOST_NUDGES = 6
LATER_MIN = 15
BEFORE_MIN = 30
"""min before training; what a short session does for the range of motion lasts as long
(PMC5808005)."""
DEFAULT_MINUTES = 6
DAYTIME = Hours(time(8), time(20))
NIGHT = Hours(time(22), time(7))


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} must be {least} to {most}, not {value}")


@dataclass(frozen=True, slots=True)
class ReleaseRules:
    """When to remind of a release session.

    Attributes:
        enabled: whether to remind at all.
        after_training: whether trainings are a reason to.
        maybe: whether those are of which it is not known what they loaded.
        delay_min: min from the end of a training.
        repeat_min: min until it is shown again.
        max_per_day: most showings a day; returns from a snooze do not count.
        max_snoozes: most snoozes of one reminder.
        window_h: h after training in which it may be shown, at most 72.
        per_week: sessions in 7 days for which rest days are asked, too; 0: they are not.
        at: local time of it on rest days, and on days after the first.
        before_lift: whether to offer a short one before a planned training.
        before_min: min before its start.
        by_hand: whether a session that was logged by hand counts.
    """

    enabled: bool = True
    after_training: bool = True
    maybe: bool = True
    delay_min: int = DELAY_MIN
    repeat_min: int = REPEAT_MIN
    max_per_day: int = MOST_REMINDERS
    max_snoozes: int = MOST_SNOOZES
    window_h: int = LONGEST_WINDOW_H
    per_week: int = 0
    at: time = time(18)
    before_lift: bool = False
    before_min: int = BEFORE_MIN
    by_hand: bool = True

    def __post_init__(self) -> None:
        """Refuse what goes beyond the limits.

        Raises:
            ValueError: naming the limit.
        """
        _within("max_per_day", self.max_per_day, 1, MOST_REMINDERS)
        _within("max_snoozes", self.max_snoozes, 0, MOST_SNOOZES)
        _within("window_h", self.window_h, 1, LONGEST_WINDOW_H)
        _within("delay_min", self.delay_min, 0, self.window_h * 60 - 1)
        _within("repeat_min", self.repeat_min, 1, LONGEST_WINDOW_H * 60)
        _within("per_week", self.per_week, 0, WEEK)
        _within("before_min", self.before_min, 1, 24 * 60)


@dataclass(frozen=True, slots=True)
class LiftingRules:
    """What makes a lifting day, besides trainings themselves.

    Attributes:
        weekdays: days of lifting, Monday 0.
        words: at least one of them stands in a calendar event that counts; empty: all count.
        ignore: none of them may stand in it.
        programme: a training programme.
        starts: usual local time of training, for what is planned; None: not known.
        lasts_min: usual length of it, min.
    """

    weekdays: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    programme: Programme | None = None
    starts: time | None = None
    lasts_min: int = 60

    def __post_init__(self) -> None:
        """Refuse days and lengths that do not exist.

        Raises:
            ValueError: naming the limit.
        """
        for number in self.weekdays:
            _within("weekdays", number, 0, WEEK - 1)
        _within("lasts_min", self.lasts_min, 1, 12 * 60)


@dataclass(frozen=True, slots=True)
class PostureRules:
    """When to suggest another position.

    Attributes:
        enabled: whether to suggest it at all.
        other_days: whether on days without lifting, too.
        interval_min: min of sitting, 45 to 60.
        max_per_day: most suggestions a day.
        later_min: min that "later" means.
        hours: local hours in which to suggest it.
        presence: whether something tells sitting; otherwise it is assumed within the hours.
    """

    enabled: bool = True
    other_days: bool = False
    interval_min: int = 50
    max_per_day: int = MOST_NUDGES
    later_min: int = LATER_MIN
    hours: Hours = DAYTIME
    presence: bool = True

    def __post_init__(self) -> None:
        """Refuse what goes beyond the limits.

        Raises:
            ValueError: naming the limit.
        """
        _within("interval_min", self.interval_min, SHORTEST_INTERVAL_MIN, LONGEST_INTERVAL_MIN)
        _within("max_per_day", self.max_per_day, 1, MOST_NUDGES)
        _within("later_min", self.later_min, 1, 24 * 60)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a person has chosen.

    Attributes:
        zone: name of the time zone the person is in.
        spots: the plan.
        release: rules of the release reminder.
        lifting: what makes a lifting day.
        posture: rules of the nudge.
        quiet: hours in which nothing is shown.
    """

    zone: str = "UTC"
    spots: tuple[Spot, ...] = field(default_factory=lambda: spread(DEFAULT_MINUTES))
    release: ReleaseRules = ReleaseRules()
    lifting: LiftingRules = LiftingRules()
    posture: PostureRules = PostureRules()
    quiet: Hours = NIGHT

    def __post_init__(self) -> None:
        """Refuse a plan without a spot, and a time zone that does not exist.

        Raises:
            ValueError: naming it.
        """
        if not self.spots:
            raise ValueError("a plan needs at least one spot")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {self.zone!r}") from error

    @property
    def tz(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.zone)

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form."""
        data: dict[str, Any] = encode(self)
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Return the settings that a JSON form names; what it leaves out has its default.

        Raises:
            CodecError: when a value is of a wrong form or beyond its limits.
        """
        return decode(cls, data, "settings")
