"""Lifting days, programmes, and what is planned."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from coach.lifting import matches
from coach_play import BERLIN, HOUR, Player, at, session, trained

from coach import (
    REST,
    TEMPLATES,
    CalendarEvent,
    CalendarKind,
    CalendarRead,
    Hours,
    LiftingRules,
    Pause,
    Programme,
    RestDay,
    Settings,
    Workout,
    agenda,
    events_of,
    lifting_day,
    preview,
    spread,
)

TUESDAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 23)
NOON = at("2026-11-24 12:00")


def person(**rules: Any) -> Player:
    return Player(Settings("Europe/Berlin", lifting=LiftingRules(**rules)), NOON)


def event(summary: str, start: str, end: str, *, all_day: bool = False) -> CalendarRead:
    made = CalendarEvent(summary, at(start), at(end), all_day)
    return CalendarRead("calendar.gym", CalendarKind.LIFTING, (made,))


@pytest.mark.parametrize(
    ("summary", "found"),
    [
        ("Gym: legs", True),
        ("GYM", True),
        ("Buy a gymnastics mat", True),
        ("Gym with Anna (cancelled)", False),
        ("Dentist", False),
        ("", False),
        ("Physiogym", False),
    ],
)
def test_words_in_a_calendar(summary: str, found: bool) -> None:
    rules = LiftingRules(words=("gym",), ignore=("cancel",))
    assert matches(rules, summary) is found


def test_without_words_every_event_counts() -> None:
    assert matches(LiftingRules(), "Anything")


@pytest.mark.parametrize(
    ("rules", "fact", "why"),
    [
        ({"weekdays": frozenset({1})}, None, "because you lift on this day of the week"),
        ({}, None, None),
        ({}, event("Gym", "2026-11-24 17:00", "2026-11-24 18:00"), "your calendar says “Gym”"),
        ({}, event("Gym", "2026-11-23 00:00", "2026-11-25 00:00", all_day=True), "calendar"),
        ({}, event("Gym", "2026-11-23 00:00", "2026-11-24 00:00", all_day=True), None),
        ({}, trained(NOON - HOUR, "Bench press"), "because you trained at 11:00"),
        ({"weekdays": frozenset({1})}, RestDay(TUESDAY), None),
        ({"weekdays": frozenset({1})}, Pause(MONDAY, TUESDAY), None),
        ({"programme": TEMPLATES["strong_lifts"](MONDAY)}, None, None),
        (
            {"programme": TEMPLATES["five_three_one"](MONDAY)},
            None,
            "because your programme has deadlift today",
        ),
        (
            {"programme": TEMPLATES["five_three_one"](MONDAY - timedelta(days=21))},
            None,
            "because your programme has deadlift today, in a deload week",
        ),
    ],
)
def test_what_makes_a_lifting_day(rules: dict[str, Any], fact: Any, why: str | None) -> None:
    found = person(**rules)
    if fact is not None:
        found.tell(fact)
    day = found.outcome.lifting_day
    assert day.lifting is (why is not None)
    if why is not None:
        assert why in day.why.english


def test_a_training_over_midnight_is_on_both_days() -> None:
    found = person()
    found.tell(trained(at("2026-11-24 00:30"), "Squat"))
    days = [lifting_day(found.coach.look(NOON), day).lifting for day in (MONDAY, TUESDAY)]
    assert days == [True, True]


@pytest.mark.parametrize(
    ("programme", "names"),
    [
        (TEMPLATES["strong_lifts"](MONDAY), "A.B.A..B.A.B.."),
        (TEMPLATES["strong_lifts"](MONDAY + timedelta(days=2)), "B.A.B..A.B.A.."),
        (TEMPLATES["push_pull_legs"](MONDAY), "hlshls.hlshls."),
        (Programme(MONDAY, (Workout("A"), REST, Workout("B"), REST, REST)), "A.B..A.B..A.B."),
        (Programme(MONDAY, (Workout("A"),), weeks=2, rest_weeks=frozenset({2})), "AAAAAAA......."),
    ],
)
def test_programmes(programme: Programme, names: str) -> None:
    days = [programme.workout(MONDAY + timedelta(days=number)) for number in range(14)]
    assert "".join("." if day is None else day.name[-1] for day in days) == names


def test_a_programme_tells_what_an_unknown_training_loaded() -> None:
    """5/3/1 has bench press on Thursdays: leaving the gym then is no reason to remind."""
    found = person(programme=TEMPLATES["five_three_one"](MONDAY))
    found.go(at("2026-11-26 12:00"))
    found.tell(trained(found.now))
    assert found.state.reminders == []
    found.go(at("2026-11-27 12:00"))
    found.tell(trained(found.now, id="2"))
    found.go(found.now + HOUR)
    why = "because your training ended at 12:00, and today is squat day"
    assert found.delivered[0].notice.why.english == why


@pytest.mark.parametrize(
    "change",
    [
        {"rotation": ()},
        {"weeks": 0},
        {"weekdays": frozenset({7})},
    ],
)
def test_programmes_that_say_nothing_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs at least|are numbers"):
        replace(TEMPLATES["strong_lifts"](MONDAY), **change)


def test_a_calendar_with_bad_events_gives_the_good_ones() -> None:
    events, refused = events_of(
        [
            {"summary": "Gym", "start": "2026-11-24T17:00:00", "end": "2026-11-24T18:00:00"},
            {"summary": "All day", "start": "2026-11-24", "end": "2026-11-25"},
            {"summary": "A date", "start": TUESDAY},
            {"summary": "No time"},
            {"summary": "Backwards", "start": "2026-11-24T17:00:00", "end": "2026-11-24T16:00:00"},
            {"start": "soon", "end": "later"},
        ],
        BERLIN,
    )
    assert [(entry.summary, entry.all_day) for entry in events] == [
        ("Gym", False),
        ("All day", True),
        ("A date", True),
    ]
    assert events[0].start == at("2026-11-24 17:00")
    assert [text.placeholders["summary"] for text in refused] == ["No time", "Backwards", ""]


def test_what_is_planned_is_shown_after_each_training() -> None:
    found = person(weekdays=frozenset({1, 3}), starts=time(17))
    planned = agenda(found.coach.look(NOON), MONDAY, MONDAY + timedelta(days=8))
    times = [entry.start.astimezone(BERLIN).strftime("%a %H:%M") for entry in planned]
    assert times == ["Tue 19:00", "Thu 19:00", "Tue 19:00"]
    assert len({entry.id for entry in planned}) == 3
    assert planned[0].summary.english == "Release, 6 minutes"


def test_today_shows_its_reminder_once_it_is_open() -> None:
    found = person(weekdays=frozenset({1}))
    found.tell(trained(NOON, "Squat"))
    (planned,) = agenda(found.coach.look(NOON), TUESDAY, TUESDAY)
    assert planned.start == NOON + HOUR


def test_todays_spots_tick_off_as_they_are_done() -> None:
    found = person(weekdays=frozenset({1}))
    spots = found.coach.settings.spots
    assert [entry.done for entry in found.outcome.today] == [False] * 4
    found.tell(trained(NOON - HOUR, "Squat"), session(NOON, *spots[:2]))
    assert [entry.done for entry in found.outcome.today] == [True, True, False, False]
    found.tell(session(NOON, *spots[2:], id="s2"))
    assert [entry.done for entry in found.outcome.today] == [True] * 4
    assert found.outcome.adherence.text.english == "1 of the last 7 days"
    found.go(at("2026-11-25 12:00"))
    assert found.outcome.today == ()
    found.go(at("2026-12-01 12:00"))
    assert found.outcome.adherence.done == 0


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (
            Settings(spots=spread(10), lifting=LiftingRules(frozenset({4, 0, 2}))),
            "On Mon, Wed, Fri after training, 10 minutes, both sides.",
        ),
        (
            Settings(spots=spread(3, sides=("left",))),
            "After each training, 3 minutes, left side.",
        ),
        (
            Settings(lifting=LiftingRules(programme=TEMPLATES["strong_lifts"](MONDAY))),
            "After training, as your programme has it, 6 minutes, both sides.",
        ),
    ],
)
def test_a_plan_in_one_sentence(settings: Settings, text: str) -> None:
    assert preview(settings).english == text


def test_hours_over_midnight_and_over_changed_clocks() -> None:
    night = Hours(time(22), time(2, 30))
    assert night.until(at("2026-11-24 21:59"), BERLIN) is None
    assert night.until(at("2026-11-25 01:00"), BERLIN) == at("2026-11-25 02:30")
    skipped = night.until(at("2026-03-29 01:00"), BERLIN)
    assert skipped == at("2026-03-29 03:30")
    twice = night.until(at("2026-10-25 01:00"), BERLIN)
    assert twice == at("2026-10-25 02:30")
    assert night.until(twice, BERLIN) is None
