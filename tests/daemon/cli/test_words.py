"""What events are called for people."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ql_release.cli import summary, words
from ql_release.cli.console import Style
from ql_release.events import EVENT_MODELS

NEVER_SAID = re.compile(
    r"treat|cure|diagnos|heal|pain|knot|prevent|injur|correct|therap|press (harder|more)",
    re.IGNORECASE,
)
"""A wellness product says none of these, and never asks for more force."""


@pytest.fixture(params=sorted(EVENT_MODELS), ids="/".join)
def example(request: pytest.FixtureRequest, repository: Path) -> dict[str, Any]:
    """Return the contract's example of each event in turn."""
    name = "-".join(("event", *request.param))
    path = repository / "tests" / "contract" / "mqtt" / "examples" / f"{name}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_every_event_of_the_contract_has_words_of_its_own(example: dict[str, Any]) -> None:
    text = words.describe(example)
    assert text
    assert text != f"{example['family']}: {example['type']}"


def test_no_words_promise_or_push(example: dict[str, Any]) -> None:
    assert not NEVER_SAID.search(words.describe(example))


def test_words_fit_a_narrow_terminal_beside_time_and_name(example: dict[str, Any]) -> None:
    assert len(words.describe(example)) <= 57


def test_an_event_that_lacks_its_figures_is_still_described(example: dict[str, Any]) -> None:
    bare = {"family": example["family"], "type": example["type"]}
    assert words.describe(bare)


def test_an_event_of_a_newer_contract_is_called_by_its_name() -> None:
    assert words.describe({"family": "session", "type": "paused"}) == "session: paused"


def test_what_is_not_certain_is_told_quietly() -> None:
    event = {"family": "release", "type": "released", "confidence": 0.4, "drop_pct": 7.6}
    assert words.describe(event) == "pressure eased 8 %, not a clear release (confidence 0.40)"
    assert words.style(event) is Style.FAINT
    clear = {**event, "confidence": 0.83}
    assert words.describe(clear) == "pressure eased 8 %: possible release (confidence 0.83)"
    assert words.style(clear) is Style.GOOD


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (-3, "0:00"), (3600, "60:00")]
)
def test_durations_are_minutes_and_seconds(seconds: float, text: str) -> None:
    assert words.minutes(seconds) == text


def test_the_summary_is_a_table_that_fits(repository: Path) -> None:
    path = repository / "tests" / "contract" / "mqtt" / "examples" / "tool-session-last.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    lines = summary.table(document, 80)
    assert all(len(line) < 80 for line in lines)
    assert any(line.startswith("  duration ") for line in lines)
    labels = [line[:22] for line in lines if not line.startswith(("  - ", "    "))]
    assert all(label[21] == " " for label in labels)
    assert not NEVER_SAID.search(" ".join(lines))


def test_a_hold_says_where_it_is_and_how_much_of_it_was_not_seen() -> None:
    spot = {"muscle": "gluteus_medius", "side": "left", "zone": "upper"}
    started = {"family": "pressure", "type": "hold_started", "placement": spot}
    assert words.describe(started) == "hold started: gluteus medius, left, upper"
    assert words.describe(started | {"placement": None}) == "hold started"
    ended = {"family": "pressure", "type": "hold_ended", "hold_s": 46.1, "unjudged_s": 12.4}
    assert words.describe(ended).endswith(", 12 s unseen")
    assert words.describe(ended | {"unjudged_s": 0.2}).endswith("peak 0 N")


def test_the_summary_compares_with_the_plan() -> None:
    spot = {"muscle": "psoas", "side": "left", "zone": "upper", "holds": 1, "holds_wanted": 2}
    lines = summary.table({"dose": [spot, spot | {"holds": 2, "done": True}]}, 80)
    assert "  not done            psoas, left, upper: 1 of 2 holds" in lines
    assert "  done                psoas, left, upper: 2 of 2 holds" in lines


def test_a_summary_without_figures_is_still_a_table() -> None:
    lines = summary.table({"coverage": "none", "insights": [1], "left_right": 3}, 80)
    assert "  holds               0 (0:00 in all)" in lines


MEASURING = {"press": 2, "of": 3, "holding_s": None, "last_n": None, "ending": None}


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"press": 1}, "press 1 of 3: lean on slowly to 7 of 10, keep it 5 s, get off"),
        ({"last_n": 80.4}, "80 N; press 2 of 3: lean on slowly to 7 of 10, keep it 5 s, get off"),
        ({"holding_s": 2.1}, "press 2 of 3: kept 2 s"),
        ({"ending": "measured"}, "the measurement is done"),
        ({"ending": "tired"}, "measurement ended: tired"),
    ],
)
def test_the_measurement_of_a_threshold_is_told(changed: dict[str, Any], text: str) -> None:
    assert words.progress({"calibration": MEASURING | changed}) == text


def test_without_a_measurement_there_is_no_progress() -> None:
    assert words.progress({"calibration": None}) is None
    assert words.progress({}) is None


def test_no_ending_promises_or_pushes() -> None:
    for ending in words.ENDINGS.values():
        assert not NEVER_SAID.search(ending)


def test_a_threshold_is_told_with_how_sure_it_is() -> None:
    event = {"family": "session", "type": "calibrated", "threshold_n": 84.5}
    assert words.describe(event) == "your threshold was measured: 84 N"
    sure = {**event, "presses": 4, "spread_pct": 7.2}
    assert words.describe(sure) == "your threshold was measured: 84 N (4 presses, within 7 %)"
