"""Trainings, made out of what several sources report of them.

Reports come hours late, twice, and corrected; a phone leaves a gym while a watch, a log and a
calendar each tell of the same training. Reports whose times touch are therefore one training,
whatever order they came in: it is worked out from all reports anew each time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from .exercises import Load, load_of, loading
from .wording import refuse

JOIN_GAP = timedelta(minutes=30)
"""Between two reports of one training: a cool-down logged by itself, a phone that leaves late."""
JOIN_GAP_INSTANT = timedelta(minutes=90)
"""The same, for a report that names an end only."""
OPEN_FOR = timedelta(hours=4)
"""After so long a training that was begun and never ended is taken to be over."""
LONGEST = timedelta(hours=24)
FUTURE_TOLERANCE = timedelta(minutes=10)
"""By so much other clocks may be ahead."""
REMEMBERED = 8
"""Sets of reports of which the trainings are remembered: one for each person of a home."""
EARLIEST = datetime.min.replace(tzinfo=UTC)
KEPT = timedelta(days=14)
"""So long reports are kept, and so late may they come."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one source says of a training.

    Attributes:
        source: which source, such as hevy.
        id: names the training within the source; the same again corrects it.
        start: of the training; the same as `end` where only that is known.
        end: of the training; None: it goes on.
        exercises: their names, if the source knows them.
        title: of the training, if it has one.
        load: said by the source or the person; None: to be told from exercises and title.
        by_person: whether the person said so.
        lifting: whether it was lifting; a run before it says nothing of what was lifted.
    """

    source: str
    id: str
    start: datetime
    end: datetime | None
    exercises: tuple[str, ...] = ()
    title: str = ""
    load: Load | None = None
    by_person: bool = False
    lifting: bool = True

    @property
    def key(self) -> str:
        """Names the report among all sources."""
        return f"{self.source}:{self.id}"

    @property
    def told_load(self) -> Load | None:
        """What the report itself knows of the load; None: nothing."""
        if self.load is not None:
            return self.load
        if self.exercises:
            return load_of(self.exercises)
        from_title = load_of((self.title,)) if self.title else Load.MAYBE
        return None if from_title is Load.MAYBE else from_title

    def until(self, now: datetime) -> datetime:
        """Return until when it lasted, or lasts at the least."""
        if self.end is not None:
            return self.end
        return max(self.start, min(now, self.start + OPEN_FOR))

    def ongoing(self, now: datetime) -> bool:
        """Return whether it goes on."""
        return self.end is None and now < self.start + OPEN_FOR


@dataclass(frozen=True, slots=True)
class Training:
    """A training as all its reports together tell it.

    Attributes:
        keys: of its reports, sorted.
        start: of the training.
        end: of the training, or how far it has come.
        ongoing: whether it goes on.
        load: what the reports know of the load; None: nothing.
        exercises: all that were named.
        by_person: whether the person said so.
    """

    keys: tuple[str, ...]
    start: datetime
    end: datetime
    ongoing: bool
    load: Load | None
    exercises: tuple[str, ...]
    by_person: bool

    @property
    def what(self) -> str:
        """The first exercise that loads the muscle, or nothing."""
        return next(iter(loading(self.exercises)), "")


def check(report: Report, now: datetime) -> None:
    """Refuse a report that cannot be true, or is too old to matter.

    Raises:
        RefusedError: saying what is wrong.
    """
    end = report.start if report.end is None else report.end
    if end > now + FUTURE_TOLERANCE:
        raise refuse("future", time=end.isoformat(timespec="minutes"))
    if end < report.start:
        raise refuse("backwards")
    if end - report.start > LONGEST:
        raise refuse("too_long", hours=LONGEST // timedelta(hours=1))
    if end < now - KEPT:
        raise refuse("too_old", days=KEPT.days)


def trainings(reports: Iterable[Report], now: datetime) -> tuple[Training, ...]:
    """Return the trainings that reports tell of, in order of time."""
    found = tuple(reports)
    if any(report.end is None for report in found):
        return _trainings(found, now)
    return _ended(found)


@lru_cache(maxsize=REMEMBERED)
def _ended(reports: tuple[Report, ...]) -> tuple[Training, ...]:
    """Return trainings that have all ended: they stay the same until a report changes."""
    return _trainings(reports, max((report.start for report in reports), default=EARLIEST))


def _trainings(reports: tuple[Report, ...], now: datetime) -> tuple[Training, ...]:
    lifting = (report for report in reports if report.lifting)
    ordered = sorted(lifting, key=lambda report: (report.start, report.key))
    return tuple(_joined(group, now) for group in _groups(ordered, now))


def _groups(ordered: list[Report], now: datetime) -> Iterator[list[Report]]:
    group: list[Report] = []
    for report in ordered:
        if group and not _touches(group, report, now):
            yield group
            group = []
        group.append(report)
    if group:
        yield group


def _touches(group: list[Report], report: Report, now: datetime) -> bool:
    instant = report.start == report.end
    return any(
        report.start - other.until(now)
        <= (JOIN_GAP_INSTANT if instant or other.start == other.end else JOIN_GAP)
        for other in group
    )


def _joined(group: list[Report], now: datetime) -> Training:
    """Return one training: ended only when no report says that it goes on."""
    return Training(
        keys=tuple(sorted(report.key for report in group)),
        start=min(report.start for report in group),
        end=max(report.until(now) for report in group),
        ongoing=any(report.ongoing(now) for report in group),
        load=_load(group),
        exercises=tuple(name for report in group for name in report.exercises),
        by_person=any(report.by_person for report in group),
    )


def _load(group: list[Report]) -> Load | None:
    """Return what is known: who names a load weighs more than who does not."""
    known = {load for report in group if (load := report.told_load) is not None}
    for load in (Load.YES, Load.MAYBE, Load.NO):
        if load in known:
            return load
    return None
