"""A lifting day: a training, a reminder on the phone, its answer, the session; then peace."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from chain import Chain
from house import TIME_ZONE, House
from phone import Phone
from resident import Resident
from test_home import BODY, add_tool

SPOT = "quadratus_lumborum_left_lower"
HOUR = timedelta(hours=1)


@pytest.fixture
async def phone(resident: Resident) -> AsyncGenerator[Phone]:
    """Return a phone of the resident."""
    phone = await Phone("Pocket").register(resident)
    yield phone
    await phone.switch_off()


def plan() -> dict[str, Any]:
    """Return a plan that never lets the night come in between, whenever the test runs."""
    now = datetime.now(ZoneInfo(TIME_ZONE))
    return {
        "days": [],
        "minutes": 2,
        "delay_min": 60,
        "before_lift": False,
        "per_week": 0,
        "quiet_from": f"{now + 6 * HOUR:%H:%M:00}",
        "quiet_to": f"{now + 7 * HOUR:%H:%M:00}",
        "nudges": False,
    }


def workout() -> dict[str, Any]:
    """Return a workout as Hevy's integration tells it, over for an hour and a minute."""
    end = datetime.now(UTC) - timedelta(minutes=61)
    return {
        "id": "w1",
        "title": "Pull",
        "start_time": (end - HOUR).isoformat(),
        "end_time": end.isoformat(),
        "exercises": [{"title": "Deadlift (Barbell)"}],
    }


async def test_a_lifting_day(chain: Chain, house: House, resident: Resident, phone: Phone) -> None:
    """From the workout service's event to the measured session that clears the reminder."""
    entry = await add_tool(chain, resident)
    told = {"targets": [phone.service], "persistent": False}
    anna = await resident.add_person(entry, "Anna", plan(), {}, told)
    spots = {"spots": [SPOT], "holds": 1, "hold_s": 30}
    await resident.change_person(entry, anna, "spots", spots)

    await resident.fire("hevy_workout_completed", workout())
    reminder = await phone.receives(lambda push: "actions" in push.get("data", {}))
    buttons = [one["title"] for one in reminder["data"]["actions"]]
    assert buttons == ["Start", "In 30 minutes", "Skip"]
    assert "Because you logged Deadlift (Barbell) at " in reminder["message"]
    assert (await resident.state(f"binary_sensor.{anna}_release_due"))["state"] == "on"
    assert (await resident.state(f"binary_sensor.{anna}_lifting_day"))["state"] == "on"

    await phone.press(reminder, "Start")
    tag = reminder["data"]["tag"]
    await phone.receives(
        lambda push: push["message"] == "clear_notification" and push["data"]["tag"] == tag
    )

    await chain.tool(BODY, "--end", "20")
    await chain.heard_event("ended")

    async def cleared() -> bool:
        coach = await resident.state(f"event.{anna}_coach")
        return bool(coach["attributes"]["event_type"] == "cleared")

    await resident.until(cleared)
    assert (await resident.state(f"binary_sensor.{anna}_release_due"))["state"] == "off"
    assert (await resident.state(f"todo.{anna}_today"))["state"] == "0"
    assert (await resident.state(f"sensor.{anna}_sessions_in_7_days"))["state"] == "1"
    said = await resident.assist("when did I last release my left side")
    assert said.startswith("On the left, the last possible release of Anna was today at ")
    issues = (await resident.ask("repairs/list_issues"))["issues"]
    assert not [one for one in issues if one["translation_key"].startswith("delivery")]
    assert not house.complaints
