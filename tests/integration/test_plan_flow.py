"""A plan is chosen in a few questions, shown in a sentence, and changed later."""

from datetime import date, time
from typing import Any

import pytest
from custom_components.ql_release.coach import (
    REST,
    TEMPLATES,
    Hours,
    LiftingRules,
    Programme,
    Settings,
    Spot,
    Workout,
)
from custom_components.ql_release.coaching.settings import (
    SourceSettings,
    WatchedEntity,
    WatchedEvent,
    coach_settings,
    delivery_settings,
    has_plan,
    source_settings,
    stored,
)
from custom_components.ql_release.coaching.words import async_spot_names
from custom_components.ql_release.const import (
    CONF_COACH,
    CONF_DELIVERY,
    CONF_NOTIFY,
    CONF_SOURCES,
)
from custom_components.ql_release.person_flow.cycle import cycle_answers, cycle_as
from custom_components.ql_release.person_flow.details import (
    desk_answers,
    reminder_answers,
    spots_answers,
)
from custom_components.ql_release.person_flow.plan import (
    LONGEST_MIN,
    SHORTEST_MIN,
    plan_answers,
)
from custom_components.ql_release.person_flow.templates import template_answers
from freezegun.api import FrozenDateTimeFactory
from home import subentry
from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers.translation import async_get_translations
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

PROFILE = {"name": "Anna", "sessions_per_week": 3, "hold_s": 10}
ANSWERS = {
    "days": ["mon", "wed", "fri"],
    "minutes": 10,
    "delay_min": 45,
    "before_lift": False,
    "per_week": 3,
    "quiet_from": "21:30:00",
    "quiet_to": "07:00:00",
    "nudges": False,
}
TOLD = {"targets": ["mobile_app_phone"], "persistent": True}


@pytest.fixture(autouse=True)
async def _words(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Have what is said in the language of the home."""
    entry.add_to_hass(hass)
    hass.config.components.add("ql_release")
    for language in ("en", "de"):
        await async_get_translations(hass, language, "selector", {"ql_release"})


async def answer(hass: HomeAssistant, flow: str, *answers: dict[str, Any]) -> Any:
    """Fill in forms one after another; return the last step."""
    result: Any = None
    for one in answers:
        result = await hass.config_entries.subentries.async_configure(flow, one)
    return result


async def change(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> str:
    """Begin to change Anna; return the flow."""
    (anna,) = entry.subentries.values()
    result = await entry.start_subentry_reconfigure_flow(hass, anna.subentry_id)
    await answer(hass, result["flow_id"], {"next_step_id": step})
    return str(result["flow_id"])


def anna(entry: MockConfigEntry) -> ConfigSubentry:
    """Return the only person."""
    found: ConfigSubentry = next(iter(entry.subentries.values()))
    return found


async def test_somebody_comes_with_a_plan(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Profile, plan, the sentence, how to be told."""
    async_mock_service(hass, "notify", "mobile_app_phone")
    begun = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "person"), context={"source": SOURCE_USER}
    )
    flow = begun["flow_id"]
    profile = PROFILE | {"with_plan": True, CONF_NOTIFY: "mobile_app_phone"}
    assert (await answer(hass, flow, profile))["step_id"] == "plan"
    shown = await answer(hass, flow, ANSWERS)
    assert (shown["step_id"], shown["description_placeholders"]) == (
        "confirm",
        {"plan": "On Mon, Wed, Fri after training, 10 minutes, both sides."},
    )
    told = await answer(hass, flow, {})
    suggested = {
        str(key): key.description["suggested_value"]
        for key in told["data_schema"].schema
        if key.description
    }
    assert suggested["targets"] == ["mobile_app_phone"]
    done = await answer(hass, flow, TOLD)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    settings = coach_settings(hass, anna(entry))
    assert settings.lifting.weekdays == {0, 2, 4}
    assert sum(spot.total_s for spot in settings.spots) == 600
    assert (settings.release.delay_min, settings.release.per_week) == (45, 3)
    assert settings.quiet == Hours(time(21, 30), time(7))
    assert not settings.posture.enabled
    delivery = delivery_settings(anna(entry))
    assert (delivery.targets, delivery.persistent) == (("mobile_app_phone",), True)


