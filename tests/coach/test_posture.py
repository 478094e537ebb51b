"""The posture nudge: when it comes, what resets it, when it is silent."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from coach_play import HOUR, MINUTE, Player, at, session

from coach import (
    Action,
    Answer,
    Away,
    CalendarEvent,
    CalendarKind,
    CalendarRead,
    Fact,
    GymPresence,
    LiftingRules,
    Pause,
    PostureRules,
    Report,
    SessionOpened,
    Settings,
    Sitting,
    TrainingReported,
)

NINE = at("2026-11-24 09:00")
"""A Tuesday, on which this person lifts."""
SETTINGS = Settings(zone="Europe/Berlin", lifting=LiftingRules(weekdays=frozenset({1})))


def desk(start: datetime = NINE, **rules: object) -> Player:
    """Return someone who sits down now."""
    posture = replace(PostureRules(), **rules)  # type: ignore[arg-type]
    found = Player(replace(SETTINGS, posture=posture), start)
    found.tell(Sitting(value=True, at=start))
    return found


def get_up(found: Player, minutes: int = 2) -> None:
    """Have the person get up and sit down again."""
    found.tell(Sitting(value=False, at=found.now))
    found.go(found.now + minutes * MINUTE)
    found.tell(Sitting(value=True, at=found.now))


def test_it_comes_after_50_minutes_of_sitting_and_says_why() -> None:
    sits = desk()
    sits.go(NINE + HOUR)
    assert sits.times() == ["24 09:50"]
    assert sits.delivered[0].notice.why.english == "because you have been sitting since 09:00"
    assert sits.delivered[0].notice.actions == (Action.DONE, Action.LATER, Action.ENOUGH)


def test_it_comes_six_times_a_day_with_varied_words() -> None:
    sits = desk()
    sits.go(at("2026-11-24 23:00"))
    assert sits.times() == [f"24 {time}" for time in SIX_TIMES]
    words = [entry.notice.message.key for entry in sits.delivered]
    assert len(set(words)) == 6


SIX_TIMES = ("09:50", "10:40", "11:30", "12:20", "13:10", "14:00")


@pytest.mark.parametrize(("minutes", "shown"), [(2, ["24 10:22"]), (0, ["24 09:50"])])
def test_getting_up_resets_it_but_a_flickering_seat_does_not(
    minutes: int, shown: list[str]
) -> None:
    sits = desk()
    sits.go(NINE + 30 * MINUTE)
    get_up(sits, minutes)
    sits.go(NINE + 90 * MINUTE)
    assert sits.times() == shown


def test_getting_up_takes_it_off_the_devices() -> None:
    sits = desk()
    sits.go(NINE + HOUR)
    assert "nudge" in sits.standing
    sits.tell(Sitting(value=False, at=sits.now))
    assert "nudge" not in sits.standing


def test_a_session_resets_it() -> None:
    sits = desk()
    sits.go(NINE + 40 * MINUTE)
    sits.tell(session(sits.now))
    sits.go(NINE + 2 * HOUR)
    assert sits.times() == ["24 10:30"]


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (Action.DONE, ["24 09:50", "24 10:45"]),
        (Action.LATER, ["24 09:50", "24 10:10", "24 11:00"]),
        (Action.ENOUGH, ["24 09:50"]),
    ],
)
def test_answers(action: Action, shown: list[str]) -> None:
    sits = desk()
    sits.go(NINE + 55 * MINUTE)
    sits.tell(Answer(action, sits.now))
    assert "nudge" not in sits.standing
    sits.go(NINE + 2 * HOUR)
    assert sits.times() == shown
    assert sits.types().count("nudge_answered") == 1


def test_enough_ends_with_the_day() -> None:
    sits = desk(other_days=True)
    sits.go(NINE + 55 * MINUTE)
    sits.tell(Answer(Action.ENOUGH, sits.now))
    get_up(sits)
    sits.go(at("2026-11-25 09:00"))
    get_up(sits)
    sits.go(at("2026-11-25 10:00"))
    assert sits.times()[:1] == ["24 09:50"]
    assert "25 09:52" in sits.times()


MEETING = CalendarEvent("Weekly", NINE, NINE + 2 * HOUR)


@pytest.mark.parametrize(
    ("fact", "shown"),
    [
        (CalendarRead("calendar.work", CalendarKind.MEETINGS, (MEETING,)), ["24 11:00"]),
        (Away(value=True, at=NINE), []),
        (Sitting(value=None, at=NINE), []),
        (SessionOpened(NINE), []),
        (GymPresence(inside=True, at=NINE), []),
        (TrainingReported(Report("watch", "1", NINE, None)), []),
        (Pause(date(2026, 11, 24), date(2026, 11, 24)), []),
        (CalendarRead("c", CalendarKind.MEETINGS, (replace(MEETING, all_day=True),)), ["24 09:50"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_when_it_is_silent(fact: Fact, shown: list[str]) -> None:
    sits = desk()
    sits.tell(fact)
    sits.go(at("2026-11-24 11:00") - MINUTE * (shown != ["24 11:00"]))
    assert sits.times()[:1] == shown


@pytest.mark.parametrize("other_days", [True, False])
def test_on_other_days_only_if_asked(other_days: bool) -> None:
    wednesday = at("2026-11-25 09:00")
    sits = desk(wednesday, other_days=other_days)
    sits.go(wednesday + HOUR)
    assert bool(sits.delivered) is other_days


def test_a_night_in_the_chair_is_not_counted() -> None:
    sits = desk(at("2026-11-23 21:30"), other_days=True)
    sits.go(at("2026-11-24 09:00"))
    assert sits.times() == ["24 08:00", "24 08:50"]


def test_without_presence_it_comes_by_time_within_the_hours() -> None:
    walks = desk(at("2026-11-24 06:00"), presence=False)
    walks.go(at("2026-11-24 10:00"))
    assert walks.times() == ["24 08:50", "24 09:40"]


def test_outside_the_hours_it_is_silent() -> None:
    sits = desk(at("2026-11-24 19:30"))
    sits.go(at("2026-11-24 21:30"))
    assert sits.times() == []


def test_a_day_away_begins_anew_at_home() -> None:
    sits = desk()
    sits.tell(Away(value=True, at=NINE))
    sits.go(NINE + 3 * HOUR)
    sits.tell(Away(value=False, at=sits.now))
    sits.go(NINE + 4 * HOUR)
    assert sits.times() == ["24 12:50"]


@pytest.mark.parametrize("minutes", [44, 61, 30])
def test_the_interval_is_45_to_60_minutes(minutes: int) -> None:
    with pytest.raises(ValueError, match="45 to 60"):
        PostureRules(interval_min=minutes)
