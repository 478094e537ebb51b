"""Local days, times of day, and hours in which nobody wants to be spoken to.

Moments are aware datetimes in UTC throughout the coach: only in UTC does a difference stay what
it says when clocks change. Local days and times of day exist at the edge, through these functions.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
REMEMBERED = 1024
"""Moments that `moment_of` remembers: some weeks of days, with a few times of day each."""


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that the calendar on the wall shows."""
    return moment.astimezone(zone).date()


@lru_cache(maxsize=REMEMBERED)
def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when a clock on the wall shows a time, in UTC.

    A time that clocks skip in spring is taken an hour later, one that comes twice in autumn as
    the first.
    """
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return when a local day begins."""
    return moment_of(day, time.min, zone)


def next_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return when the local day after that of a moment begins."""
    return day_start(local_day(moment, zone) + ONE_DAY, zone)


def clock_text(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return 18:10, with its date in front when that is not today."""
    local = moment.astimezone(zone)
    pattern = "%H:%M" if local.date() == local_day(now, zone) else "%Y-%m-%d %H:%M"
    return local.strftime(pattern)


@dataclass(frozen=True, slots=True)
class Hours:
    """A spell of every day, over midnight when it ends before it starts.

    Attributes:
        start: local time at which it starts.
        end: local time at which it is over; the same as `start`: there is no such spell.
    """

    start: time
    end: time

    def spell(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return start and end of the spell that starts on a local day."""
        last = day + ONE_DAY if self.end < self.start else day
        return moment_of(day, self.start, zone), moment_of(last, self.end, zone)

    def until(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the spell that a moment lies in is over; None: it lies in none."""
        day = local_day(moment, zone)
        for first in (day - ONE_DAY, day):
            start, end = self.spell(first, zone)
            if start <= moment < end:
                return end
        return None

    def last_end(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when a spell was last over at a moment; None: there are no spells."""
        if self.start == self.end:
            return None
        day = local_day(moment, zone)
        ends = (self.spell(day - number * ONE_DAY, zone)[1] for number in range(3))
        return max(end for end in ends if end <= moment)
