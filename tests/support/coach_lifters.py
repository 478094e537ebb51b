"""Ten lifters and a year of each: what happens to them is drawn by lot, from their own seed.

They train as their plan says, or not; report it through the services they have; answer reminders
as people do; sit at desks. How often they do what is a guess of ours; what the coach makes of it
is not.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from coach.times import day_start, moment_of
from coach_play import HOUR, MINUTE, Delivered, Player

from coach import (
    TEMPLATES,
    Action,
    Answer,
    Fact,
    GymPresence,
    Kind,
    LiftingRules,
    Pause,
    PostureRules,
    RefusedError,
    ReleaseRules,
    Report,
    Session,
    SessionReported,
    Settings,
    Sitting,
    Status,
    TrainingReported,
    spread,
)

FIRST = date(2026, 1, 1)
DAYS = 365
SQUAT_DAY = ("Squat", "Leg press", "Calf raise")
BENCH_DAY = ("Bench press", "Lat pulldown", "Bicep curl")


@dataclass(frozen=True)
class Lifter:
    """A person.

    Attributes:
        name: says in a few words who it is.
        settings: of the coach.
        weekdays: on which the person trains, Monday 0; None: as the settings have it.
        keeps: share of the planned trainings that take place.
        ends: usual end of training, local time.
        does: share of reminders after which a session is done.
        snoozes: share of reminders that are put off.
        skips: share of reminders that are skipped.
        sources: which report the training: log, watch, gym, late (hours later).
        exercises: of the trainings, in turn.
        sits: whether the person sits at a desk that tells it, on weekdays.
        away: pauses, as first and last day.
    """

    name: str
    settings: Settings
    weekdays: frozenset[int] | None = None
    keeps: float = 0.9
    ends: time = time(18, 30)
    does: float = 0.7
    snoozes: float = 0.15
    skips: float = 0.05
    sources: tuple[str, ...] = ("log",)
    exercises: tuple[tuple[str, ...], ...] = (SQUAT_DAY,)
    sits: bool = True
    away: tuple[tuple[date, date], ...] = ()


def _settings(zone: str = "Europe/Berlin", **changes: object) -> Settings:
    return replace(Settings(zone, spread(6)), **changes)  # type: ignore[arg-type]


MON_WED_FRI = LiftingRules(frozenset({0, 2, 4}))
LIFTERS = (
    Lifter("three times a week, keeps to it", _settings(lifting=MON_WED_FRI)),
    Lifter(
        "StrongLifts, phone and watch tell",
        _settings(lifting=LiftingRules(programme=TEMPLATES["strong_lifts"](date(2026, 1, 5)))),
        sources=("log", "watch", "gym"),
    ),
    Lifter(
        "5/3/1, late trainings, New York",
        _settings(
            "America/New_York",
            lifting=LiftingRules(programme=TEMPLATES["five_three_one"](date(2026, 1, 5))),
        ),
        ends=time(21, 15),
        exercises=(),
        sources=("gym",),
    ),
    Lifter(
        "push, pull, legs on six days",
        _settings(lifting=LiftingRules(programme=TEMPLATES["push_pull_legs"](date(2026, 1, 5)))),
        exercises=(BENCH_DAY, ("Deadlift", "Pull-up"), SQUAT_DAY),
        does=0.5,
    ),
    Lifter(
        "bench press only",
        _settings(lifting=MON_WED_FRI),
        exercises=(BENCH_DAY,),
    ),
    Lifter(
        "twice a week, wants three sessions",
        _settings(
            lifting=LiftingRules(frozenset({1, 3})),
            release=ReleaseRules(per_week=3),
        ),
        does=0.8,
    ),
    Lifter(
        "mornings, a short one before",
        _settings(
            lifting=LiftingRules(frozenset({0, 3}), starts=time(6, 30)),
            release=ReleaseRules(before_lift=True),
            posture=PostureRules(interval_min=60, other_days=True),
        ),
        ends=time(7, 30),
    ),
    Lifter(
        "reports come hours late",
        _settings(lifting=MON_WED_FRI),
        sources=("late",),
        snoozes=0.4,
    ),
    Lifter(
        "never answers",
        _settings(lifting=MON_WED_FRI),
        does=0.0,
        snoozes=0.0,
        skips=0.0,
    ),
    Lifter(
        "two long holidays, no desk",
        _settings(lifting=MON_WED_FRI),
        sits=False,
        away=((date(2026, 3, 9), date(2026, 3, 29)), (date(2026, 8, 3), date(2026, 8, 23))),
    ),
)


@dataclass
class Year:
    """What a year came to.

    Attributes:
        trainings: that took place.
        reminded: reminders that were shown at least once.
        shown: times one was shown, returns from a snooze among them.
        nudges: suggestions to change position.
        statuses: of the reminders of trainings and rest days.
        silent: days on which nothing at all was shown.
    """

    trainings: int = 0
    reminded: int = 0
    shown: int = 0
    nudges: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    silent: int = 0


class _Life:
    """One lifter's year."""

    def __init__(self, lifter: Lifter, seed: int) -> None:
        self.lifter = lifter
        self.lot = random.Random(seed)  # noqa: S311 - lots of a simulation, the same each time
        self.zone = lifter.settings.tz
        self.player = Player(lifter.settings, day_start(FIRST, self.zone))
        self.player.on_delivery = self._answer
        self.ahead: list[tuple[datetime, int, Fact]] = []
        self.number = 0
        self.year = Year()
        self.closed: dict[str, Status] = {}

    def live(self) -> Year:
        """Play the year."""
        for day in (FIRST + timedelta(days=number) for number in range(DAYS)):
            self._plan(day)
            self._play(day_start(day + timedelta(days=1), self.zone))
            for entry in self.player.state.reminders:
                if entry.kind is not Kind.BEFORE_LIFT:
                    self.closed[entry.id] = entry.status
        delivered = self.player.delivered
        shown = [entry for entry in delivered if entry.kind is not None]
        self.year.shown = len(shown)
        self.year.reminded = len({entry.notice.reminder for entry in shown})
        self.year.nudges = len(delivered) - len(shown)
        self.year.statuses = Counter(self.closed.values())
        days = {entry.at.astimezone(self.zone).date() for entry in delivered}
        self.year.silent = DAYS - len(days)
        return self.year

    def _play(self, until: datetime) -> None:
        """Let time pass, with what happens in it."""
        while True:
            entry = min(self.ahead, default=None)
            moment = until if entry is None else min(entry[0], until)
            if self.player.outcome.wake_at <= moment:
                # What it shows may be answered before the next thing happens.
                self.player.run(self.player.outcome.wake_at)
            elif entry is None or entry[0] >= until:
                break
            else:
                self.ahead.remove(entry)
                self._happen(*entry)
        self.player.run(until)

    def _happen(self, moment: datetime, _number: int, fact: Fact) -> None:
        self.player.run(moment)
        try:
            self.player.tell(fact)
        except RefusedError:
            self.player.tell()

    def _later(self, moment: datetime, fact: Fact) -> None:
        self.number += 1
        self.ahead.append((moment, self.number, fact))

    def _plan(self, day: date) -> None:
        holiday = next((pause for pause in self.lifter.away if pause[0] <= day <= pause[1]), None)
        if holiday is not None:
            if day == holiday[0]:
                self._later(self.player.now, Pause(*holiday))
            return
        if self._trains(day) and self.lot.random() < self.lifter.keeps:
            self._train(day)
        if self.lifter.sits and day.weekday() < 5:
            self._sit(day)

    def _trains(self, day: date) -> bool:
        rules = self.lifter.settings.lifting
        if rules.programme is not None:
            return rules.programme.workout(day) is not None
        return day.weekday() in rules.weekdays

    def _train(self, day: date) -> None:
        jitter = timedelta(minutes=self.lot.randint(-20, 20))
        end = moment_of(day, self.lifter.ends, self.zone) + jitter
        turns = self.lifter.exercises
        exercises = turns[self.year.trainings % len(turns)] if turns else ()
        self.year.trainings += 1
        for source in self.lifter.sources:
            SOURCES[source](self, end, exercises)

    def _sit(self, day: date) -> None:
        """Have the person sit, with a change of position after 20 to 120 minutes."""
        moment = moment_of(day, time(9), self.zone)
        end = moment_of(day, time(16, 30), self.zone)
        while moment < end:
            self._later(moment, Sitting(value=True, at=moment))
            moment += timedelta(minutes=self.lot.randint(20, 120))
            self._later(moment, Sitting(value=False, at=moment))
            moment += timedelta(minutes=self.lot.randint(2, 20))

    def _answer(self, found: Delivered) -> None:
        after = found.at + timedelta(minutes=self.lot.randint(1, 15))
        if found.kind is None:
            if self.lot.random() < 0.1:
                self._later(after, Answer(Action.ENOUGH, after))
            return
        chance = self.lot.random()
        if chance < self.lifter.does:
            end = after + 10 * MINUTE
            done = Session(f"s{self.number}", after, end, whole=True)
            self._later(end, SessionReported(done))
        elif chance < self.lifter.does + self.lifter.snoozes:
            self._later(after, Answer(Action.SNOOZE, after, self.lot.choice([30, 60, 120])))
        elif chance < self.lifter.does + self.lifter.snoozes + self.lifter.skips:
            self._later(after, Answer(Action.SKIP, after))


