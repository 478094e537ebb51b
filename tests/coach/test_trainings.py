"""Trainings out of reports: one each, however many tell of it, late, twice and corrected."""

import itertools
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from coach.exercises import Load, load_of
from coach.training import trainings
from coach_play import BERLIN, HOUR, MINUTE, Player, at, report

from coach import (
    Coach,
    CodecError,
    GymPresence,
    RefusedError,
    Report,
    Settings,
    Status,
    TrainingRemoved,
    TrainingReported,
    report_of,
)

END = at("2026-11-24 18:10")
SETTINGS = Settings(zone="Europe/Berlin")
SAME = (
    report(END, "Deadlift"),
    Report("strava", "77", END - 58 * MINUTE, END + 2 * MINUTE, title="Evening workout"),
    Report("gym gym", "x", END - 70 * MINUTE, END + 15 * MINUTE),
    Report("log", "1", END + 20 * MINUTE, END + 20 * MINUTE, by_person=True),
)


@pytest.mark.parametrize("order", list(itertools.permutations(SAME)))
def test_sources_that_tell_of_one_training_make_one_reminder(order: tuple[Report, ...]) -> None:
    player = Player(SETTINGS, END + 2 * HOUR)
    for told in order:
        player.tell(TrainingReported(told))
        player.go(player.now + MINUTE)
    player.go(END + 3 * HOUR)
    assert len(player.state.reminders) == 1
    assert len(player.delivered) == 1


def test_a_late_report_that_joins_two_trainings_joins_their_reminders() -> None:
    player = Player(SETTINGS, END + 3 * HOUR)
    first = Report("a", "1", END - 2 * HOUR, END - HOUR)
    last = Report("b", "1", END, END + HOUR)
    player.tell(TrainingReported(first), TrainingReported(last))
    assert len(player.state.reminders) == 2
    player.tell(TrainingReported(Report("c", "1", END - 90 * MINUTE, END + 10 * MINUTE)))
    assert len(player.state.reminders) == 1
    assert len(player.delivered) == 1


def test_two_trainings_of_one_day_are_two() -> None:
    found = trainings([report(END), report(END - 6 * HOUR, id="2")], END)
    assert len(found) == 2


def test_one_that_crosses_midnight_is_one() -> None:
    start = at("2026-11-24 23:30")
    told = [
        Report("a", "1", start, start + HOUR),
        Report("b", "1", start + 40 * MINUTE, start + HOUR),
    ]
    assert len(trainings(told, END + 24 * HOUR)) == 1


def test_a_source_that_corrects_itself_changes_its_training() -> None:
    player = Player(SETTINGS, END)
    player.tell(TrainingReported(report(END - HOUR, "Deadlift")))
    player.tell(TrainingReported(report(END, "Deadlift")))
    assert [entry.due for entry in player.state.reminders] == [END + HOUR]


def test_a_report_that_turns_out_a_run_leaves_the_reminder_to_the_others() -> None:
    player = Player(SETTINGS, END + 2 * HOUR)
    player.tell(TrainingReported(SAME[1]), TrainingReported(SAME[2]))
    run = Report("strava", "77", SAME[1].start, SAME[1].end, lifting=False)
    player.tell(TrainingReported(run))
    assert [entry.status for entry in player.state.reminders] == [Status.OPEN]
    assert len(player.delivered) == 1


def test_deleted_and_reported_again_it_is_the_same_training() -> None:
    player = Player(SETTINGS, END + 2 * HOUR)
    player.tell(TrainingReported(SAME[0]))
    player.tell(TrainingRemoved("hevy", "1"))
    player.go(player.now + MINUTE)
    player.tell(TrainingReported(SAME[0]))
    assert len(player.state.reminders) == 1
    assert len(player.delivered) == 1


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        (END + 365 * 24 * HOUR, END + 366 * 24 * HOUR, "in the future; check its time zone"),
        (END, END + HOUR, "in the future"),
        (END, END - HOUR, "ends before it starts"),
        (END - 30 * HOUR, END, "longer than 24 hours"),
        (END - 400 * HOUR, END - 399 * HOUR, "over 14 days old"),
    ],
)
def test_what_cannot_be_true_is_refused_and_changes_nothing(
    start: Any, end: Any, error: str
) -> None:
    coach = Coach(SETTINGS)
    before = coach.state.to_data()
    with pytest.raises(RefusedError, match=error):
        coach.take(TrainingReported(Report("a", "1", start, end)), END)
    assert coach.state.to_data() == before


def test_a_time_without_an_offset_is_refused() -> None:
    naive = END.replace(tzinfo=None)
    with pytest.raises(CodecError, match="names no offset"):
        Coach(SETTINGS).take(TrainingReported(Report("a", "1", naive, naive)), END)


