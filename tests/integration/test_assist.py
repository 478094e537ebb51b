"""What Assist and language models are told."""

from datetime import timedelta
from typing import Any

import pytest
from coached import ANNA, EVENING, Coached
from custom_components.ql_release.contract.common import Placement, Side, Zone
from custom_components.ql_release.history.record import (
    ReleaseRecord,
    SessionRecord,
    SessionSource,
)
from custom_components.ql_release.intent import async_setup_intents
from custom_components.ql_release.llm import async_get_tools
from home import subentry
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, Tool, ToolInput
from homeassistant.setup import async_setup_component

LAST_RELEASE = "QlReleaseLastRelease"


def released(number: int, side: Side | None, **ago: float) -> SessionRecord:
    """Return a session of Anna's that ended so long ago, with a release at its end."""
    end = EVENING - timedelta(**ago)
    place = None
    if side is not None:
        place = Placement(muscle="quadratus_lumborum", side=side, zone=Zone.LOWER)
    release = ReleaseRecord(id=f"{number:032x}", at=end, placement=place, confidence=0.9)
    return SessionRecord(
        id=f"manual-{number}",
        source=SessionSource.MANUAL,
        person=ANNA,
        started_at=end - timedelta(minutes=10),
        ended_at=end,
        duration_s=600.0,
        hold_s=360.0,
        holds=4,
        releases=(release,),
    )


@pytest.fixture
async def anna(coached: Coached) -> Coached:
    """Return a home whose only person is Anna."""
    await coached.set_up()
    await coached.home.hass.config.async_set_time_zone("UTC")
    await async_setup_intents(coached.home.hass)
    return coached


async def ask(
    coached: Coached, user: str | None = None, language: str = "en", **slots: str
) -> tuple[str, dict[str, Any]]:
    """Ask; return what is said, and the data of it."""
    response = await intent.async_handle(
        coached.home.hass,
        "test",
        LAST_RELEASE,
        {name: {"value": value} for name, value in slots.items()},
        context=Context(user_id=user),
        language=language,
    )
    return response.speech["plain"]["speech"], response.speech_slots


async def put(coached: Coached, *sessions: SessionRecord) -> None:
    """Write sessions down."""
    for one in sessions:
        coached.home.coordinator.sessions.async_put(one)
    await coached.home.settle()


async def test_when_a_side_was_released(anna: Coached) -> None:
    """Today, yesterday, days ago, never; on either side if none is named."""
    said, data = await ask(anna, side="left")
    assert said == "On the left, no possible release of Anna is known yet."
    assert data == {"person": "Anna", "side": "left", "at": None}
    await put(
        anna,
        released(1, Side.LEFT, days=3),
        released(2, Side.RIGHT, days=1),
        released(3, None, hours=2),
    )
    said, data = await ask(anna, side="left")
    assert said == "On the left, the last possible release of Anna was 3 days ago at 18:00."
    assert data["at"] == "2026-11-17T18:00:00+00:00"
    said, _ = await ask(anna, side="right")
    assert said == "On the right, the last possible release of Anna was yesterday at 18:00."
    said, _ = await ask(anna)
    assert said == "The last possible release of Anna was today at 16:00."
    said, _ = await ask(anna, side="left", language="de")
    assert said == "Links war das letzte mögliche Loslassen von Anna vor 3 Tagen um 18:00 Uhr."


async def test_whose(anna: Coached, hass: HomeAssistant) -> None:
    """By name, by who asks, or nobody; each with what to do."""
    said, _ = await ask(anna, person="Cleo")
    assert said == "Nobody in QL Release is called Cleo."
    hass.config_entries.async_add_subentry(anna.home.entry, subentry("p2", "Ben"))
    await anna.home.settle()
    said, _ = await ask(anna)
    assert said == "Several people use the tool here. Say whose release you mean."
    said, _ = await ask(anna, person=" ben")
    assert said == "No possible release of Ben is known yet."
    hass.states.async_set("person.ben", "home", {"user_id": "u2", "friendly_name": "Ben"})
    said, _ = await ask(anna, user="u2")
    assert said == "No possible release of Ben is known yet."
    said, _ = await ask(anna, user="u3")
    assert said == "Several people use the tool here. Say whose release you mean."
    await hass.config_entries.async_unload(anna.home.entry.entry_id)
    said, _ = await ask(anna)
    assert said.startswith("Nobody is set up in QL Release yet.")


def context_of(assistant: str = "conversation") -> LLMContext:
    """Return who asks."""
    return LLMContext(
        platform="test", context=Context(), language="en", assistant=assistant, device_id=None
    )


def tools(hass: HomeAssistant) -> dict[str, Tool]:
    """Return the tools that there are, by name."""
    found = async_get_tools(hass, context_of(), LLM_API_ASSIST)
    return {} if found is None else {tool.name: tool for tool in found.tools}


async def test_language_models_are_told_of_what_is_exposed(
    anna: Coached, hass: HomeAssistant
) -> None:
    """Of sessions, and of the last release."""
    assert await async_setup_component(hass, "homeassistant", {})
    hass.states.async_set("light.gym", "on")
    for entity_id in hass.states.async_entity_ids():
        async_expose_entity(hass, "conversation", entity_id, False)
    assert tools(hass) == {}
    async_expose_entity(hass, "conversation", "sensor.anna_last_session", True)
    assert async_get_tools(hass, context_of(), "another_api") is None
    found = tools(hass)
    assert set(found) == {"ql_release__get_sessions", "ql_release__last_release"}
    await put(anna, released(1, Side.LEFT, days=3), released(2, Side.LEFT, days=30))
    tool = found["ql_release__get_sessions"]
    answer: Any = await tool.async_call(hass, ToolInput(tool.name, {}), context_of())
    assert answer.data == {
        "person": "Anna",
        "sessions": [
            {
                "ended_at": "2026-11-17T18:00+00:00",
                "kind": "release",
                "minutes_in_holds": 6.0,
                "holds": 4,
                "possible_releases_left": 1,
                "possible_releases_right": 0,
            }
        ],
    }
    more = ToolInput(tool.name, {"person": "Anna", "days": 60})
    answer = await tool.async_call(hass, more, context_of())
    assert len(answer.data["sessions"]) == 2
    answer = await tool.async_call(hass, ToolInput(tool.name, {"person": "Cleo"}), context_of())
    assert (answer.error, answer.data["error"]) == (True, "unknown_person")
    tool = found["ql_release__last_release"]
    answer = await tool.async_call(hass, ToolInput(tool.name, {"side": "left"}), context_of())
    assert "3 days ago" in answer.data["speech"]["plain"]["speech"]