def _log(life: _Life, end: datetime, exercises: tuple[str, ...]) -> None:
    report = Report("log", str(life.number), end - HOUR, end, exercises)
    life._later(end + 2 * MINUTE, TrainingReported(report))


def _watch(life: _Life, end: datetime, _exercises: tuple[str, ...]) -> None:
    report = Report("watch", str(life.number), end - 65 * MINUTE, end + 3 * MINUTE)
    life._later(end + 25 * MINUTE, TrainingReported(report))


def _gym(life: _Life, end: datetime, _exercises: tuple[str, ...]) -> None:
    come, leave = end - 75 * MINUTE, end + 15 * MINUTE
    life._later(come, GymPresence(inside=True, at=come))
    life._later(leave, GymPresence(inside=False, at=leave))


def _late(life: _Life, end: datetime, exercises: tuple[str, ...]) -> None:
    report = Report("late", str(life.number), end - HOUR, end, exercises)
    delay = timedelta(minutes=life.lot.randint(60, 900))
    life._later(end + delay, TrainingReported(report))


SOURCES: dict[str, Callable[[_Life, datetime, tuple[str, ...]], None]] = {
    "log": _log,
    "watch": _watch,
    "gym": _gym,
    "late": _late,
}


def year_of(lifter: Lifter) -> Year:
    """Play a lifter's year; the same each time."""
    return _Life(lifter, LIFTERS.index(lifter)).live()


def table() -> Iterator[str]:
    """Yield the lines of the table of all lifters."""
    yield (
        "| lifter | trainings | reminders | times shown | nudges | done | skipped | missed "
        "| left aside | silent days |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for lifter in LIFTERS:
        year = year_of(lifter)
        count = year.statuses
        aside = count[Status.SUPERSEDED] + count[Status.PAUSED]
        figures = (
            year.trainings,
            year.reminded,
            year.shown,
            year.nudges,
            count[Status.DONE],
            count[Status.SKIPPED],
            count[Status.MISSED],
            aside,
            year.silent,
        )
        yield f"| {lifter.name} | {' | '.join(map(str, figures))} |"