@pytest.mark.parametrize(
    ("minutes", "trained"), [(19, False), (20, True), (200, True), (240, False), (900, False)]
)
def test_a_stay_at_a_gym_is_a_training_after_20_minutes(minutes: int, trained: bool) -> None:
    player = Player(SETTINGS, END)
    player.tell(GymPresence(inside=True, at=END))
    player.go(END + minutes * MINUTE)
    player.tell(GymPresence(inside=False, at=player.now))
    assert bool(player.state.reminders) is trained


def test_a_training_that_nobody_ended_is_over_after_four_hours() -> None:
    player = Player(SETTINGS, at("2026-11-24 10:00"))
    player.tell(TrainingReported(Report("watch", "1", player.now, None)))
    player.go(at("2026-11-24 16:00"))
    assert player.times() == ["24 15:00"]


def test_each_training_is_told_once_to_have_ended() -> None:
    player = Player(SETTINGS, END + HOUR)
    for told in SAME:
        player.tell(TrainingReported(told))
    assert player.types().count("training_ended") == 1


@pytest.mark.parametrize(
    ("names", "load"),
    [
        (("Deadlift (Barbell)",), Load.YES),
        (("Romanian Deadlift",), Load.YES),
        (("Front Squat", "Bench Press"), Load.YES),
        (("Bent Over Row (Barbell)",), Load.YES),
        (("Good Morning",), Load.YES),
        (("Farmers Walk",), Load.YES),
        (("Suitcase Carry",), Load.YES),
        (("Dumbbell Side Bend",), Load.YES),
        (("Bench Press (Barbell)", "Bicep Curl"), Load.NO),
        (("Lat Pulldown",), Load.NO),
        (("Chest-supported bent-over row",), Load.MAYBE),
        (("Turkish get-up",), Load.MAYBE),
        (("Bench Press", "Something new"), Load.MAYBE),
        ((), Load.MAYBE),
    ],
)
def test_which_exercises_load_the_muscle(names: tuple[str, ...], load: Load) -> None:
    assert load_of(names) is load


HEVY = {
    "id": "abc",
    "title": "Pull day",
    "start_time": "2026-11-24T17:10:00+01:00",
    "duration_min": 60,
    "exercise_count": 5,
}
STRAVA = {
    "activity_id": 77,
    "title": "Evening",
    "sport_type": "WeightTraining",
    "start_date_local": "2026-11-24T17:10:00",
    "elapsed_time": 3600,
}
GARMIN = {
    "activityId": 5,
    "activityName": "Strength",
    "startTimeLocal": "2026-11-24 17:10:00",
    "startTimeGMT": "2026-11-24 16:10:00",
    "duration": 3600.0,
    "activityType": {"typeKey": "strength_training"},
}
OTHER = {
    "end": "2026-11-24T17:10:00Z",
    "duration_ms": 3_600_000,
    "exercises": [{"title": "Deadlift"}, "Plank", {"sets": 3}, 7],
}


@pytest.mark.parametrize(
    ("data", "name", "exercises"),
    [
        (HEVY, "abc", ()),
        (STRAVA, "77", ()),
        (GARMIN, "5", ()),
        (OTHER, "2026-11-24T16:10:00+00:00", ("Deadlift", "Plank")),
    ],
    ids=["hevy", "strava", "garmin", "other"],
)
def test_services_are_read(data: dict[str, Any], name: str, exercises: tuple[str, ...]) -> None:
    found = report_of("service", data, BERLIN)
    assert (found.id, found.start, found.end) == (name, END - HOUR, END)
    assert found.exercises == exercises
    assert found.lifting


@pytest.mark.parametrize("kind", ["Run", "VirtualRide", "yoga", "walking", "open_water_swimming"])
def test_other_sports_are_no_lifting(kind: str) -> None:
    found = report_of("strava", STRAVA | {"sport_type": kind}, BERLIN)
    assert not trainings([found], END)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "has no time"),
        ({"start": ""}, "has no time"),
        ({"start": "yesterday"}, "no date and time"),
        ({"start": 1e300}, "no date and time"),
        ({"start": True}, "no date and time"),
        ({"start": ["2026"]}, "no date and time"),
    ],
)
def test_reports_without_usable_times_say_so(data: dict[str, Any], error: str) -> None:
    with pytest.raises(RefusedError, match=error):
        report_of("x", data, BERLIN)


@pytest.mark.parametrize("value", [float("nan"), -5, "an hour", 1e300, None])
def test_durations_that_make_no_sense_are_not_known(value: Any) -> None:
    found = report_of("x", {"start": END, "duration": value}, ZoneInfo("UTC"))
    assert found.end is not None
    assert found.end - found.start == timedelta(0)
