"""Plans, what sessions do of them, what is stored, and what is said."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import coach_year
import pytest
from coach.sessions import is_done, progress
from coach.spots import LONGEST_HOLD_S, MOST_HOLDS, SHORTEST_HOLD_S, plan_minutes
from coach_lifters import LIFTERS, table, year_of
from coach_play import HOUR, MINUTE, Player, at, report, session

import coach
from coach import (
    TEMPLATES,
    TEXTS,
    Coach,
    CodecError,
    RefusedError,
    Session,
    SessionReported,
    Settings,
    Spot,
    State,
    TrainingReported,
    Work,
    spread,
)

NOW = at("2026-11-24 18:00")
LEFT = Spot("quadratus_lumborum", "left", "lower", 2, 45.0)
RIGHT = Spot("quadratus_lumborum", "right", "lower", 2, 45.0)


@pytest.mark.parametrize("minutes", [1, 3, 6, 10, 12, 15, 60])
def test_a_time_is_spread_over_holds_of_a_sensible_length(minutes: int) -> None:
    spots = spread(minutes)
    assert len(spots) == 4
    for spot in spots:
        assert SHORTEST_HOLD_S <= spot.hold_s <= LONGEST_HOLD_S
        assert 1 <= spot.holds <= MOST_HOLDS
    if 3 <= minutes <= 15:
        assert plan_minutes(spots) == minutes


COVERED = Work("quadratus_lumborum", "left", "lower", 2, 100.0)
DOSE = replace(COVERED, each_s=45.0)


@pytest.mark.parametrize(
    ("work", "unplaced_s", "done"),
    [
        ((DOSE, COVERED), 0.0, True),
        ((COVERED,), 0.0, True),
        ((), 100.0, True),
        ((), 60.0, False),
        ((replace(COVERED, hold_s=80.0),), 20.0, False),
    ],
)
def test_what_of_a_session_counts(work: tuple[Work, ...], unplaced_s: float, done: bool) -> None:
    assert is_done([LEFT], [Session("s", NOW, NOW, work, unplaced_s)]) is done


def test_a_dose_for_shorter_holds_does_not_count_as_one_for_longer() -> None:
    short = Work("quadratus_lumborum", "left", "lower", 3, 63.0, 20.0)
    made = Session("s", NOW, NOW, (short,))
    assert [entry.holds for entry in progress([LEFT], [made])] == [1]


def test_sessions_add_up() -> None:
    half = Work("quadratus_lumborum", "left", "lower", 1, 45.0, 45.0)
    sessions = [Session(str(number), NOW, NOW, (half,)) for number in range(2)]
    assert not is_done([LEFT], sessions[:1])
    assert is_done([LEFT], sessions)
    assert not is_done([LEFT, RIGHT], sessions)


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (Session("s", NOW, NOW + HOUR), "in the future"),
        (Session("s", NOW, NOW - HOUR), "ends before it starts"),
    ],
)
def test_sessions_that_cannot_be_true_are_refused(made: Session, error: str) -> None:
    with pytest.raises(RefusedError, match=error):
        Coach(Settings()).take(SessionReported(made), NOW)


def test_state_and_settings_survive_json() -> None:
    settings = Settings("Europe/Berlin")
    player = Player(settings, NOW)
    player.tell(TrainingReported(report(NOW, "Squat")), session(NOW + MINUTE))
    data = json.loads(json.dumps(player.state.to_data()))
    assert State.from_data(data).to_data() == data
    for template in TEMPLATES.values():
        lifting = coach.LiftingRules(programme=template(NOW.date()))
        made = Settings("Europe/Berlin", lifting=lifting)
        assert Settings.from_data(json.loads(json.dumps(made.to_data()))) == made


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"version": 2}, "version 2"),
        ({"version": None}, "version None"),
        ({"reports": []}, r"state.reports is \[\]"),
        ({"away": "yes"}, "state.away is 'yes'"),
        ({"session_since": "today"}, "state.session_since"),
        ({"session_since": "2026-11-24T18:00:00"}, "names no offset"),
        ({"reminders": [{}]}, r"state.reminders.0.id is missing"),
    ],
)
def test_a_damaged_state_says_where(change: dict[str, Any], error: str) -> None:
    with pytest.raises(CodecError, match=error):
        State.from_data(State().to_data() | change)


def test_unknown_names_in_stored_data_are_ignored_and_missing_ones_have_defaults() -> None:
    assert State.from_data({"version": 1, "news": 5}).to_data() == State().to_data()
    assert Settings.from_data({}) == Settings()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"zone": "Europe/Nowhere"}, "no time zone"),
        ({"spots": []}, "at least one spot"),
        ({"release": {"max_per_day": 3}}, "max_per_day must be 1 to 2"),
        ({"release": {"window_h": 100}}, "window_h must be 1 to 72"),
        ({"posture": {"interval_min": 30}}, "45 to 60"),
        ({"posture": {"max_per_day": 7}}, "1 to 6"),
        ({"lifting": {"weekdays": [9]}}, "weekdays must be 0 to 6"),
        ({"quiet": {"start": "late", "end": "07:00"}}, "settings.quiet.start"),
        ({"spots": [{"muscle": "psoas", "side": "left", "zone": "upper", "holds": 0}]}, "one hold"),
    ],
)
def test_settings_beyond_their_limits_say_so(data: dict[str, Any], error: str) -> None:
    with pytest.raises(CodecError, match=error):
        Settings.from_data(data)


FORBIDDEN = re.compile(
    r"sit (up )?straight|posture|treat|cure|diagnos|knot|prevent|injur|pain|heal|harder|streak"
    r"|more force|correct your (posture|back)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("key", list(TEXTS))
def test_words_are_kind_and_claim_nothing(key: str) -> None:
    assert not FORBIDDEN.search(TEXTS[key])
    assert re.fullmatch(r"[a-z0-9_]+", key)
    assert TEXTS[key] == TEXTS[key].strip()
    assert "'{" not in TEXTS[key]


def test_it_imports_nothing_but_the_standard_library() -> None:
    """It must run where Home Assistant is not, and start nothing that reads or waits."""
    program = (
        "import sys; import coach; "
        "print(*(name.split('.')[0] for name in sys.modules if name != '__main__'))"
    )
    folder = Path(coach.__file__).parents[1]
    names = subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(folder)},
    ).stdout.split()
    foreign = {name for name in names if name not in sys.stdlib_module_names}
    assert {name for name in foreign if not name.startswith("_")} == {"coach"}
    assert "asyncio" not in names


def test_a_year_is_the_same_each_time() -> None:
    assert year_of(LIFTERS[4]) == year_of(LIFTERS[4])


def test_the_page_shows_the_table_of_today() -> None:
    page = coach_year.PAGE.read_text(encoding="utf-8")
    assert page == coach_year.written(page, list(table())), "run make coach-year"
