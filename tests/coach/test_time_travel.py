"""Whatever happens, in whatever order, with power cuts anywhere: the coach keeps its word."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from coach.engine import look
from coach.exercises import Load
from coach.outbox import TAG_NUDGE
from coach.reminders import SETTLED, _matters
from coach.sessions import is_done
from coach_play import HOUR, MINUTE, Delivered, Player
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach import (
    Action,
    Answer,
    Away,
    CalendarEvent,
    CalendarKind,
    CalendarRead,
    Coach,
    Fact,
    GymPresence,
    Kind,
    LiftingRules,
    Pause,
    PostureRules,
    RefusedError,
    ReleaseRules,
    Report,
    RestDay,
    Resume,
    Session,
    SessionOpened,
    SessionRemoved,
    SessionReported,
    Settings,
    Sitting,
    State,
    Status,
    TrainingRemoved,
    TrainingReported,
    Work,
    spread,
)

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "UTC")
STARTS = (
    datetime(2026, 3, 27, 9, tzinfo=UTC),  # two days before clocks change in Europe
    datetime(2026, 10, 23, 15, tzinfo=UTC),  # and back
    datetime(2026, 3, 6, 12, tzinfo=UTC),  # in America
    datetime(2026, 12, 30, 20, tzinfo=UTC),
)
SPOTS = spread(6)
QUIET = (time(22), time(7))
EXERCISES = ("Deadlift", "Bench Press", "Turkish get-up")


@st.composite
def rules(draw: st.DrawFn) -> Settings:
    release = ReleaseRules(
        delay_min=draw(st.sampled_from([0, 60, 300])),
        repeat_min=draw(st.sampled_from([30, 120])),
        max_per_day=draw(st.integers(1, 2)),
        max_snoozes=draw(st.integers(0, 3)),
        window_h=draw(st.sampled_from([6, 72])),
        per_week=draw(st.sampled_from([0, 3])),
        before_lift=draw(st.booleans()),
        by_hand=draw(st.booleans()),
    )
    lifting = LiftingRules(frozenset(draw(st.sets(st.integers(0, 6)))), starts=time(17))
    posture = PostureRules(other_days=draw(st.booleans()), presence=draw(st.booleans()))
    zone = draw(st.sampled_from(ZONES))
    return Settings(zone, SPOTS, release, lifting, posture)


MINUTES = st.integers(-600, 15)
"""From now; what is reported may be hours old."""
KINDS = (
    "train_again",
    "untrain",
    "gym",
    "session",
    "unsession",
    "open",
    "start",
    "snooze",
    "skip",
    "done",
    "later",
    "enough",
    "sit",
    "up",
    "away",
    "home",
    "meeting",
    "lifting",
    "pause",
    "rest",
    "resume",
    "zone",
)
"""What can happen, besides trainings and time that passes."""


EVERYTHING = st.lists(st.sampled_from(KINDS), min_size=1, max_size=5)


@st.composite
def stories(
    draw: st.DrawFn, focus: st.SearchStrategy[list[str]] | None = None
) -> list[tuple[str, int, int]]:
    """Draw steps, each story of a few kinds: so that rare ones meet often."""
    kinds = draw(EVERYTHING if focus is None else focus)
    happens = st.tuples(st.sampled_from(["train", *kinds]), MINUTES, st.integers(0, 5))
    wait = st.tuples(st.just("wait"), st.integers(1, 180), st.just(0))
    longer = st.tuples(st.just("wait"), st.integers(180, 1500), st.just(0))
    off = st.tuples(st.just("off"), st.integers(1, 5000), st.just(0))
    return draw(st.lists(st.one_of(happens, happens, wait, longer, off), min_size=12, max_size=40))


STEPS = stories()


def fact(kind: str, now: datetime, ago: int, number: int, zone: str) -> Fact:
    """Return the fact of a step."""
    then = now + ago * MINUTE
    today = now.astimezone(ZoneInfo(zone)).date()
    report = Report(
        f"source{number % 2}",
        str(number),
        then - HOUR,
        then,
        EXERCISES[number % 3 : number % 3 + 1],
    )
    work = tuple(Work(s.muscle, s.side, s.zone, s.holds, s.total_s, s.hold_s) for s in SPOTS)
    done = Session(f"s{number}", then - 10 * MINUTE, then, work[: number or None], 0.0, number == 3)
    event = CalendarEvent("Event", now + number * HOUR, now + (number + 1) * HOUR, number == 4)
    facts: dict[str, Fact] = {
        "train": TrainingReported(report),
        "train_again": TrainingReported(replace(report, source="other", start=then - 90 * MINUTE)),
        "untrain": TrainingRemoved(f"source{number % 2}", str(number)),
        "gym": GymPresence(bool(number % 2), now),
        "session": SessionReported(done),
        "unsession": SessionRemoved(f"s{number}"),
        "open": SessionOpened(now),
        "start": Answer(Action.START, now),
        "snooze": Answer(Action.SNOOZE, now, (number + 1) * 20, before_lift=number == 5),
        "skip": Answer(Action.SKIP, now),
        "done": Answer(Action.DONE, now),
        "later": Answer(Action.LATER, now),
        "enough": Answer(Action.ENOUGH, now),
        "sit": Sitting(value=True, at=now),
        "up": Sitting(value=None if number == 0 else False, at=now),
        "away": Away(value=True, at=now),
        "home": Away(value=False, at=now),
        "meeting": CalendarRead(f"m{number}", CalendarKind.MEETINGS, (event,)),
        "lifting": CalendarRead("lifting", CalendarKind.LIFTING, (event,)),
        "pause": Pause(today, today + timedelta(days=number)),
        "rest": RestDay(today, bool(number)),
        "resume": Resume(),
    }
    return facts[kind]


class Watch:
    """Checks each notice at the moment at which it reaches the person."""

    def __init__(self, player: Player) -> None:
        self.player = player

    def __call__(self, found: Delivered) -> None:
        """Check one."""
        coach = self.player.coach
        seen = look(coach.settings, coach.state, self.player.now)
        local = found.at.astimezone(seen.zone)
        clock = local.time()
        assert QUIET[1] <= clock < QUIET[0], "never in quiet hours"
        assert seen.training_until() is None, "never between sets"
        assert seen.session_until() is None, "never on the tool"
        assert not seen.paused(local.date()), "never in a pause"
        if found.kind is None:
            self._nudge(seen, local)
        else:
            self._reminder(seen, found, local)

    def _nudge(self, seen: Any, local: datetime) -> None:
        assert not seen.state.away
        assert seen.state.nudges.enough_on != local.date(), "never after it was enough"
        if seen.settings.posture.presence:
            assert seen.state.seat.since is not None
        for calendar in seen.state.calendars.values():
            if calendar.kind is CalendarKind.MEETINGS:
                for event in calendar.events:
                    assert event.all_day or not event.start <= self.player.now < event.end
        same = [e for e in self.player.delivered if e.kind is None and self._day(e) == local.date()]
        assert len(same) <= seen.settings.posture.max_per_day, "never more than the cap"

    def _reminder(self, seen: Any, found: Delivered, local: datetime) -> None:
        (reminder,) = (e for e in seen.state.reminders if e.id == found.notice.reminder)
        assert reminder.status is Status.OPEN
        assert self.player.now < reminder.closes, "never beyond its window"
        assert reminder.closes - reminder.since <= 72 * HOUR
        same = [
            e
            for e in self.player.delivered
            if e.kind is not None and e.notice.counted and self._day(e) == local.date()
        ]
        assert len(same) <= seen.settings.release.max_per_day, "never more than the cap"
        assert len(reminder.returned) <= reminder.snoozes <= 3
        if reminder.kind is not Kind.BEFORE_LIFT:
            sessions = seen.sessions(reminder.since, reminder.closes)
            assert not is_done(SPOTS, sessions), "never after it is done"

    def _day(self, entry: Delivered) -> date:
        return entry.at.astimezone(self.player.coach.settings.tz).date()


def step(player: Player, kind: str, minutes: int, number: int) -> None:
    """Play one step."""
    if kind == "wait":
        player.go(player.now + minutes * MINUTE)
    elif kind == "off":
        player.sleep(player.now + minutes * MINUTE)
    elif kind == "zone":
        zone = ZONES[number % len(ZONES)]
        player.coach.settings = replace(player.coach.settings, zone=zone)
        player.tell()
    else:
        told = fact(kind, player.now, minutes, number, player.coach.settings.zone)
        try:
            player.tell(told)
        except RefusedError:
            player.tell()


def check_between(player: Player) -> None:
    """Check what must hold at all times."""
    seen = look(player.coach.settings, player.state, player.now)
    telling = {key for training in seen.trainings for key in training.keys}
    live = [
        (entry, next((key for key in entry.reports if key in telling), None))
        for entry in player.state.reminders
        if entry.kind is Kind.TRAINING and entry.status is not Status.WITHDRAWN
    ]
    for training in seen.trainings:
        owners = sum(
            anchor in training.keys
            for entry, anchor in live
            if seen.now < entry.closes + SETTLED or entry.since == training.end
        )
        assert owners <= 1, "one training, one reminder"
        recent = seen.now < training.end + timedelta(days=7)
        if recent and not training.ongoing and _matters(seen, training):
            assert owners == 1, "no training is forgotten"
    assert len([e for e in player.state.reminders if e.is_open and e.kind is Kind.TRAINING]) <= 1
    for entry in player.outcome.reminders:
        if entry.next_at is not None:
            assert entry.next_at > player.now
    if player.state.seat.since is None and player.coach.settings.posture.presence:
        assert TAG_NUDGE not in player.standing


FOCUSES = {
    "anything": EVERYTHING,
    "between sets": st.just(["gym", "train", "snooze"]),
    "pauses": st.just(["pause", "rest", "resume", "train"]),
    "sessions": st.just(["session", "unsession", "open", "train"]),
    "corrections": st.just(["train_again", "untrain", "train"]),
    "desk": st.just(["sit", "up", "away", "home", "meeting", "later", "done", "enough"]),
    "travel": st.just(["zone", "train", "snooze", "sit"]),
}


@pytest.mark.parametrize("focus", list(FOCUSES))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(chosen=rules(), start=st.sampled_from(STARTS), data=st.data())
def test_the_coach_keeps_its_word(
    focus: str, chosen: Settings, start: datetime, data: st.DataObject
) -> None:
    player = Player(chosen, start)
    player.on_delivery = Watch(player)
    for kind, minutes, number in data.draw(stories(FOCUSES[focus])):
        step(player, kind, minutes, number)
        check_between(player)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), st.sampled_from(STARTS), STEPS, st.lists(st.booleans(), max_size=200))
def test_restarts_change_nothing(
    chosen: Settings, start: datetime, steps: list[tuple[str, int, int]], cuts: list[bool]
) -> None:
    """A power cut between any two steps, before or after a delivery, is not to be noticed."""
    left = iter(cuts)
    steady = Player(chosen, start)
    shaken = Player(chosen, start, lambda: next(left, False))
    for kind, minutes, number in steps:
        step(steady, kind, minutes, number)
        step(shaken, kind, minutes, number)
        assert shaken.delivered == steady.delivered
        assert shaken.happened == steady.happened
        assert shaken.state.to_data() == steady.state.to_data()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), st.sampled_from(STARTS), STEPS)
def test_between_its_wake_ups_there_is_nothing_to_decide(
    chosen: Settings, start: datetime, steps: list[tuple[str, int, int]]
) -> None:
    """Whoever asks more often is told the same."""
    rare, often = Player(chosen, start), Player(chosen, start)
    for kind, minutes, number in steps:
        step(rare, kind, minutes, number)
        if kind == "wait":
            for part in (3, 2):
                often.go(often.now + minutes * MINUTE // part - minutes * MINUTE // 6)
            often.go(rare.now)
        else:
            step(often, kind, minutes, number)
        assert often.delivered == rare.delivered


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(STARTS), st.sampled_from(ZONES), st.integers(1, 1440), st.integers(0, 600))
def test_after_a_snooze_it_always_comes_again(
    start: datetime, zone: str, minutes: int, later: int
) -> None:
    player = Player(Settings(zone, SPOTS), start)
    player.tell(TrainingReported(Report("a", "1", start - HOUR, start, load=Load.YES)))
    player.go(start + HOUR + later * MINUTE)
    player.tell(Answer(Action.SNOOZE, player.now, minutes))
    before = len(player.delivered)
    until = player.now + minutes * MINUTE
    player.go(until + 9 * HOUR + MINUTE)
    assert len(player.delivered) > before
    assert player.delivered[before].at >= until
    assert not player.delivered[before].notice.counted


@pytest.mark.parametrize("hours", [0, 1, 6, 30, 80])
def test_a_power_cut_between_decision_and_delivery(hours: int) -> None:
    """What was decided but not delivered is decided anew: shown once, or missed, not at night."""
    chosen = Settings("Europe/Berlin", SPOTS)
    end = datetime(2026, 11, 24, 17, 10, tzinfo=UTC)
    coach = Coach(chosen)
    coach.take(TrainingReported(Report("a", "1", end - HOUR, end)), end)
    coach.decide(end)
    outcome = coach.decide(end + HOUR)
    assert [item.notice for item in outcome.outbox if item.notice]
    stored = json.loads(json.dumps(coach.state.to_data()))
    player = Player(chosen, end)
    player.coach = Coach(chosen, State.from_data(stored))
    player.on_delivery = Watch(player)
    player.now = end + HOUR + hours * HOUR
    player.tell()
    player.go(player.now + 12 * HOUR)
    (reminder,) = player.state.reminders
    assert len(reminder.shown) == len(player.delivered)
    assert bool(player.delivered) is (hours < 72)
