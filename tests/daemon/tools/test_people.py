"""What is known of people, and whose limits are in force."""

from typing import Any

from ql_release.context import Limits
from ql_release.payloads.people import Profile
from ql_release.plan import PlannedSpot
from ql_release.settings import Settings
from ql_release.tools.people import People


def people(*configured: dict[str, Any], sent: dict[str, bytes] | None = None) -> People:
    settings = Settings.model_validate(
        {
            "people": list(configured),
            "tools": {"mat": {"serial": "0" * 16, "contact_area_cm2": 20}},
            "session": {"end_after_s": 90},
        }
    )
    return People(settings, sent or {})


ANNA = {"id": "anna", "threshold_n": 80, "body_mass_kg": 60, "plan": {"hold_s": 20}}
BEN = {"id": "ben", "threshold_n": 50}


def test_a_person_brings_limits_and_the_tool_its_area() -> None:
    limits = people(ANNA, BEN).limits("mat", "anna")
    assert limits == Limits(80, 60, 20, end_after_s=90, dose_hold_s=20)


SPOT = {"muscle": "psoas", "side": "left", "zone": "upper"}


def test_a_plan_is_in_force_whether_it_was_configured_or_sent() -> None:
    plan = {"steps": [SPOT, SPOT | {"side": "right", "holds": 3, "hold_s": 45}]}
    wanted = (
        PlannedSpot("psoas", "left", "upper", 2, 30.0),
        PlannedSpot("psoas", "right", "upper", 3, 45.0),
    )
    configured = people({"id": "anna", "plan": plan})
    assert configured.limits("mat", "anna").plan == wanted
    sent = people()
    sent.put(Profile.model_validate({"person": "ben", "plan": plan}))
    assert sent.limits("mat", "ben").plan == wanted
    assert sent.limits("mat", "carl").plan == ()


def test_a_tool_without_settings_has_no_area() -> None:
    assert people(ANNA).limits("couch", "anna").contact_area_cm2 is None


def test_the_only_person_known_is_meant_when_nobody_is_named() -> None:
    assert people(ANNA).limits("mat", None).threshold_n == 80


def test_nobody_is_meant_when_several_are_known() -> None:
    assert people(ANNA, BEN).limits("mat", None) == Limits(None, None, 20, end_after_s=90)


def test_a_stranger_has_no_limits_though_one_person_is_known() -> None:
    assert people(ANNA).limits("mat", "carl").limit_n is None


def test_a_profile_replaces_the_settings_whole() -> None:
    known = people(ANNA)
    known.put(Profile(person="anna", threshold_n=70))
    limits = known.limits("mat", "anna")
    assert (limits.threshold_n, limits.body_mass_kg, limits.dose_hold_s) == (70, None, 10)


def test_a_journaled_profile_wins_over_the_settings() -> None:
    stored = Profile(person="anna", threshold_n=70).model_dump_json().encode()
    assert people(ANNA, sent={"anna": stored}).limits("mat", "anna").threshold_n == 70


def test_forgetting_leaves_what_the_settings_say() -> None:
    known = people(ANNA)
    known.put(Profile(person="anna", threshold_n=70))
    known.forget("anna")
    assert known.limits("mat", "anna").threshold_n == 80


def test_forgetting_leaves_nothing_of_a_person_who_was_only_sent() -> None:
    known = people(ANNA)
    known.put(Profile(person="carl", threshold_n=70))
    assert known.limits("mat", None).threshold_n is None
    known.forget("carl")
    assert known.limits("mat", "carl").threshold_n is None
    assert known.limits("mat", None).threshold_n == 80
