"""The release reminder: when it is due, comes again, waits, and is cleared."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from coach_play import BERLIN, HOUR, MINUTE, Player, at, session, trained

from coach import (
    Action,
    Answer,
    Away,
    CalendarEvent,
    CalendarKind,
    CalendarRead,
    GymPresence,
    Hours,
    LiftingRules,
    Pause,
    RefusedError,
    ReleaseRules,
    Report,
    RestDay,
    Resume,
    SessionOpened,
    SessionRemoved,
    Settings,
    Spot,
    Status,
    TrainingRemoved,
    TrainingReported,
)

SPOTS = (
    Spot("quadratus_lumborum", "left", "lower"),
    Spot("quadratus_lumborum", "right", "lower"),
)
SETTINGS = Settings(zone="Europe/Berlin", spots=SPOTS)
END = at("2026-11-24 18:10")
"""A Tuesday."""


def player(start: datetime = END, **rules: object) -> Player:
    release = replace(ReleaseRules(), **rules)  # type: ignore[arg-type]
    return Player(replace(SETTINGS, release=release), start)


def lifter(**rules: object) -> Player:
    """Return someone whose deadlifts ended just now."""
    found = player(**rules)
    found.tell(trained(END, "Deadlift"))
    return found


def status(found: Player) -> Status:
    return found.state.reminders[0].status


def test_it_comes_an_hour_after_training_and_says_why() -> None:
    lifts = lifter()
    lifts.go(END + HOUR)
    assert lifts.times() == ["24 19:10"]
    notice = lifts.delivered[0].notice
    assert notice.why.english == "because you logged Deadlift at 18:10"
    assert notice.actions == (Action.START, Action.SNOOZE, Action.SKIP)
    assert lifts.outcome.release_due


def test_unanswered_it_comes_twice_a_day_until_72_hours_are_over() -> None:
    lifts = lifter()
    lifts.go(END + 80 * HOUR)
    assert lifts.times() == [
        "24 19:10",
        "24 21:10",
        "25 18:00",
        "25 20:00",
        "26 18:00",
        "26 20:00",
        "27 18:00",
    ]
    assert status(lifts) is Status.MISSED
    assert lifts.types().count("missed") == 1
    assert not lifts.standing


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("2026-11-24 06:00", "24 07:00"),
        ("2026-11-24 20:59", "24 21:59"),
        ("2026-11-24 21:00", "25 07:00"),
        ("2026-11-24 23:30", "25 07:00"),
    ],
)
def test_quiet_hours_postpone_it_to_their_end(end: str, shown: str) -> None:
    lifts = player(at(end))
    lifts.tell(trained(at(end), "Squat"))
    lifts.go(at(end) + 11 * HOUR)
    assert lifts.times()[0] == shown


def test_quiet_hours_beyond_the_window_make_it_missed() -> None:
    lifts = player(at("2026-11-24 21:30"), window_h=8)
    lifts.tell(trained(at("2026-11-24 21:30"), "Squat"))
    lifts.go(at("2026-11-25 12:00"))
    assert lifts.times() == []
    assert status(lifts) is Status.MISSED


@pytest.mark.parametrize("minutes", [5, 70])
def test_a_session_that_does_the_plan_clears_it(minutes: int) -> None:
    lifts = lifter()
    lifts.go(END + minutes * MINUTE)
    lifts.tell(session(lifts.now, *SPOTS))
    lifts.go(END + 80 * HOUR)
    assert len(lifts.delivered) == (minutes > 60)
    assert status(lifts) is Status.DONE
    assert lifts.types().count("cleared") == 1
    assert not lifts.standing


def test_a_session_before_the_training_ended_counts_for_nothing() -> None:
    lifts = player()
    lifts.tell(session(END - 2 * HOUR, *SPOTS), trained(END, "Deadlift"))
    lifts.go(END + HOUR)
    assert lifts.times() == ["24 19:10"]


def test_what_a_session_left_out_is_named() -> None:
    lifts = lifter()
    lifts.go(END + 70 * MINUTE)
    lifts.tell(session(lifts.now, SPOTS[1]))
    assert not lifts.standing
    lifts.go(END + 4 * HOUR)
    assert lifts.times() == ["24 19:10", "24 21:20"]
    notice = lifts.delivered[1].notice
    assert notice.message.english == "Nearly there. Still open: left lower."
    assert notice.missing == ("quadratus_lumborum left lower",)
    lifts.tell(session(lifts.now - MINUTE, SPOTS[0], id="s2"))
    assert status(lifts) is Status.DONE


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_session_logged_by_hand_clears_it_if_that_is_allowed(by_hand: bool) -> None:
    lifts = lifter(by_hand=by_hand)
    lifts.tell(session(END, by_hand=True))
    lifts.go(END + 10 * MINUTE)
    lifts.tell(session(lifts.now, by_hand=True))
    assert (status(lifts) is Status.DONE) is by_hand


def test_a_removed_session_opens_it_again() -> None:
    lifts = lifter()
    lifts.go(END + 70 * MINUTE)
    lifts.tell(session(lifts.now, *SPOTS))
    lifts.tell(SessionRemoved("s1"))
    assert status(lifts) is Status.OPEN
    lifts.go(END + 4 * HOUR)
    assert len(lifts.delivered) == 2


def test_a_session_that_arrives_days_late_corrects_a_miss_in_silence() -> None:
    lifts = lifter()
    lifts.go(END + 80 * HOUR)
    lifts.tell(session(END + 2 * HOUR, *SPOTS))
    assert status(lifts) is Status.DONE
    assert "cleared" not in lifts.types()


def test_a_snooze_comes_back_and_does_not_count_for_the_cap() -> None:
    lifts = lifter()
    lifts.go(END + HOUR)
    for _ in range(3):
        lifts.tell(Answer(Action.SNOOZE, lifts.now, 20))
        assert not lifts.standing
        lifts.go(lifts.now + 20 * MINUTE)
    assert lifts.times() == ["24 19:10", "24 19:30", "24 19:50", "24 20:10"]
    assert lifts.delivered[-1].notice.actions == (Action.START, Action.SKIP)
    with pytest.raises(RefusedError, match="put off 3 times"):
        lifts.tell(Answer(Action.SNOOZE, lifts.now))
    lifts.go(at("2026-11-25 07:00"))
    assert lifts.times()[4:] == ["25 07:00"], "again two hours later, which is at night"


def test_a_snooze_into_the_night_comes_back_in_the_morning() -> None:
    lifts = lifter()
    lifts.go(END + HOUR)
    lifts.tell(Answer(Action.SNOOZE, lifts.now, 240))
    lifts.go(at("2026-11-25 08:00"))
    assert lifts.times() == ["24 19:10", "25 07:00"]


def test_a_snooze_beyond_the_window_comes_back_before_its_end() -> None:
    lifts = lifter(window_h=3)
    lifts.go(END + HOUR)
    lifts.tell(Answer(Action.SNOOZE, lifts.now, 600))
    lifts.go(END + 5 * HOUR)
    assert lifts.times() == ["24 19:10", "24 21:05"]
    assert status(lifts) is Status.MISSED


def test_skip_ends_it_and_is_kept() -> None:
    lifts = lifter()
    lifts.go(END + HOUR)
    lifts.tell(Answer(Action.SKIP, lifts.now))
    lifts.go(END + 80 * HOUR)
    assert lifts.times() == ["24 19:10"]
    assert status(lifts) is Status.SKIPPED
    assert lifts.types().count("skipped") == 1


def test_start_gives_time_to_do_it() -> None:
    lifts = lifter()
    lifts.go(END + 3 * HOUR - MINUTE)
    lifts.tell(Answer(Action.START, lifts.now))
    lifts.go(END + 3 * HOUR + MINUTE)
    assert lifts.times() == ["24 19:10"]


def test_without_a_reminder_there_is_nothing_to_answer() -> None:
    with pytest.raises(RefusedError, match="No reminder is open"):
        player().tell(Answer(Action.SKIP, END))


@pytest.mark.parametrize("minutes", [0, 1441, -5])
def test_a_snooze_has_a_sensible_length(minutes: int) -> None:
    with pytest.raises(RefusedError, match="1 minute to 24 hours"):
        lifter().tell(Answer(Action.SNOOZE, END, minutes))


def test_a_pause_is_silent_and_what_is_over_by_its_end_is_not_a_miss() -> None:
    lifts = lifter()
    lifts.tell(Pause(date(2026, 11, 24), date(2026, 11, 28)))
    lifts.go(at("2026-11-30 12:00"))
    assert lifts.times() == []
    assert status(lifts) is Status.PAUSED
    assert lifts.outcome.adherence.asked == 0


def test_after_a_pause_within_the_window_it_comes() -> None:
    lifts = lifter()
    lifts.tell(Pause(date(2026, 11, 24), date(2026, 11, 25)))
    lifts.go(at("2026-11-26 08:00"))
    assert lifts.times() == ["26 07:00"]


def test_resume_ends_a_pause_at_once() -> None:
    lifts = lifter()
    lifts.tell(Pause(date(2026, 11, 24), date(2026, 12, 24)))
    lifts.go(END + 2 * HOUR)
    lifts.tell(Resume())
    assert lifts.times() == ["24 20:10"]


def test_a_rest_day_is_silent() -> None:
    lifts = lifter()
    lifts.tell(RestDay(date(2026, 11, 24)))
    lifts.go(at("2026-11-25 08:00"))
    assert lifts.times() == ["25 07:00"]


def test_a_pause_ends_after_it_begins() -> None:
    with pytest.raises(RefusedError, match="swap its dates"):
        player().tell(Pause(date(2026, 11, 25), date(2026, 11, 24)))


@pytest.mark.parametrize(
    ("hours", "shown"),
    [(5, ["24 23:10"]), (15, ["25 09:10"]), (71, ["27 17:10"]), (72, []), (100, [])],
)
def test_after_a_time_without_power_it_reminds_late_or_notes_a_miss(
    hours: int, shown: list[str]
) -> None:
    lifts = lifter()
    lifts.coach.settings = replace(lifts.coach.settings, quiet=Hours(time(0), time(0)))
    lifts.sleep(END + hours * HOUR)
    assert lifts.times() == shown
    assert (status(lifts) is Status.MISSED) is not shown


@pytest.mark.parametrize("days", [9, 13, 20, 60])
def test_after_weeks_without_power_it_is_a_miss(days: int) -> None:
    lifts = lifter()
    lifts.sleep(END + days * 24 * HOUR)
    assert lifts.times() == []
    assert lifts.outcome.reminders == ()
    assert lifts.types().count("missed") == 1


def test_between_sets_it_is_silent() -> None:
    lifts = lifter()
    lifts.go(END + 50 * MINUTE)
    lifts.tell(GymPresence(inside=True, at=lifts.now))
    lifts.go(END + 2 * HOUR)
    assert lifts.times() == []
    assert lifts.outcome.reminders[0].waits.english == "because you are training"
    lifts.tell(GymPresence(inside=False, at=lifts.now))
    lifts.go(END + 3 * HOUR)
    assert lifts.times() == ["24 21:10"]
    reminders = [entry.status for entry in lifts.state.reminders]
    assert sorted(reminders) == [Status.OPEN, Status.SUPERSEDED]


def test_on_the_tool_it_is_silent() -> None:
    lifts = lifter()
    lifts.go(END + 50 * MINUTE)
    lifts.tell(SessionOpened(lifts.now))
    lifts.go(END + 70 * MINUTE)
    assert lifts.times() == []
    assert lifts.outcome.reminders[0].waits.english == "because you are on the tool"


def test_switched_off_it_is_silent_and_misses_nothing() -> None:
    lifts = lifter(enabled=False)
    lifts.go(END + 80 * HOUR)
    assert lifts.times() == []
    assert status(lifts) is Status.PAUSED


def test_a_training_taken_back_takes_its_reminder_with_it() -> None:
    lifts = lifter()
    lifts.go(END + HOUR)
    lifts.tell(TrainingRemoved("hevy", "1"))
    assert not lifts.standing
    assert status(lifts) is Status.WITHDRAWN


def test_a_corrected_end_moves_what_was_not_shown() -> None:
    lifts = lifter()
    later = END + 30 * MINUTE
    lifts.go(later)
    lifts.tell(trained(later, "Deadlift"))
    lifts.go(END + 2 * HOUR)
    assert lifts.times() == ["24 19:40"]


def test_a_correction_to_light_exercises_withdraws_it() -> None:
    lifts = lifter()
    lifts.tell(trained(END, "Bench press"))
    assert status(lifts) is Status.WITHDRAWN
    lifts.go(END + 80 * HOUR)
    assert lifts.times() == []


def test_a_later_training_takes_over() -> None:
    lifts = lifter()
    second = END + 24 * HOUR
    lifts.go(second)
    lifts.tell(trained(second, "Squat", id="2"))
    lifts.tell(session(second + MINUTE, *SPOTS))
    assert [entry.status for entry in lifts.state.reminders] == [Status.DONE, Status.DONE]


def test_trainings_that_may_have_loaded_the_muscle_can_be_left_out() -> None:
    lifts = player(maybe=False)
    lifts.tell(trained(END, "Turkish get-up"))
    assert lifts.state.reminders == []


def test_three_reminders_without_answer_ask_somebody_to_look() -> None:
    lifts = lifter()
    lifts.go(at("2026-11-25 17:00"))
    assert not lifts.outcome.unanswered
    lifts.go(at("2026-11-25 18:00"))
    assert lifts.outcome.unanswered
    lifts.tell(Answer(Action.START, lifts.now))
    assert not lifts.outcome.unanswered


def test_being_away_does_not_stop_a_release_reminder() -> None:
    lifts = lifter()
    lifts.tell(Away(value=True, at=END))
    lifts.go(END + HOUR)
    assert lifts.times() == ["24 19:10"]


# Rest days


def test_a_rest_day_is_asked_when_the_plan_wants_more() -> None:
    rests = player(at("2026-11-24 08:00"), per_week=3)
    rests.go(at("2026-11-24 18:00"))
    assert rests.times() == ["24 18:00"]
    why = rests.delivered[0].notice.why.english
    assert why == "because 0 of the last 7 days had a session, and your plan has 3"
    rests.go(at("2026-11-24 18:40"))
    rests.tell(session(rests.now, *SPOTS))
    assert status(rests) is Status.DONE
    rests.go(at("2026-11-25 21:00"))
    assert rests.times() == ["24 18:00"], "alternate days"
    rests.go(at("2026-11-26 18:00"))
    assert rests.times() == ["24 18:00", "26 18:00"]


def test_lifting_days_are_not_asked_as_rest_days() -> None:
    settings = replace(
        SETTINGS,
        release=ReleaseRules(per_week=3),
        lifting=LiftingRules(weekdays=frozenset({1})),
    )
    rests = Player(settings, at("2026-11-24 08:00"))
    rests.go(at("2026-11-24 21:00"))
    assert rests.times() == []


# Before lifting


def test_a_short_one_is_offered_before_a_planned_training() -> None:
    lifts = player(at("2026-11-24 08:00"), before_lift=True)
    event = CalendarEvent("Gym: squats", at("2026-11-24 17:00"), at("2026-11-24 18:00"))
    lifts.tell(CalendarRead("calendar.gym", CalendarKind.LIFTING, (event,)))
    lifts.go(at("2026-11-24 17:30"))
    assert lifts.times() == ["24 16:30"]
    assert "60 seconds a side" in lifts.delivered[0].notice.message.english
    assert status(lifts) is Status.LAPSED
    assert not lifts.standing
    assert "missed" not in lifts.types()


def test_no_offer_once_training_has_begun() -> None:
    lifts = player(at("2026-11-24 08:00"), before_lift=True)
    event = CalendarEvent("Gym", at("2026-11-24 17:00"), at("2026-11-24 18:00"))
    lifts.tell(CalendarRead("calendar.gym", CalendarKind.LIFTING, (event,)))
    lifts.go(at("2026-11-24 16:20"))
    lifts.tell(TrainingReported(Report("watch", "1", lifts.now, None)))
    lifts.go(at("2026-11-24 17:30"))
    assert lifts.times() == []


# Clocks


def test_clocks_that_change_do_not_change_how_long_an_hour_is() -> None:
    end = at("2026-10-25 01:30")
    lifts = Player(replace(SETTINGS, quiet=Hours(time(0), time(0))), end)
    lifts.tell(trained(end, "Deadlift"))
    lifts.go(end + 2 * HOUR)
    assert lifts.delivered[0].at - end == HOUR
    closes = lifts.state.reminders[0].closes
    assert closes - end == timedelta(hours=72)


def test_a_move_to_another_zone_moves_the_quiet_hours() -> None:
    lifts = lifter()
    lifts.coach.settings = replace(lifts.coach.settings, zone="Asia/Tokyo")
    lifts.tell()
    lifts.go(END + 12 * HOUR)
    assert lifts.times(BERLIN) == ["24 23:00", "25 01:00"]
