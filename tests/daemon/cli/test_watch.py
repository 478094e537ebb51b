"""What a subscriber sees of the messages that arrive."""

import io
import json
from typing import Any

import pytest

from ql_release.cli.console import CLEAR_LINE, Console
from ql_release.cli.watch import Watcher

STATE = {"in_contact": True, "force_n": 50.0, "force_pct": 71.4, "hold_s": 12.2}
SPOT = {"muscle": "psoas", "side": "left", "zone": "upper"}
EVENT = {
    "id": "e1",
    "family": "pressure",
    "type": "hold_started",
    "at": "2026-11-20T17:03:09.250Z",
    "session": "s1",
}
ENDED = {**EVENT, "id": "e2", "family": "session", "type": "ended", "holds": 1}


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in a time zone that is known."""
    monkeypatch.setenv("TZ", "UTC")
    __import__("time").tzset()


def send(watcher: Watcher, topic: str, document: Any, *, retained: bool = False) -> None:
    payload = document.encode() if isinstance(document, str) else json.dumps(document).encode()
    watcher.message(f"ql_release/{topic}", payload, retained=retained)


def test_an_event_is_a_line_of_three_columns(file: io.StringIO) -> None:
    send(Watcher(Console(file, file, {}), "ql_release"), "tool/ball/event/pressure", EVENT)
    assert file.getvalue() == "17:03:09  ball      hold started\n"


def test_the_names_column_is_as_wide_as_the_longest_name(file: io.StringIO) -> None:
    watcher = Watcher(Console(file, file, {}), "ql_release")
    online = {"state": "online", "at": "2026-11-20T17:03:00.000Z"}
    send(watcher, "tool/a-rather-long-name/availability", online)
    send(watcher, "tool/ball/event/pressure", EVENT)
    lines = file.getvalue().splitlines()
    assert lines[0].index("tool is online") == lines[1].index("hold started")


def test_an_event_that_comes_twice_is_shown_and_told_once(file: io.StringIO) -> None:
    told: list[Any] = []
    watcher = Watcher(Console(file, file, {}), "ql_release", on_event=told.append)
    for _ in range(2):
        send(watcher, "tool/ball/event/pressure", EVENT)
    assert len(told) == len(file.getvalue().splitlines()) == 1


def test_a_message_that_is_no_json_object_is_named_and_not_believed(file: io.StringIO) -> None:
    told: list[Any] = []
    watcher = Watcher(Console(file, file, {}), "ql_release", on_event=told.append)
    for text in ("{", "[]", "null", "\x1b"):
        send(watcher, "tool/ball/event/pressure", text)
        send(watcher, "tool/ball/state", text)
        send(watcher, "tool/ball/availability", text)
        send(watcher, "tool/ball/session/last", text)
    assert told == []
    assert set(file.getvalue().splitlines()) == {
        "          ball      unreadable message on ql_release/tool/ball/event/pressure"
    }


def test_presence_is_shown_when_it_changes(file: io.StringIO) -> None:
    watcher = Watcher(Console(file, file, {}), "ql_release")
    for state in ("online", "online", "offline"):
        send(watcher, "bridge/pi/status", state)
    send(watcher, "bridge/pi/status", "nonsense")
    lines = [line.split() for line in file.getvalue().splitlines()]
    assert lines == [["pi", "bridge", "is", "online"], ["pi", "bridge", "is", "offline"]]


def test_the_force_is_a_bar_while_there_is_contact(
    terminal: io.StringIO, file: io.StringIO
) -> None:
    watcher = Watcher(Console(terminal, file, {}), "ql_release")
    send(watcher, "tool/ball/state", STATE)
    shown = terminal.getvalue().removeprefix(CLEAR_LINE)
    assert shown.startswith("ball      █")
    assert shown.endswith("50 N   71 %  hold 0:12")
    assert shown.count("█") == shown.count("·") == 20
    send(watcher, "tool/ball/state", {**STATE, "in_contact": False})
    assert terminal.getvalue().endswith(CLEAR_LINE)


@pytest.mark.parametrize(
    ("spot", "shown"), [(SPOT, "hold 0:12 of 0:45"), (None, "hold 0:12"), ({}, "hold 0:12")]
)
def test_a_hold_at_the_plans_spot_says_how_long_it_is_to_be(
    terminal: io.StringIO, spot: object, shown: str
) -> None:
    watcher = Watcher(Console(terminal, terminal, {}), "ql_release")
    plan = {"placement": SPOT, "hold_s": 45.0}
    send(watcher, "tool/ball/state", STATE | {"placement": spot, "plan": plan})
    line = terminal.getvalue().removesuffix(CLEAR_LINE).rstrip()
    assert line.endswith(f"71 %  {shown}")


def test_more_force_than_the_bar_has_room_for_widens_its_scale(
    terminal: io.StringIO, file: io.StringIO
) -> None:
    watcher = Watcher(Console(terminal, file, {}), "ql_release")
    send(watcher, "tool/ball/state", {**STATE, "force_n": 149.0})
    send(watcher, "tool/ball/state", {**STATE, "force_n": 75.0})
    assert terminal.getvalue().rpartition(CLEAR_LINE)[2].count("█") == 20


def test_a_file_gets_no_bar(file: io.StringIO) -> None:
    send(Watcher(Console(file, file, {}), "ql_release"), "tool/ball/state", STATE)
    assert file.getvalue() == ""


@pytest.mark.parametrize("order", [("ended", "summary"), ("summary", "ended")])
def test_the_summary_follows_the_end_of_the_session_whichever_comes_first(
    file: io.StringIO, order: tuple[str, str]
) -> None:
    told: list[Any] = []
    watcher = Watcher(Console(file, file, {}), "ql_release", on_summary=told.append)
    for what in order:
        if what == "ended":
            send(watcher, "tool/ball/event/session", ENDED)
        else:
            send(watcher, "tool/ball/session/last", {"session": "s1", "holds": 1})
    lines = file.getvalue().splitlines()
    assert "session ended" in lines[0]
    assert lines[1:3] == ["", "Session summary"]
    assert [document["session"] for document in told] == ["s1"]


def test_the_summary_of_an_old_session_is_not_shown(file: io.StringIO) -> None:
    watcher = Watcher(Console(file, file, {}), "ql_release")
    send(watcher, "tool/ball/session/last", {"session": "s1"}, retained=True)
    send(watcher, "tool/ball/event/session", ENDED)
    assert "Session summary" not in file.getvalue()


def test_topics_that_are_not_for_people_are_passed_over(file: io.StringIO) -> None:
    watcher = Watcher(Console(file, file, {}), "ql_release")
    for topic in ("bridge/pi/health", "tool/ball/hello", "tool/ball/cmd", "x", "tool"):
        send(watcher, topic, {"in_contact": True})
    assert file.getvalue() == ""


def test_a_measurement_says_what_comes_next_once_and_an_old_one_nothing(file: io.StringIO) -> None:
    watcher = Watcher(Console(file, file, {}), "ql_release")
    going = {"press": 1, "of": 3, "holding_s": None, "last_n": None, "ending": None}
    state = {"in_contact": False, "at": "2026-11-20T17:03:09.250Z"}
    send(watcher, "tool/ball/state", {**state, "calibration": {**going, "ending": "nobody"}})
    for progress in (going, going, {**going, "press": 2, "last_n": 80.0}):
        send(watcher, "tool/ball/state", {**state, "calibration": progress})
    send(watcher, "tool/ball/state", {**state, "calibration": {**going, "ending": "stopped"}})
    lines = [line.partition("ball")[2].strip() for line in file.getvalue().splitlines()]
    assert lines == [
        "press 1 of 3: lean on slowly to 7 of 10, keep it 5 s, get off",
        "80 N; press 2 of 3: lean on slowly to 7 of 10, keep it 5 s, get off",
        "the measurement was stopped",
    ]
