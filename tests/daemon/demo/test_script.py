"""Whether what came is what had to come."""

from typing import Any

import pytest

from ql_release.demo.audience import Audience
from ql_release.demo.script import STEPS, Script

Step = tuple[str, str]


def event(step: Step, **more: Any) -> dict[str, Any]:
    return {"family": step[0], "type": step[1], "id": "s1", "session": "s1", **more}


def faults(came: list[Step]) -> list[str]:
    script = Script()
    for step in came:
        script.add(event(step))
    return script.faults()


def test_the_script_itself_has_no_faults() -> None:
    assert faults(list(STEPS)) == []


@pytest.mark.parametrize("place", range(len(STEPS)))
def test_whatever_is_missing_is_named(place: int) -> None:
    came = [step for number, step in enumerate(STEPS) if number != place]
    found = faults(came)
    assert len(found) == 1
    assert found[0].startswith("missing: ")


def test_nothing_at_all_is_missing_everything() -> None:
    assert len(faults([])) == len(STEPS)


def test_what_is_missing_is_placed() -> None:
    came = [step for step in STEPS if step != ("release", "released")]
    assert faults(came) == ["missing: released, after hold started 1"]


def test_what_should_not_have_come_is_named() -> None:
    came = [*STEPS[:3], ("pressure", "over_pressure"), *STEPS[3:]]
    assert faults(came) == ["unexpected: over pressure, after released 1"]


def test_the_wrong_order_is_a_fault() -> None:
    came = list(STEPS)
    came[5], came[8] = came[8], came[5]
    assert faults(came)


def test_a_second_release_is_a_fault() -> None:
    found = faults([*STEPS[:3], STEPS[2], *STEPS[3:]])
    assert len(found) == 1
    assert found[0].startswith("unexpected: released, after ")


def test_what_is_not_told_to_people_is_no_part_of_the_script() -> None:
    script = Script()
    for step in STEPS:
        script.add(event(step, confidence=0.5))
        script.add(event(("release", "released"), confidence=0.49))
    assert script.faults() == []


def test_the_audience_wants_the_summary_too() -> None:
    audience = Audience(Script())
    for step in STEPS:
        audience.event(event(step))
    assert audience.faults() == ["missing: the session's summary"]
    assert not audience.session_over.is_set()
    audience.summary({"session": "s1"})
    assert audience.faults() == []
    assert audience.session_over.is_set()


def test_of_a_recording_only_the_summaries_of_its_sessions_are_wanted() -> None:
    audience = Audience(None)
    assert audience.faults() == []
    for number in ("s1", "s2"):
        audience.event(event(("session", "started"), id=number))
        assert audience.session_open
        assert audience.faults()
        audience.summary({"session": number})
    assert not audience.session_open
    assert audience.sessions == 2
    assert audience.faults() == []
