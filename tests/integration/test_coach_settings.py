"""What a person has chosen of the coach is read from their subentry, field by field."""

from typing import Any

import pytest
from coached import PLAN
from custom_components.ql_release.coach import Settings
from custom_components.ql_release.coaching.settings import (
    OFF,
    DeliverySettings,
    SourceSettings,
    WatchedEntity,
    WatchedEvent,
    coach_settings,
    delivery_settings,
    plan_steps,
    source_settings,
    stored,
)
from custom_components.ql_release.const import (
    CONF_COACH,
    CONF_DELIVERY,
    CONF_NOTIFY,
    CONF_SOURCES,
)
from home import subentry
from homeassistant.core import HomeAssistant

SOURCES = SourceSettings(
    calendars=("calendar.gym",),
    events=(WatchedEvent("workout_done", "{{ trigger.event.data.kind == 'lifting' }}"),),
    entities=(WatchedEntity("sensor.workout"),),
    person="person.anna",
    sitting_below_cm=80.0,
)
DELIVERY = DeliverySettings(
    targets=("mobile_app_phone",), speak=("media_player.mat",), tts="tts.home"
)


def test_what_is_stored_is_read_again(hass: HomeAssistant) -> None:
    """All of it, each kind under its own key."""
    chosen = {
        CONF_COACH: stored(PLAN),
        CONF_SOURCES: stored(SOURCES),
        CONF_DELIVERY: stored(DELIVERY),
    }
    anna = subentry("p1", "Anna", **chosen)
    assert coach_settings(hass, anna) == PLAN
    assert source_settings(anna) == SOURCES
    assert delivery_settings(anna) == DELIVERY


def test_without_a_plan_nothing_is_ever_shown(hass: HomeAssistant) -> None:
    """And bridges are told of no steps."""
    anna = subentry("p1", "Anna")
    found = coach_settings(hass, anna)
    assert (found.release, found.posture) == (OFF.release, OFF.posture)
    assert plan_steps(anna) == ()
    assert source_settings(anna) == SourceSettings()
    assert delivery_settings(anna) == DeliverySettings()


def test_the_zone_of_the_home_is_a_persons_own(hass: HomeAssistant) -> None:
    """Unless they have chosen another."""
    anna = subentry("p1", "Anna", **{CONF_COACH: {}})
    assert coach_settings(hass, anna).zone == hass.config.time_zone


def test_the_steps_of_a_plan_are_its_spots() -> None:
    """With holds and seconds, as bridges need them."""
    steps = plan_steps(subentry("p1", "Anna", **{CONF_COACH: stored(PLAN)}))
    assert [(one.muscle, one.side, one.zone, one.holds, one.hold_s) for one in steps] == [
        (spot.muscle, spot.side, spot.zone, spot.holds, spot.hold_s) for spot in PLAN.spots
    ]


def test_a_target_from_before_there_was_a_coach_counts() -> None:
    """Until another is chosen."""
    before = {CONF_NOTIFY: "mobile_app_old"}
    assert delivery_settings(subentry("p1", "Anna", **before)).targets == ("mobile_app_old",)
    now = before | {CONF_DELIVERY: stored(DELIVERY)}
    assert delivery_settings(subentry("p1", "Anna", **now)).targets == DELIVERY.targets


@pytest.mark.parametrize(
    ("spoilt", "value"),
    [
        ("zone", "Nowhere/Town"),
        ("spots", []),
        ("release", {"enabled": "perhaps"}),
        ("quiet", "always"),
    ],
)
def test_a_spoilt_value_costs_no_more_than_itself(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, spoilt: str, value: Any
) -> None:
    """It has its default, and the log says what to do."""
    anna = subentry("p1", "Anna", **{CONF_COACH: stored(PLAN) | {spoilt: value}})
    found = coach_settings(hass, anna)
    for name in ("zone", "spots", "release", "lifting", "posture", "quiet"):
        wanted = Settings() if name == spoilt else PLAN
        assert getattr(found, name) == getattr(wanted, name)
    assert "Anna is reminded with the default" in caplog.text
    assert "Choose it anew" in caplog.text


def test_what_is_no_mapping_is_nothing(hass: HomeAssistant) -> None:
    """As if nothing were chosen."""
    assert source_settings(subentry("p1", "Anna", **{CONF_SOURCES: "all"})) == SourceSettings()