async def test_a_plan_is_chosen_later_and_changed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """What is not asked stays; the sentence is in the language of the home."""
    hass.config.language = "de"
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna", threshold_n=80.0))
    flow = await change(hass, entry, "plan")
    shown = await answer(hass, flow, ANSWERS | {"days": ["sat"], "minutes": 6})
    assert "Sa" in shown["description_placeholders"]["plan"]
    assert "beide Seiten" in shown["description_placeholders"]["plan"]
    assert (await answer(hass, flow, {}))["reason"] == "reconfigure_successful"
    assert anna(entry).data["threshold_n"] == 80.0
    before = coach_settings(hass, anna(entry))

    flow = await change(hass, entry, "plan")
    no_days = {key: value for key, value in ANSWERS.items() if key != "days"}
    shown = await answer(hass, flow, no_days | {"minutes": 6, "nudges": True})
    assert "Sa" not in shown["description_placeholders"]["plan"].split()
    await answer(hass, flow, {})
    after = coach_settings(hass, anna(entry))
    assert after.spots == before.spots
    assert (after.posture.enabled, after.lifting.weekdays) == (True, frozenset())


async def choose_plan(hass: HomeAssistant, entry: MockConfigEntry, **answers: Any) -> str:
    """Answer what is asked of a plan, confirm it, and return how it was shown."""
    flow = await change(hass, entry, "plan")
    shown = await answer(hass, flow, {**ANSWERS, **answers})
    await answer(hass, flow, {})
    return str(shown["description_placeholders"]["plan"])


