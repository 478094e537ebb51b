"""Repairs tell of bridges that are silent or speak another version, and go by themselves."""

from datetime import UTC, datetime, timedelta

from coached import PLAN
from contract_files import example
from custom_components.ql_release import async_remove_config_entry_device
from custom_components.ql_release.coaching.settings import DeliverySettings, stored
from custom_components.ql_release.const import (
    CONF_COACH,
    CONF_DELIVERY,
    CONF_PERSON,
    DOMAIN,
)
from home import Home, subentry
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import async_fire_time_changed

DAY = timedelta(days=1, seconds=1)


def issues(home: Home) -> dict[str, dict[str, str] | None]:
    """Return what is told now, with what it is filled with."""
    return {
        issue.translation_key or "": issue.translation_placeholders
        for issue in ir.async_get(home.hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    }


async def a_day_passes(home: Home) -> None:
    """Let a day pass."""
    async_fire_time_changed(home.hass, datetime.now(UTC) + DAY)
    await home.settle()


async def test_a_bridge_that_is_silent_for_a_day_is_told_of(home: Home) -> None:
    """Also if it was gone before Home Assistant came; no longer once it is back."""
    await home.set_up()
    await home.say("bridge/home/status", "offline")
    await home.say("bridge/home/status", "offline")
    assert issues(home) == {}
    await a_day_passes(home)
    assert issues(home) == {"bridge_silent": {"bridge": "home"}}
    await a_day_passes(home)
    assert issues(home) == {"bridge_silent": {"bridge": "home"}}
    await home.bridge_online()
    assert issues(home) == {}
    await a_day_passes(home)
    assert issues(home) == {}


async def test_nobody_is_silent_while_the_broker_is_not_heard(home: Home) -> None:
    """It is looked again a day later."""
    await home.set_up()
    await home.say("bridge/home/status", "offline")
    home.coordinator.care.bridges._connected = lambda: False
    await a_day_passes(home)
    assert issues(home) == {}
    home.coordinator.care.bridges._connected = lambda: True
    await a_day_passes(home)
    assert issues(home) == {"bridge_silent": {"bridge": "home"}}


async def test_a_bridge_that_is_removed_is_not_missed(home: Home) -> None:
    """And what was told of it is taken back."""
    await home.set_up()
    await home.bridge_online()
    await home.say("bridge/attic/status", "offline")
    await a_day_passes(home)
    assert issues(home) == {"bridge_silent": {"bridge": "attic"}}
    devices = dr.async_get(home.hass)
    (attic,) = [
        device
        for device in dr.async_entries_for_config_entry(devices, home.entry.entry_id)
        if (DOMAIN, "bridge_attic") in device.identifiers
    ]
    assert await async_remove_config_entry_device(home.hass, home.entry, attic)
    assert issues(home) == {}


async def test_another_version_is_told_until_all_is_understood(home: Home) -> None:
    """Of every topic."""
    await home.set_up()
    await home.tool_online()
    for topic, name in (
        ("tool/lounge/state", "tool-state"),
        ("bridge/home/health", "bridge-health"),
    ):
        await home.say(topic, example(name) | {"v": 2})
    assert issues(home) == {"other_version": {"topic": "ql_release/bridge/home/health"}}
    await home.state()
    await home.say("tool/lounge/state", "garbage")
    await home.state()
    assert set(issues(home)) == {"other_version"}
    await home.say("bridge/home/health", example("bridge-health"))
    assert issues(home) == {}


async def test_what_is_ignored_is_ignored_still_after_a_reload(home: Home) -> None:
    """Until its cause has gone; also that a target of the coach cannot be reached."""
    plan = {CONF_COACH: stored(PLAN), CONF_DELIVERY: stored(DeliverySettings(("gone",)))}
    home.hass.config_entries.async_add_subentry(home.entry, subentry("p1", "Anna", **plan))
    await home.set_up()
    await home.tool_online()
    await home.state(battery_pct=5)
    told = issues(home).keys()
    assert told == {"battery_low", "delivery_missing"}
    registry = ir.async_get(home.hass)
    for domain, issue_id in list(registry.issues):
        ir.async_ignore_issue(home.hass, domain, issue_id, ignore=True)
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.listening()
    await home.tool_online()
    await home.state(battery_pct=5)
    assert issues(home).keys() == told
    assert all(issue.dismissed_version for issue in registry.issues.values())
    await home.state(battery_pct=80)
    home.hass.config_entries.async_update_subentry(
        home.entry,
        home.entry.subentries[subentry("p1", "Anna").subentry_id],
        data={**plan, CONF_PERSON: "p1", CONF_DELIVERY: stored(DeliverySettings())},
    )
    await home.settle()
    assert issues(home) == {}


async def test_nothing_is_left_of_an_entry_that_is_removed(home: Home) -> None:
    """Nor of a person; also not what was ignored."""
    plan = {CONF_COACH: stored(PLAN), CONF_DELIVERY: stored(DeliverySettings(("gone",)))}
    anna = subentry("p1", "Anna", **plan)
    home.hass.config_entries.async_add_subentry(home.entry, anna)
    await home.set_up()
    await home.tool_online()
    await home.state(battery_pct=5)
    registry = ir.async_get(home.hass)
    for domain, issue_id in list(registry.issues):
        ir.async_ignore_issue(home.hass, domain, issue_id, ignore=True)
    home.hass.config_entries.async_remove_subentry(home.entry, anna.subentry_id)
    await home.settle()
    assert issues(home).keys() == {"battery_low", "person_removed"}
    assert await home.hass.config_entries.async_remove(home.entry.entry_id)
    assert issues(home) == {}


async def test_what_was_told_goes_with_the_entry(home: Home) -> None:
    """For nobody looks after it then."""
    await home.set_up()
    await home.tool_online()
    await home.say("bridge/home/status", "offline")
    await home.say("tool/lounge/state", example("tool-state") | {"v": 2})
    await a_day_passes(home)
    assert set(issues(home)) == {"bridge_silent", "other_version"}
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert issues(home) == {}
