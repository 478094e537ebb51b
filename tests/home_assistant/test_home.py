"""A session at home: from the tool's firmware to what Home Assistant shows."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from chain import Chain
from house import House
from resident import PATIENCE_S, Resident

from ql_release.simulate import Body, Hold, Release, Scenario, Sensor

BODY = Scenario(
    holds=(
        Hold(force_n=88.0, lasts=32.0, happenings=(Release(18.0, fall=0.18, lasts=2.0),)),
        Hold(force_n=80.0, lasts=14.0),
    ),
    body=Body(breath_depth=0.025, sway=0.004),
    sensor=Sensor(),
    seed=7,
)
"""Two holds, one with a release: a minute, for Home Assistant has no time but the real one."""
NOBODY = Scenario(holds=(), end_rest_s=2.0)
TYPES = ["started", "hold_started", "released", "hold_ended", "hold_started", "hold_ended", "ended"]


async def add_tool(chain: Chain, resident: Resident) -> str:
    """Let a tool be discovered, add what was discovered, and return the entry's id."""
    tool = await chain.tool(NOBODY, "--end", "1")
    assert await asyncio.wait_for(tool.wait(), PATIENCE_S) == 0

    async def discovered() -> str | None:
        flows = await resident.ask("config_entries/flow/progress")
        return next((one["flow_id"] for one in flows if one["handler"] == "ql_release"), None)

    made = await resident.answer(await resident.until(discovered), {}, {})
    assert made["type"] == "create_entry", made
    return str(made["result"]["entry_id"])


async def test_a_session_at_home(chain: Chain, house: House, resident: Resident) -> None:
    """Discovered, added, and a session is shown as the daemon published it."""
    await add_tool(chain, resident)
    await resident.ask("subscribe_events", event_type="state_changed")
    await chain.tool(BODY, "--end", "20")
    await chain.heard_event("ended")

    assert chain.event_types() == TYPES
    shown = await resident.until(lambda: whole(resident, chain))
    assert shown == [event["type"] for event in told(chain)]
    assert not house.complaints


async def whole(resident: Resident, chain: Chain) -> list[str]:
    """Return the event types that event entities have shown, once it is as many as were told."""
    shown = [
        one["data"]["new_state"]["attributes"]["event_type"]
        for one in await resident.heard("state_changed")
        if one["data"]["entity_id"].startswith("event.")
        and (one["data"]["new_state"] or {}).get("attributes", {}).get("event_type")
    ]
    return shown if len(shown) >= len(told(chain)) else []


def told(chain: Chain) -> list[dict[str, Any]]:
    """Return the events that people are told of."""
    return [event for event in chain.events() if event.get("confidence", 1) >= 0.5]


async def test_half_a_session_without_home_assistant(
    chain: Chain, house: House, resident: Resident
) -> None:
    """What it missed is in statistics and calendar once it is back."""
    entry = await add_tool(chain, resident)
    anna = await resident.add_person(entry, "Anna")
    await chain.tool(BODY, "--end", "20")
    await chain.heard_event("released")
    await house.stop()
    await chain.heard_event("ended")
    (ended,) = [event for event in chain.events() if event["type"] == "ended"]

    await house.start()
    await resident.come_back()
    names = [f"ql_release:{anna}_{what}" for what in ("holds", "minutes", "releases")]

    async def statistics() -> dict[str, Any] | None:
        found: dict[str, Any] = await resident.ask(
            "recorder/statistics_during_period",
            start_time="2026-01-01T00:00:00+00:00",
            statistic_ids=names,
            period="hour",
            types=["sum"],
        )
        return found if len(found) == len(names) else None

    found = await resident.until(statistics)
    sums = [found[name][-1]["sum"] for name in names]
    assert sums == [2, pytest.approx(ended["hold_s"] / 60, abs=0.001), 1]
    span = "2026-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
    (shown,) = await resident.calendar(f"calendar.{anna}_sessions", *span)
    began = datetime.fromisoformat(ended["started_at"])
    assert abs(datetime.fromisoformat(shown["start"]["dateTime"]) - began).total_seconds() < 1
    assert not house.complaints