async def test_a_programme_is_chosen(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """It begins in the week it is chosen in, and goes on where it stands."""
    freezer.move_to("2026-11-26T12:00:00+00:00")
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna"))
    chosen = {"programme": "five_three_one", "before_lift": True, "starts": "17:30:00"}
    said = await choose_plan(hass, entry, days=[], **chosen)
    assert said == "After training, as your programme has it, 10 minutes, both sides."
    settings = coach_settings(hass, anna(entry))
    assert settings.lifting.programme == TEMPLATES["five_three_one"](date(2026, 11, 23))
    assert (settings.lifting.starts, settings.release.before_lift) == (time(17, 30), True)

    freezer.move_to("2026-12-10T12:00:00+00:00")
    answers = plan_answers(settings)
    assert (answers["programme"], answers["starts"]) == ("five_three_one", "17:30:00")
    await choose_plan(hass, entry, programme="five_three_one", days=["mon", "thu"])
    programme = coach_settings(hass, anna(entry)).lifting.programme
    assert programme == TEMPLATES["five_three_one"](date(2026, 11, 23), frozenset({0, 3}))

    await choose_plan(hass, entry, programme="strong_lifts")
    programme = coach_settings(hass, anna(entry)).lifting.programme
    assert programme == TEMPLATES["strong_lifts"](date(2026, 12, 7))
    await choose_plan(hass, entry)
    assert coach_settings(hass, anna(entry)).lifting.programme is None


async def test_a_programme_of_their_own_stays(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """It is not asked for, and not lost."""
    own = Programme(date(2026, 11, 2), (Workout("heavy"), REST), weeks=3, rest_weeks=frozenset({3}))
    plan = {CONF_COACH: stored(Settings(lifting=LiftingRules(programme=own)))}
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna", **plan))
    await choose_plan(hass, entry)
    assert coach_settings(hass, anna(entry)).lifting.programme == own


@pytest.mark.parametrize("minutes", [SHORTEST_MIN, LONGEST_MIN])
async def test_as_many_minutes_as_can_be_spread(
    hass: HomeAssistant, entry: MockConfigEntry, minutes: int
) -> None:
    """What is asked for is what is shown: no more can be chosen than holds can fill."""
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna"))
    assert f", {minutes} minutes," in await choose_plan(hass, entry, minutes=minutes)


async def test_how_to_be_told_is_changed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """With a voice for the speaker; the plan stays."""
    plan = {CONF_COACH: stored(Settings()), CONF_DELIVERY: {"targets": ["a"], "tts": "tts.one"}}
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna", **plan))
    flow = await change(hass, entry, "told")
    said = {"persistent": False, "speak": ["media_player.desk"], "tts": "tts.home"}
    assert (await answer(hass, flow, said))["type"] is FlowResultType.ABORT
    delivery = delivery_settings(anna(entry))
    assert (delivery.targets, delivery.speak, delivery.tts) == (
        (),
        ("media_player.desk",),
        "tts.home",
    )
    assert has_plan(anna(entry))


async def test_sources_are_chosen(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What is not asked, such as a template, stays."""
    watched = {"entity_id": "sensor.strava", "template": "{{ true }}"}
    chosen = {CONF_COACH: stored(Settings()), CONF_SOURCES: {"entities": [watched]}}
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna", **chosen))
    flow = await change(hass, entry, "sources")
    answers = {
        "calendars": ["calendar.gym"],
        "words": ["lift"],
        "ignore": ["rest"],
        "events": ["hevy_workout_completed"],
        "entities": ["sensor.strava", "sensor.garmin"],
        "who": "person.anna",
        "gyms": ["zone.gym"],
        "seats": ["sensor.desk"],
    }
    assert (await answer(hass, flow, answers))["reason"] == "reconfigure_successful"
    sources = source_settings(anna(entry))
    assert sources == SourceSettings(
        calendars=("calendar.gym",),
        entities=(WatchedEntity("sensor.strava", "{{ true }}"), WatchedEntity("sensor.garmin")),
        person="person.anna",
        gyms=("zone.gym",),
        seats=("sensor.desk",),
    )
    lifting = coach_settings(hass, anna(entry)).lifting
    assert (lifting.words, lifting.ignore) == (("lift",), ("rest",))
    assert has_plan(anna(entry))
    flow = await change(hass, entry, "sources")
    await answer(hass, flow, answers)
    assert source_settings(anna(entry)) == sources


async def test_events_and_templates_are_chosen(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Events by their type; a template of one of them, or of an entity."""
    hass.config_entries.async_add_subentry(
        entry, subentry("p1", "Anna", **{CONF_COACH: stored(Settings())})
    )
    flow = await change(hass, entry, "sources")
    for wrong in ("*", "state_reported", "my event"):
        refused = await answer(hass, flow, {"events": [wrong]})
        assert refused["errors"] == {"events": "invalid_event"}
    events = ["hevy_workout_completed", "my_training", "my_training"]
    await answer(hass, flow, {"events": events, "entities": ["sensor.strava"]})

    flow = await change(hass, entry, "template")
    with pytest.raises(InvalidData):
        await answer(hass, flow, {"source": "my_training", "template": "{{ oops"})
    own = "{{ event.data.sport == 'lift' }}"
    await answer(hass, flow, {"source": "my_training", "template": own})
    flow = await change(hass, entry, "template")
    await answer(hass, flow, {"source": "sensor.strava", "template": "{{ state.state }}"})
    sources = source_settings(anna(entry))
    hevy = WatchedEvent("hevy_workout_completed")
    assert sources.events == (hevy, WatchedEvent("my_training", own))
    assert sources.entities == (WatchedEntity("sensor.strava", "{{ state.state }}"),)
    assert template_answers(sources) == {"source": "my_training", "template": own}

    flow = await change(hass, entry, "template")
    await answer(hass, flow, {"source": "my_training"})
    assert source_settings(anna(entry)).events == (hevy, WatchedEvent("my_training"))


async def test_without_events_and_entities_no_template_is_asked_for(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """There is nothing that could have one."""
    chosen = {CONF_COACH: stored(Settings()), CONF_SOURCES: {"events": []}}
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna", **chosen))
    menu = await entry.start_subentry_reconfigure_flow(hass, anna(entry).subentry_id)
    assert "template" not in menu["menu_options"]


async def test_a_plan_is_given_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """After it was asked once more."""
    plan = {CONF_COACH: stored(Settings())}
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna", **plan))
    flow = await change(hass, entry, "no_plan")
    await answer(hass, flow, {})
    assert not has_plan(anna(entry))


async def choose(
    hass: HomeAssistant, entry: MockConfigEntry, step: str, **answers: Any
) -> dict[str, Any]:
    """Answer a form of a person with a plan; return what comes of it."""
    if not entry.subentries:
        plan = {CONF_COACH: stored(Settings())}
        hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna", **plan))
    return dict(await answer(hass, await change(hass, entry, step), answers))


async def test_spots_are_chosen(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """In their order; without any there is no session. A longer session can be kept as it is."""
    spots = ["psoas_left_upper", "quadratus_lumborum_right_lower"]
    none = await choose(hass, entry, "spots", spots=[], holds=3, hold_s=60)
    assert none["errors"] == {"spots": "no_spot"}
    await choose(hass, entry, "spots", spots=spots, holds=3, hold_s=60)
    chosen = coach_settings(hass, anna(entry)).spots
    assert chosen == (
        Spot("psoas", "left", "upper", 3, 60.0),
        Spot("quadratus_lumborum", "right", "lower", 3, 60.0),
    )
    assert spots_answers(coach_settings(hass, anna(entry))) == {
        "spots": spots,
        "holds": 3,
        "hold_s": 60.0,
    }
    many = [f"{muscle}_{side}_{zone}" for muscle in ("psoas", "piriformis")
            for side in ("left", "right") for zone in ("upper", "middle", "lower")]  # fmt: skip
    await choose(hass, entry, "spots", spots=many, holds=3, hold_s=90)
    await choose_plan(hass, entry, minutes=54)
    assert len(coach_settings(hass, anna(entry)).spots) == len(many)


async def test_spots_have_the_names_of_placements(hass: HomeAssistant) -> None:
    """In the language of the home."""
    hass.config.language = "de"
    await async_get_translations(hass, "de", "entity", {"ql_release"})
    names = async_spot_names(hass)
    assert names["psoas_left_upper"] == "Psoas, links, oben"
    assert "not_set" not in names


async def test_a_programme_of_their_own_is_written(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It stands in the form again, and goes when it has no workouts."""
    answers = {
        "workouts": ["Pull: Deadlift, Row", "-", " Push "],
        "training_days": ["mon", "thu"],
        "begins": "2026-11-30",
        "weeks": 4,
        "deload_weeks": ["4"],
        "rest_weeks": [],
    }
    wrong = await choose(hass, entry, "cycle", **answers | {"rest_weeks": ["5"]})
    assert wrong["errors"] == {"rest_weeks": "no_such_week"}
    wrong = await choose(hass, entry, "cycle", **answers | {"workouts": ["-", "-"]})
    assert wrong["errors"] == {"workouts": "only_rest"}
    await choose(hass, entry, "cycle", **answers)
    programme = coach_settings(hass, anna(entry)).lifting.programme
    assert programme == Programme(
        date(2026, 11, 30),
        (Workout("Pull", ("Deadlift", "Row")), REST, Workout("Push")),
        weekdays=frozenset({0, 3}),
        weeks=4,
        deload_weeks=frozenset({4}),
    )
    assert cycle_as(cycle_answers(programme, date(2026, 12, 1))) == programme
    await choose(hass, entry, "cycle", begins="2026-11-30", weeks=1)
    assert coach_settings(hass, anna(entry)).lifting.programme is None
    assert cycle_answers(None, date(2026, 12, 2)) == {"begins": "2026-11-30", "weeks": 1}


async def test_how_it_reminds_is_chosen(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What is asked is what there was."""
    answers = {
        "at": "17:00:00",
        "repeat_min": 90,
        "max_per_day": 1,
        "maybe": False,
        "by_hand": False,
    }
    await choose(hass, entry, "reminders", **answers)
    settings = coach_settings(hass, anna(entry))
    assert reminder_answers(settings) == answers
    assert (settings.release.at, settings.release.by_hand) == (time(17), False)


async def test_how_it_nudges_is_chosen(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """With the height of a desk that one sits at."""
    answers = {
        "interval_min": 60,
        "max_per_day": 3,
        "hours_from": "09:00:00",
        "hours_to": "17:00:00",
        "other_days": True,
        "sitting_below_cm": 85.0,
    }
    await choose(hass, entry, "desk", **answers)
    settings, sources = coach_settings(hass, anna(entry)), source_settings(anna(entry))
    assert desk_answers(settings, sources) == answers
    assert settings.posture.hours == Hours(time(9), time(17))
