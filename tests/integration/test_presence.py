"""MQTT as it comes and goes, and what is said and logged of it."""

from unittest.mock import Mock, patch

import pytest
from contract_files import example
from custom_components.ql_release import async_remove_config_entry_device
from custom_components.ql_release.const import CONF_PREFIX, DOMAIN
from custom_components.ql_release.household import MOST_BRIDGES, MOST_TOOLS
from home import SERIAL, Home
from homeassistant.components import mqtt
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_mqtt_message,
)
from pytest_homeassistant_custom_component.typing import (
    MqttMockPahoClient,
)

PRESENCE = "integration/01katest0000000000000qlrel/status"
FORCE = "sensor.ql_release_lounge_force"


def _connection(home: Home, *, up: bool) -> None:
    async_dispatcher_send(home.hass, mqtt.MQTT_CONNECTION_STATE, up)


async def test_it_says_that_it_is_there_until_it_is_removed(home: Home) -> None:
    """A restart or reload is no reason for bridges to offer entities of their own."""
    await home.set_up()
    assert home.published(PRESENCE) == [("online", 1, True)]
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.listening()
    assert home.published(PRESENCE) == [("online", 1, True)] * 2
    assert await home.hass.config_entries.async_remove(home.entry.entry_id)
    assert home.published(PRESENCE)[-1] == ("", 1, True)


