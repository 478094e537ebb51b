"""A lifting day, from the training to the session, with everything in between as it is."""

import logging
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from coached import ANNA, PLAN, Coached
from companion import Companion, app_integration, companion
from custom_components.ql_release.coaching.settings import DeliverySettings, stored
from custom_components.ql_release.const import CONF_COACH, CONF_DELIVERY, DOMAIN
from custom_components.ql_release.contract.base import timestamp
from freezegun.api import FrozenDateTimeFactory
from home import Home, subentry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MqttMockHAClient,
)


@pytest.fixture
def _app() -> Generator[None]:
    """Let the companion app's integration load."""
    with app_integration():
        yield


@pytest.fixture
async def phone(
    _app: None, hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> AsyncGenerator[Companion]:
    """Return Anna's phone."""
    assert await async_setup_component(hass, "mobile_app", {})
    await hass.async_block_till_done()
    async with companion(hass, await hass_client(), "Annas phone") as phone:
        yield phone


@pytest.fixture
async def day(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    phone: Companion,
    entry: MockConfigEntry,
    request: pytest.FixtureRequest,
) -> Coached:
    """Return an evening after a training of Anna, who is told on her phone, and has a tool."""
    entry.add_to_hass(hass)
    delivery = DeliverySettings(("mobile_app_annas_phone",))
    anna = subentry(ANNA, "Anna", **{CONF_COACH: stored(PLAN), CONF_DELIVERY: stored(delivery)})
    hass.config_entries.async_add_subentry(entry, anna)
    home = Home(hass, entry, mqtt_mock)
    await home.set_up()
    await home.tool_online()
    # Only now, and onward: what MQTT waits for is real time.
    freezer: FrozenDateTimeFactory = request.getfixturevalue("freezer")
    freezer.move_to((datetime.now(UTC) + timedelta(days=1)).replace(hour=18, minute=0))
    day = Coached(home, freezer)
    day.manager.async_listen_happenings(day._happened)
    return day


def on_tool(minutes: float) -> dict[str, Any]:
    """Return how a session ends that did all of the plan and took so long until now."""
    end = datetime.now(UTC)
    dose = [
        {
            "muscle": spot.muscle,
            "side": spot.side,
            "zone": spot.zone,
            "holds": spot.holds,
            "holds_wanted": spot.holds,
            "hold_s": spot.total_s,
            "hold_s_wanted": spot.total_s,
            "done": True,
        }
        for spot in PLAN.spots
    ]
    return {
        "at": timestamp(end),
        "decided_at": timestamp(end),
        "started_at": timestamp(end - timedelta(minutes=minutes)),
        "duration_s": 60.0 * minutes,
        "dose": dose,
    }


async def test_from_training_to_session(day: Coached, phone: Companion) -> None:
    """Reminded on the phone, put off there, reminded again, and cleared by the tool."""
    await day.trained()
    assert not phone.pushed
    await day.wait(minutes=60)
    (shown,) = phone.standing.values()
    assert shown["title"] == "Time to release"
    assert shown["message"].endswith("\nBecause you logged Deadlift at 18:00.")
    assert [one["title"] for one in shown["data"]["actions"]] == [
        "Start",
        "In 30 minutes",
        "Skip",
    ]

    await phone.press("In 30 minutes")
    await day.home.settle()
    assert day.told == ["training_ended", "release_due", "snoozed"]
    assert not phone.standing
    await day.wait(minutes=31)
    assert len(phone.standing) == 1

    await day.wait(minutes=10)
    start = timestamp(datetime.now(UTC))
    await day.home.event("session-started", at=start, decided_at=start)
    await day.wait(minutes=8)
    await day.home.event("session-ended", **on_tool(minutes=8))
    assert not phone.standing
    assert phone.pushed[-1]["message"] == "clear_notification"
    assert day.told[-1] == "cleared"
    pushed = len(phone.pushed)
    await day.wait(days=1)
    assert len(phone.pushed) == pushed


async def test_skipped_over_a_restart(day: Coached, phone: Companion) -> None:
    """What stood on the phone before a restart is answered after it."""
    await day.trained()
    await day.wait(minutes=60)
    await day.restart()
    await phone.press("Skip")
    await day.home.settle()
    assert day.told[-1] == "skipped"
    assert not day.runner.outcome.reminders


async def test_nothing_left_to_answer(
    day: Coached, phone: Companion, caplog: pytest.LogCaptureFixture
) -> None:
    """A second touch on what was answered does nothing, and nothing is logged of it."""
    await day.trained()
    await day.wait(minutes=60)
    twice = dict(phone.standing)
    await phone.press("Skip")
    await day.home.settle()
    phone.standing = twice
    await phone.press("Skip")
    await day.home.settle()
    assert day.told.count("skipped") == 1
    assert not [
        record
        for record in caplog.records
        if record.levelno >= logging.WARNING and DOMAIN in record.name
    ]
