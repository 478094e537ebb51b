"""The sentences after a session: true, few, and in careful words."""

import re
from pathlib import Path
from typing import Any

import pytest

from ql_release.payloads.base import Placement
from ql_release.sessions.drift import zero_drift
from ql_release.sessions.insights import insights
from ql_release.sessions.tally import Tally

FORBIDDEN = re.compile(
    r"treat|cure|diagnos|heal|knot|injur|correct|pain|harder|more force|more pressure|must",
    re.IGNORECASE,
)


def tally(
    *holds: tuple[str, str, float], muscle: str = "quadratus_lumborum", **counts: Any
) -> Tally:
    made = Tally(holds=max(1, len(holds)), counted_holds=max(1, len(holds)))
    for side, zone, seconds in holds:
        place = Placement.model_validate({"muscle": muscle, "side": side, "zone": zone})
        made.coverage.add(place, seconds)
    for name, count in counts.items():
        setattr(made, name, count)
    return made


def told(made: Tally) -> dict[str, str]:
    return {insight.code: insight.text for insight in insights(made, 10.0)}


WHOLE_LEFT = [("left", zone, 30.0) for zone in ("upper", "middle", "lower")]
WHOLE_RIGHT = [("right", zone, 30.0) for zone in ("upper", "middle", "lower")]

SENTENCES: dict[str, tuple[Tally, str, str]] = {
    "only the middle": (
        tally(("left", "middle", 40.0)),
        "zone_left_out",
        (
            "Left quadratus lumborum: only the middle was worked; the upper end (by the lowest "
            "rib) and the lower end (by the hip crest) were left out."
        ),
    ),
    "all but the lower end": (
        tally(("right", "upper", 40.0), ("right", "middle", 40.0)),
        "zone_left_out",
        "Right quadratus lumborum: the lower end (by the hip crest) was left out.",
    ),
    "a muscle without landmarks": (
        tally(("left", "upper", 40.0), ("left", "lower", 40.0), muscle="psoas"),
        "zone_left_out",
        "Left psoas: the middle was left out.",
    ),
    "one side": (tally(*WHOLE_LEFT), "one_side", "Only the left side was worked."),
    "uneven sides": (
        tally(*WHOLE_LEFT, *WHOLE_RIGHT, ("right", "upper", 60.0)),
        "uneven_sides",
        "The right side got 62 % of the time, the left side the rest.",
    ),
    "no hold": (
        tally(holds=0, counted_holds=0),
        "no_hold",
        "There was contact, but no hold of 3 s that reached 30 N.",
    ),
    "short holds": (
        tally(holds=3, counted_holds=0),
        "short_holds",
        "No hold lasted the 10 s from which it counts.",
    ),
    "over-pressure": (
        tally(over_pressures=2),
        "over_pressure",
        "The force went above your limit twice; less is enough.",
    ),
    "bone": (
        tally(bone_contacts=1),
        "bone_contact",
        (
            "The tool seems to have rested on bone once; a spot further from rib and hip crest "
            "keeps the pressure on the muscle."
        ),
    ),
    "slips": (
        tally(slips=3),
        "slip",
        "The tool slid 3 times; after a slip the muscle needs time to settle again.",
    ),
    "releases": (
        tally(releases=1),
        "pressure_eased",
        "The pressure eased by itself once: a possible release.",
    ),
    "sinking": (
        tally(possible_sinks=1),
        "possible_sink",
        (
            "The tool sank in slowly once while the force stayed; that is noted, but not counted "
            "as a release."
        ),
    ),
}


@pytest.mark.parametrize(("made", "code", "text"), SENTENCES.values(), ids=SENTENCES)
def test_each_rule_has_its_sentence(made: Tally, code: str, text: str) -> None:
    assert told(made)[code] == text


def test_a_whole_and_even_session_needs_no_sentence() -> None:
    assert told(tally(*WHOLE_LEFT, *WHOLE_RIGHT)) == {}


@pytest.mark.parametrize(("right_s", "mentioned"), [(100.0, False), (74.0, False), (73.0, True)])
def test_sides_are_mentioned_only_above_fifteen_points(right_s: float, mentioned: bool) -> None:
    """57.5 to 42.5 is the edge: 100 s against 74 s lie just within it, against 73 s beyond."""
    made = tally(("left", "middle", 100.0), ("right", "middle", right_s))
    assert ("uneven_sides" in told(made)) is mentioned


def test_each_side_has_its_own_sentence_about_zones() -> None:
    made = tally(("left", "upper", 40.0), ("right", "lower", 40.0))
    data = [i.data for i in insights(made, 10.0) if i.code == "zone_left_out"]
    assert [(d["side"], d["missing"]) for d in data] == [
        ("left", "middle,lower"),
        ("right", "upper,middle"),
    ]


def test_what_asks_for_care_comes_first() -> None:
    made = tally(("left", "middle", 40.0), over_pressures=1, bone_contacts=1, slips=1, releases=1)
    assert [insight.code for insight in insights(made, 10.0)] == [
        "over_pressure",
        "bone_contact",
        "slip",
        "pressure_eased",
        "zone_left_out",
        "one_side",
    ]


@pytest.mark.parametrize("made", [made for made, _, _ in SENTENCES.values()], ids=SENTENCES)
def test_sentences_promise_nothing_and_ask_for_no_more_force(made: Tally) -> None:
    for text in told(made).values():
        assert FORBIDDEN.search(text) is None
        assert text.endswith(".")


def test_every_code_is_in_the_document() -> None:
    document = (Path(__file__).parents[3] / "docs" / "mqtt.md").read_text("utf-8")
    table = document.partition("| code | data | says |")[2].partition("\n\n")[0]
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE))
    of_the_zero = {insight.code for insight in zero_drift(3000)}
    assert documented == {code for _, code, _ in SENTENCES.values()} | of_the_zero
