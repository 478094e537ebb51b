"""Triggers and conditions in automations, as people write them."""

import re
from typing import Any

import pytest
from coached import Coached
from custom_components.ql_release.condition import CONDITIONS
from custom_components.ql_release.trigger import TRIGGERS
from home import Home
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
from program_paths import ROOT
from pytest_homeassistant_custom_component.common import async_mock_service

EVENTS = {
    "session_started": "session-started",
    "session_ended": "session-ended",
    "released": "release-released",
    "slipped": "pressure-slip",
    "bone_contact": "pressure-bone_contact",
    "over_pressure": "pressure-over_pressure",
}


async def automate(hass: HomeAssistant, **automation: Any) -> list[ServiceCall]:
    """Set up an automation; return the calls that it will make."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "done")
    config = automation | {"alias": "it", "actions": {"action": "test.done"}}
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: config})
    await hass.async_block_till_done(wait_background_tasks=False)
    assert hass.states.get("automation.it") is not None
    return calls


async def family(hass: HomeAssistant, name: str) -> dict[str, list[str]]:
    """Return as a target all event entities that there are, and one of somebody else."""
    other = er.async_get(hass).async_get_or_create("event", "other", "x", suggested_object_id=name)
    return {"entity_id": [*hass.states.async_entity_ids("event"), other.entity_id]}


@pytest.mark.parametrize("name", list(EVENTS))
async def test_a_trigger_of_a_tool(hass: HomeAssistant, home: Home, name: str) -> None:
    """Once for its own event, live; not for others, nor for the past."""
    await home.set_up()
    await home.tool_online()
    await home.until(lambda: hass.states.async_entity_ids("event"))
    trigger = {"trigger": f"ql_release.{name}", "target": await family(hass, name)}
    calls = await automate(hass, triggers=trigger)
    for number, (other, example) in enumerate(EVENTS.items(), 1):
        mark = {"id": f"{number:032x}", "seq": 300 + number, "confidence": 0.9}
        await home.event(example, live=False, **mark)
        await home.event(example, **(mark | {"id": f"{number + 100:032x}", "seq": 400 + number}))
        assert len(calls) == (list(EVENTS).index(name) < number), other


async def test_triggers_of_the_coach(hass: HomeAssistant, coached: Coached) -> None:
    """A training ends, and a session is due."""
    await coached.set_up()
    target = {"entity_id": "event.anna_coach"}
    names = ("training_ended", "release_due")
    triggers = [{"trigger": f"ql_release.{name}", "id": name, "target": target} for name in names]
    calls = async_mock_service(hass, "test", "done")
    config = {
        "alias": "it",
        "triggers": triggers,
        "actions": {"action": "test.done", "data": {"which": "{{ trigger.id }}"}},
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: config})
    await coached.home.settle()
    await coached.trained()
    await coached.wait(minutes=60)
    assert [call.data["which"] for call in calls] == list(names)


@pytest.mark.parametrize("name", list(CONDITIONS))
async def test_a_condition(hass: HomeAssistant, coached: Coached, name: str) -> None:
    """True where the entity shows it, and only then; those of others do not matter."""
    await coached.set_up()
    today, before = "2026-11-20T09:00:00Z", "2026-11-18T09:00:00Z"
    shown = {
        "coverage_complete": ("sensor", "coverage", "100", "83"),
        "in_session": ("binary_sensor", "in_session", "on", "off"),
        "is_lifting_day": ("binary_sensor", "lifting_day", "on", "off"),
        "release_is_due": ("binary_sensor", "release_due", "on", "off"),
        "released_today": ("sensor", "last_release", today, before),
    }
    domain, key, yes, no = shown[name]
    registry = er.async_get(hass)
    ours = registry.async_get_or_create(
        domain, "ql_release", f"test_{key}", translation_key=key, suggested_object_id="ours"
    ).entity_id
    theirs = registry.async_get_or_create(
        domain, "other", "x", translation_key=key, suggested_object_id="theirs"
    ).entity_id
    condition = {
        "condition": f"ql_release.{name}",
        "target": {"entity_id": [ours, theirs]},
        "options": {"behavior": "any"},
    }
    calls = await automate(
        hass, triggers={"trigger": "event", "event_type": "now"}, conditions=condition
    )
    hass.states.async_set(theirs, yes)
    for value, times in ((no, 0), ("unknown", 0), (yes, 1)):
        hass.states.async_set(ours, value)
        hass.bus.async_fire("now")
        await coached.home.settle()
        assert len(calls) == times, value


async def test_release_due_is_shown(coached: Coached) -> None:
    """From the end of the wait to the session."""
    await coached.set_up()
    due = "binary_sensor.anna_release_due"
    await coached.trained()
    assert coached.home.value(due) == "off"
    await coached.wait(minutes=61)
    assert coached.home.value(due) == "on"


async def test_the_pages_examples_are_automations(hass: HomeAssistant) -> None:
    """As they stand there."""
    page = (ROOT / "docs/home-assistant/automations.md").read_text(encoding="utf-8")
    assert await async_setup_component(hass, "ql_release", {})
    examples = [parse_yaml(text) for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: examples})
    await hass.async_block_till_done(wait_background_tasks=False)
    assert len(hass.states.async_entity_ids(AUTOMATION)) == len(examples) == 2
    await hass.services.async_call(AUTOMATION, "turn_off", {"entity_id": "all"}, blocking=True)
    for name in (*TRIGGERS, *CONDITIONS):
        assert f"`ql_release.{name}`" in page