async def test_removed_without_mqtt_it_says_what_to_do(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """The topic can be emptied by hand."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert f"empty the retained topic ql_release/{PRESENCE} by hand" in caplog.text


async def test_a_new_prefix_takes_the_presence_along(home: Home) -> None:
    """The old one is left as if this had been removed."""
    await home.set_up()
    home.hass.config_entries.async_update_entry(home.entry, data={CONF_PREFIX: "attic"})
    await home.until(lambda: home.coordinator.topics.prefix == "attic")
    await home.until(lambda: home.coordinator.connected)
    assert home.published(PRESENCE)[-1] == ("", 1, True)
    assert f"attic/{PRESENCE}" in str(home.mqtt.async_publish.call_args_list)


async def test_an_old_prefix_is_emptied_once_there_is_a_broker(home: Home) -> None:
    """Else a daemon there would take it for ever that this is there."""
    await home.set_up()
    home.coordinator._link.connected = False
    home.hass.config_entries.async_update_entry(home.entry, data={CONF_PREFIX: "attic"})
    await home.until(lambda: home.coordinator.topics.prefix == "attic")
    await home.until(lambda: home.coordinator.connected)
    await home.settle()
    assert home.published(PRESENCE)[-1] == ("", 1, True)
    assert home.coordinator.store.to_empty == set()


async def test_other_options_begin_anew(home: Home) -> None:
    """Under the same prefix nothing is withdrawn."""
    await home.set_up()
    before = home.coordinator
    home.hass.config_entries.async_update_entry(home.entry, options={"confidence": 0.9})
    await home.until(lambda: home.coordinator is not before)
    assert ("", 1, True) not in home.published(PRESENCE)


@pytest.mark.usefixtures("mock_hass_config")
async def test_mqtt_that_appears_later_is_attached(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    mqtt_client_mock: MqttMockPahoClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Set up without it, as without a tool."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert not entry.runtime_data.connected
    broker = MockConfigEntry(
        domain=mqtt.DOMAIN,
        data={mqtt.CONF_BROKER: "mock-broker", mqtt.CONF_PROTOCOL: "5"},
        options={mqtt.CONF_BIRTH_MESSAGE: {}},
        version=2,
    )
    broker.add_to_hass(hass)
    assert await hass.config_entries.async_setup(broker.entry_id)
    home = Home(hass, entry, mqtt_client_mock)
    await home.until(lambda: home.coordinator.connected)
    await home.listening()
    topics = [call.args[0] for call in mqtt_client_mock.publish.call_args_list]
    assert f"ql_release/{PRESENCE}" in topics
    assert "Traceback" not in caplog.text


async def test_mqtt_reloaded_and_removed(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Attached anew, once; removed, everything is unavailable."""
    await home.set_up()
    await home.tool_online()
    await home.state()
    (entry,) = home.hass.config_entries.async_entries(mqtt.DOMAIN)
    assert await home.hass.config_entries.async_unload(entry.entry_id)
    await home.settle()
    assert home.value(FORCE) == STATE_UNAVAILABLE
    assert await home.hass.config_entries.async_setup(entry.entry_id)
    await home.settle()
    assert entry.state is ConfigEntryState.LOADED
    filters = len(home.coordinator.topics.filters)
    assert len(home.coordinator._link._release) == filters + 3
    change = ConfigEntryChange.UPDATED
    async_dispatcher_send(home.hass, SIGNAL_CONFIG_ENTRY_CHANGED, change, entry)
    await home.settle()
    assert len(home.coordinator._link._release) == filters + 3
    assert await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
    assert home.value(FORCE) == STATE_UNAVAILABLE
    assert not home.coordinator.connected
    assert "Traceback" not in caplog.text


async def test_the_broker_lost_and_back(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Logged once down, once up; live values of before are not shown as of now."""
    caplog.set_level("INFO")
    await home.set_up()
    await home.tool_online()
    await home.state()
    assert home.value(FORCE) == "73.1"
    for _ in range(2):
        _connection(home, up=False)
        await home.settle()
    assert home.value(FORCE) == STATE_UNAVAILABLE
    assert home.value("binary_sensor.ql_release_bridge_home_connectivity") == STATE_UNAVAILABLE
    assert caplog.text.count("Tool lounge is unavailable") == 1
    assert caplog.text.count("Bridge home is unavailable") == 1
    _connection(home, up=True)
    await home.say("tool/lounge/availability", example("tool-availability"))
    await home.say("bridge/home/status", "online")
    assert home.value(FORCE) == "unknown"
    assert caplog.text.count("Tool lounge is available again") == 1
    assert caplog.text.count("Bridge home is available again") == 1
    assert len(home.published(PRESENCE)) == 2


async def test_a_tool_is_there_only_with_its_bridge(home: Home) -> None:
    """Both have to be online, whatever comes first."""
    await home.set_up()
    await home.say("tool/lounge/availability", example("tool-availability"))
    await home.say("tool/lounge/hello", example("tool-hello"))
    await home.say("bridge/other/status", "online")
    assert home.value(FORCE) == STATE_UNAVAILABLE
    await home.say("bridge/home/status", "online")
    await home.say("bridge/home/status", "online")
    assert home.value(FORCE) == "unknown"
    offline = example("tool-availability") | {"state": "offline"}
    await home.say("tool/lounge/availability", offline)
    assert home.value(FORCE) == STATE_UNAVAILABLE
    await home.say("tool/lounge/availability", "")
    assert home.value(FORCE) == STATE_UNAVAILABLE


DISCOVERY = f"homeassistant/device/ql_release_{SERIAL}/config"


async def test_entities_wait_for_discovery_to_be_withdrawn(home: Home) -> None:
    """So that they get the ids that those had."""
    await home.set_up()
    async_fire_mqtt_message(home.hass, "homeassistant/device/other/config", "{}")
    async_fire_mqtt_message(home.hass, DISCOVERY, "{}", 1, retain=True)
    await home.tool_online()
    assert home.hass.states.get(FORCE) is None
    async_fire_mqtt_message(home.hass, "homeassistant/device/other/config", "")
    await home.settle()
    assert home.hass.states.get(FORCE) is None
    async_fire_mqtt_message(home.hass, DISCOVERY, "")
    await home.until(lambda: home.hass.states.get(FORCE))


async def test_entities_wait_for_so_long_only(home: Home) -> None:
    """A bridge may be set to offer them always."""
    await home.set_up()
    async_fire_mqtt_message(home.hass, DISCOVERY, "{}")
    with patch(f"custom_components.{DOMAIN}.handover.PATIENCE_S", 0.05):
        await home.tool_online()
        await home.until(lambda: home.hass.states.get(FORCE))


async def test_a_tool_gone_while_it_waits_is_none(home: Home) -> None:
    """Nothing is added for it."""
    await home.set_up()
    async_fire_mqtt_message(home.hass, DISCOVERY, "{}")
    with patch(f"custom_components.{DOMAIN}.arrivals.GONE_S", 0.01):
        await home.tool_online()
        await home.say("tool/lounge/hello", "")
        await home.until(lambda: not home.coordinator._arrivals._leaving)
    async_fire_mqtt_message(home.hass, DISCOVERY, "")
    await home.settle()
    assert home.hass.states.get(FORCE) is None


async def test_the_discovery_prefix_is_home_assistants_own(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """As its MQTT integration has it."""
    MockConfigEntry(domain=mqtt.DOMAIN, options={"discovery_prefix": "ha"}).add_to_hass(hass)
    entry.add_to_hass(hass)
    with patch(f"custom_components.{DOMAIN}.link.MqttLink.async_start"):
        assert await hass.config_entries.async_setup(entry.entry_id)
    topic, _ = entry.runtime_data._link._subscriptions()[0]
    assert topic == "ha/device/+/config"


def _device(home: Home, key: str) -> dr.DeviceEntry | None:
    registry = dr.async_get(home.hass)
    return registry.async_get_device_by_identifier((DOMAIN, key), home.entry.entry_id)


async def test_devices(home: Home) -> None:
    """A tool stands behind its bridge."""
    await home.set_up()
    await home.tool_online()
    await home.say("bridge/home/health", example("bridge-health"))
    tool, bridge = _device(home, SERIAL), _device(home, "bridge_home")
    assert tool is not None
    assert bridge is not None
    assert tool.via_device_id == bridge.id
    assert (tool.name, tool.serial_number, tool.sw_version) == (
        "QL Release lounge",
        SERIAL,
        "0.1.0",
    )
    assert bridge.sw_version == "0.1.0"
    await home.say("tool/lounge/hello", example("tool-hello") | {"firmware": "0.2.0"})
    tool = _device(home, SERIAL)
    assert tool is not None
    assert tool.sw_version == "0.2.0"


async def test_a_tool_that_is_gone_for_good_is_removed(home: Home) -> None:
    """After a moment, in which it may come back under another name; and it can come back."""
    await home.set_up()
    await home.tool_online()
    with patch(f"custom_components.{DOMAIN}.arrivals.GONE_S", 0.05):
        await home.say("tool/lounge/hello", "")
        assert home.value(FORCE) == STATE_UNAVAILABLE
        await home.until(lambda: _device(home, SERIAL) is None)
    await home.until(lambda: home.hass.states.get(FORCE) is None)
    await home.say("tool/lounge/hello", example("tool-hello"))
    assert home.value(FORCE) == "unknown"


async def test_a_renamed_tool_is_the_same_device(home: Home) -> None:
    """Known by its serial number; the old hello may have stayed at the broker."""
    await home.set_up()
    await home.tool_online()
    device = _device(home, SERIAL)
    await home.say("tool/lounge/hello", "")
    await home.say("tool/den/hello", example("tool-hello") | {"tool": "den"})
    await home.say("tool/den/availability", example("tool-availability"))
    await home.say("tool/den/state", example("tool-state"))
    assert home.value(FORCE) == "73.1"
    renamed = _device(home, SERIAL)
    assert device is not None
    assert renamed is not None
    assert (renamed.id, renamed.name) == (device.id, "QL Release den")
    assert not home.coordinator._arrivals._leaving
    # The stale hello of before comes with the next connection.
    await home.say("tool/lounge/availability", "")
    await home.say("tool/lounge/hello", example("tool-hello"))
    await home.say("tool/den/availability", example("tool-availability"))
    assert home.value(FORCE) == "73.1"
    await home.say("tool/lounge/hello", "")
    assert home.value(FORCE) == "73.1"
    await home.say("tool/lounge/hello", example("tool-hello"))
    await home.say("tool/den/availability", example("tool-availability"))
    await home.say("tool/den/hello", "")
    assert home.coordinator.data.by_serial(SERIAL) is home.coordinator.data.tool("lounge")


async def test_a_stale_hello_does_not_take_a_tool_from_its_name(home: Home) -> None:
    """Whichever of the two the broker sends last."""
    await home.set_up()
    await home.bridge_online()
    await home.say("tool/den/availability", example("tool-availability"))
    await home.say("tool/lounge/hello", example("tool-hello"))
    await home.say("tool/den/hello", example("tool-hello") | {"tool": "den"})
    await home.say("tool/attic/hello", example("tool-hello") | {"tool": "attic"})
    await home.say("tool/attic/state", example("tool-state") | {"force_n": 1.0})
    await home.say("tool/den/state", example("tool-state"))
    assert home.value(FORCE) == "73.1"
    device = _device(home, SERIAL)
    assert device is not None
    assert device.name == "QL Release den"


async def test_another_tool_under_the_same_name(home: Home) -> None:
    """The old one is gone, the new one is a device of its own."""
    await home.set_up()
    await home.tool_online()
    other = "0" * 16
    with patch(f"custom_components.{DOMAIN}.arrivals.GONE_S", 0.01):
        await home.say("tool/lounge/hello", example("tool-hello") | {"serial": other})
        await home.until(lambda: _device(home, SERIAL) is None)
    assert _device(home, other) is not None


async def test_only_what_is_away_can_be_removed(home: Home, person: MockConfigEntry) -> None:
    """What is there would come back at once."""
    await home.set_up()
    await home.tool_online()

    async def removable(key: str) -> bool:
        device = _device(home, key)
        assert device is not None
        return await async_remove_config_entry_device(home.hass, person, device)

    assert not await removable(SERIAL)
    assert not await removable("bridge_home")
    assert not await removable("person_p1")
    await home.say("bridge/home/status", "offline")
    assert await removable("bridge_home")
    await home.say("tool/lounge/hello", "")
    assert await removable(SERIAL)


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("tool/lounge/state", "garbage", "is not JSON"),
        ("tool/lounge/state", b"\xff\xfe", "is not JSON"),
        ("tool/lounge/state", b"x" * 10_000_000, "has 10000000 bytes"),
        ("tool/lounge/state", example("tool-state") | {"force_n": "much"}, "force_n must be"),
        ("tool/lounge/state", example("tool-state") | {"v": 2}, "contract version 2"),
        (
            "tool/lounge/state",
            example("tool-state") | {"at": "2026-11-20T18:36:00.000Z"},
            "set the clocks",
        ),
        ("tool/den/hello", example("tool-hello"), "is of lounge, so not for this topic"),
        ("bridge/b2/health", example("bridge-health"), "is of home, so not for this topic"),
        ("tool/den/session/last", example("tool-session-last"), "is of lounge"),
        ("bridge/home/status", "perhaps", "neither online nor offline"),
        ("tool/lounge/event/session", example("event-pressure-slip"), "not for this topic"),
        ("tool/lounge/reply", {"v": 1}, "id is missing"),
    ],
)
async def test_what_cannot_be_used_is_told_once(
    home: Home, caplog: pytest.LogCaptureFixture, topic: str, payload: object, reason: str
) -> None:
    """No traceback, no state that lies."""
    await home.set_up()
    await home.tool_online()
    for _ in range(3):
        await home.say(topic, payload)
    assert caplog.text.count(f"A message on ql_release/{topic} was left out: it") == 1
    assert reason in caplog.text
    assert "Traceback" not in caplog.text
    assert home.value(FORCE) == "unknown"


async def test_a_topic_can_complain_again(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Once it was in order between."""
    await home.set_up()
    await home.tool_online()
    for _ in range(2):
        await home.say("tool/lounge/state", "garbage")
        await home.state()
    assert caplog.text.count("was left out") == 2
    for number in range(150):
        await home.say(f"tool/t{number}/state", "garbage")
    assert caplog.text.count("was left out") == 102


@pytest.mark.parametrize(
    "topic", ["tool/lounge/state", "bridge/home/health", "tool/lounge/session/last"]
)
async def test_an_emptied_topic_is_no_fault(
    home: Home, caplog: pytest.LogCaptureFixture, topic: str
) -> None:
    """Retained topics are emptied when a tool is forgotten."""
    await home.set_up()
    await home.tool_online()
    await home.say(topic, "")
    await home.say("tool/Not An Id/state", "x")
    assert "left out" not in caplog.text


async def test_strangers_fill_no_registry(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Made-up tools and bridges end where no home has more; those that are known go on."""
    await home.set_up()
    await home.tool_online()
    for number in range(MOST_BRIDGES + 5):
        await home.event("session-started", bridge=f"e{number}", id=f"{number:032x}")
    hello = example("tool-hello")
    for number in range(MOST_TOOLS + 5):
        stranger = {"tool": f"s{number}", "serial": f"{number:016x}", "bridge": f"s{number}"}
        await home.say(f"tool/s{number}/hello", hello | stranger)
        await home.say(f"bridge/s{number}/status", "offline")
    assert len(home.coordinator.data.tools) <= MOST_TOOLS
    assert len(home.coordinator.data.bridges) == MOST_BRIDGES
    assert "let only your own bridges publish under this prefix" in caplog.text
    assert "is of a bridge that has not said that it is there" in caplog.text
    await home.state(force_n=42.0)
    assert home.value("sensor.ql_release_lounge_force") == "42.0"


async def test_a_state_that_was_retained_for_long_is_not_shown(home: Home, clock: Mock) -> None:
    """A tool that comes back has not been lying there with somebody on it since last week."""
    await home.set_up()
    await home.bridge_online()
    await home.say("tool/lounge/hello", example("tool-hello"), retain=True)
    old = {"at": "2026-11-13T10:00:00.000Z"}
    await home.say("tool/lounge/state", example("tool-state") | old, retain=True)
    await home.say("tool/lounge/availability", example("tool-availability"))
    assert home.value(FORCE) == STATE_UNKNOWN
    await home.state(force_n=42.0)
    assert home.value(FORCE) == "42.0"


async def test_what_strangers_write_makes_no_line_of_its_own(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """The like is told once, however it is worded."""
    await home.set_up()
    for number in range(20):
        await home.say("tool/lounge/state", example("tool-state") | {"v": f"{'x' * 300}{number}"})
        await home.say("tool/lounge/state", "x" * number + "y")
    lines = [one for one in caplog.messages if "was left out" in one]
    assert len(lines) == 2
    assert all(len(line) < 200 for line in lines)


async def test_bridges_of_one_name_under_two_prefixes_are_two(
    home: Home, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """As of two machines that were never given a name."""
    await home.set_up()
    await home.bridge_online()
    attic = MockConfigEntry(domain=DOMAIN, unique_id="attic", data={CONF_PREFIX: "attic"})
    attic.add_to_hass(hass)
    assert await hass.config_entries.async_setup(attic.entry_id)
    await home.until(lambda: attic.runtime_data._listening)
    async_fire_mqtt_message(hass, "attic/bridge/home/status", "online", 1, False)
    await home.settle()
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), attic.entry_id)
    assert [one.identifiers for one in devices] == [{(DOMAIN, "bridge_attic/home")}]
    assert "does not generate unique IDs" not in caplog.text
