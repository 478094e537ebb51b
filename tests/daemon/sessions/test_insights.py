"""The sentences after a session: true, few, and in careful words."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ql_release.payloads.base import Placement
from ql_release.payloads.session import DoseEntry
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


def told(made: Tally, dose: Sequence[DoseEntry] = ()) -> dict[str, str]:
    return {insight.code: insight.text for insight in insights(made, 10.0, dose)}


def spot(side: str, zone: str, holds: int, hold_s: float) -> DoseEntry:
    """Return what a spot got of two planned holds of 45 s."""
    fields = {"muscle": "quadratus_lumborum", "side": side, "zone": zone, "holds_wanted": 2}
    figures = {"holds": holds, "hold_s": hold_s, "hold_s_wanted": 90.0, "done": holds >= 2}
    return DoseEntry.model_validate(fields | figures)


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
    "one stuck zone": (
        tally(stuck_zones={2}),
        "zone_stuck",
        ("Force zone 3 did not follow the others: its force was left out; check its wiring."),
    ),
    "stuck zones": (
        tally(stuck_zones={3, 0, 1}),
        "zone_stuck",
        (
            "Force zones 1, 2 and 4 did not follow the others: their force was left out; check "
            "their wiring."
        ),
    ),
    "not judged": (
        tally(unjudged_s=40.3),
        "not_judged",
        (
            "For 40 s of the holds samples were missing or a sensor was at its limit: what "
            "happened then could not be judged."
        ),
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


PLANNED: dict[str, tuple[list[DoseEntry], str, str]] = {
    "all done": (
        [spot("left", "upper", 2, 100.0), spot("right", "upper", 3, 140.0)],
        "plan_done",
        "The plan is done: every spot of it got its holds.",
    ),
    "too short": (
        [spot("left", "upper", 0, 60.0), spot("right", "middle", 2, 95.0)],
        "dose_short",
        "Left quadratus lumborum, the upper end: 0 of 2 planned holds lasted the planned 45 s.",
    ),
    "two zones missing": (
        [
            spot("left", "upper", 0, 0.0),
            spot("right", "middle", 2, 95.0),
            spot("left", "lower", 0, 0.0),
            spot("left", "upper", 0, 0.0),
        ],
        "planned_left_out",
        (
            "Left quadratus lumborum: the upper end (by the lowest rib) and the lower end (by the "
            "hip crest) were planned, but left out."
        ),
    ),
}


@pytest.mark.parametrize(("dose", "code", "text"), PLANNED.values(), ids=PLANNED)
def test_each_rule_of_the_plan_has_its_sentence(
    dose: list[DoseEntry], code: str, text: str
) -> None:
    sentences = told(tally(("right", "middle", 95.0)), dose)
    assert sentences[code] == text
    assert FORBIDDEN.search(text) is None
    others = {"plan_done", "dose_short", "planned_left_out"} - {code}
    assert not others & sentences.keys()


def test_without_any_hold_the_plan_is_not_spoken_of() -> None:
    made = tally(holds=0, counted_holds=0)
    assert told(made, [spot("left", "upper", 0, 0.0)]).keys() == {"no_hold"}


def test_a_zone_that_was_planned_is_left_out_of_the_plan_and_not_once_more() -> None:
    dose = [spot("left", "middle", 2, 95.0), spot("left", "lower", 0, 0.0)]
    sentences = told(tally(("left", "middle", 95.0)), dose)
    assert sentences["zone_left_out"].endswith(
        "only the middle was worked; the upper end (by the lowest rib) was left out."
    )
    assert "the lower end" in sentences["planned_left_out"]


def test_a_second_visit_that_was_left_out_is_a_short_dose_there() -> None:
    dose = [spot("left", "middle", 2, 95.0), spot("left", "middle", 0, 0.0)]
    assert "planned_left_out" not in told(tally(("left", "middle", 95.0)), dose)
    assert "0 of 2 planned holds" in told(tally(("left", "middle", 95.0)), dose)["dose_short"]


@pytest.mark.parametrize(("seconds", "said"), [(0.0, False), (0.99, False), (1.0, True)])
def test_a_hiccup_of_the_radio_is_not_spoken_of(seconds: float, said: bool) -> None:
    assert ("not_judged" in told(tally(*WHOLE_LEFT, unjudged_s=seconds))) is said


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
    told = {code for _, code, _ in (*SENTENCES.values(), *PLANNED.values())}
    assert documented == told | {insight.code for insight in zero_drift(3000)}
