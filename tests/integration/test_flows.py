"""How an entry and its people come to be, and change."""

import json
from typing import Any
from unittest.mock import patch

import pytest
from contract_files import example
from custom_components.ql_release.const import (
    CONF_CONFIDENCE,
    CONF_PREFIX,
    CONF_SAFETY_READ_ON,
    CONF_WITHOUT_TOOL,
    DOMAIN,
)
from home import subentry
from homeassistant.config_entries import SOURCE_MQTT, SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_mqtt_message,
)
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

HELLO = json.dumps(example("tool-hello"))


@pytest.fixture(autouse=True)
def _not_set_up() -> Any:
    """Make entries, and nothing of them."""
    with (
        patch(f"custom_components.{DOMAIN}.async_setup_entry", return_value=True),
        patch(f"custom_components.{DOMAIN}.async_unload_entry", return_value=True),
        patch(f"custom_components.{DOMAIN}.probe.PATIENCE_S", 0.3),
    ):
        yield


async def _begin(hass: HomeAssistant) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    return result


async def _answer(
    hass: HomeAssistant, result: ConfigFlowResult, prefix: str, *, without_tool: bool
) -> ConfigFlowResult:
    answers = {CONF_PREFIX: prefix, CONF_WITHOUT_TOOL: without_tool}
    return await hass.config_entries.flow.async_configure(result["flow_id"], answers)


def _discovery(topic: str, payload: str | bytes) -> MqttServiceInfo:
    return MqttServiceInfo(
        topic=topic, payload=payload, qos=1, retain=True, subscribed_topic=topic, timestamp=0
    )


async def test_by_hand_a_tool_is_looked_for(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    """The safety page is shown, and the date on which it was."""
    result = await _begin(hass)
    hass.loop.call_later(0.1, async_fire_mqtt_message, hass, "house/b/tool/lounge/hello", HELLO)
    result = await _answer(hass, result, " house/b ", without_tool=False)
    assert result["step_id"] == "safety"
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "QL Release (house/b)"
    assert result["data"][CONF_PREFIX] == "house/b"
    assert set(result["data"]) == {CONF_PREFIX, CONF_SAFETY_READ_ON}
    assert result["result"].unique_id == "house/b"


@pytest.mark.parametrize("prefix", ["", "ql_release/#", "+", "a//b", "/a", "a/b/c/d", "Ä"])
async def test_what_is_no_prefix_is_refused(hass: HomeAssistant, prefix: str) -> None:
    """The form can be corrected."""
    result = await _answer(hass, await _begin(hass), prefix, without_tool=True)
    assert result["errors"] == {CONF_PREFIX: "invalid_prefix"}
    result = await _answer(hass, result, "ql_release", without_tool=True)
    assert result["step_id"] == "safety"


async def test_without_a_broker_nothing_can_be_looked_for(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    """It says that, rather than that there is no tool."""
    with patch("homeassistant.components.mqtt.is_connected", return_value=False):
        result = await _answer(hass, await _begin(hass), "ql_release", without_tool=False)
    assert result["errors"] == {"base": "mqtt_unavailable"}


async def test_without_mqtt_there_can_be_no_tool_yet(hass: HomeAssistant) -> None:
    """And then it works."""
    result = await _answer(hass, await _begin(hass), "ql_release", without_tool=False)
    assert result["errors"] == {"base": "mqtt_unavailable"}
    result = await _answer(hass, result, "ql_release", without_tool=True)
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "QL Release"


@pytest.mark.parametrize("payload", [None, "", "garbage", HELLO.replace('"v": 1', '"v": 2')])
async def test_no_hello_is_no_tool(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, payload: str | None
) -> None:
    """Nor is anything that cannot be read."""
    result = await _begin(hass)
    if payload is not None:
        hass.loop.call_later(0.1, async_fire_mqtt_message, hass, "other/tool/lounge/hello", payload)
    result = await _answer(hass, result, "other", without_tool=False)
    assert result["errors"] == {"base": "no_tool"}


async def test_one_entry_for_a_prefix(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """And the safety page is read once."""
    entry.add_to_hass(hass)
    result = await _answer(hass, await _begin(hass), "ql_release", without_tool=True)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    result = await _answer(hass, await _begin(hass), "guests", without_tool=True)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_discovered_by_its_hello(hass: HomeAssistant) -> None:
    """Confirmed, with the safety page after it."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_MQTT},
        data=_discovery("ql_release/tool/lounge/hello", HELLO),
    )
    assert result["step_id"] == "discovery_confirm"
    assert result["description_placeholders"] == {"name": "lounge"}
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["step_id"] == "safety"
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_PREFIX] == "ql_release"


async def test_mqtt_itself_discovers(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> None:
    """By the topic in the manifest; two tools under one prefix are one discovery."""
    for tool in ("lounge", "gym"):
        hello = json.dumps(example("tool-hello") | {"tool": tool})
        async_fire_mqtt_message(hass, f"ql_release/tool/{tool}/hello", hello)
        await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["unique_id"] == "ql_release"


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("ql_release/tool/lounge/hello", ""),
        ("ql_release/tool/lounge/hello", "garbage"),
        ("ql_release/tool/lounge/hello", b"\xff"),
        ("ql_release/tool/lounge/hello", bytearray(b"{}")),
        ("ql_release/tool/lounge/state", HELLO),
    ],
)
async def test_a_discovery_that_is_none(hass: HomeAssistant, topic: str, payload: Any) -> None:
    """Anyone can publish there."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_MQTT}, data=_discovery(topic, payload)
    )
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "invalid_discovery_info")


async def test_discovery_of_what_is_set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Each tool's hello comes again with each connection."""
    entry.add_to_hass(hass)
    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_MQTT},
        data=_discovery("ql_release/tool/lounge/hello", HELLO),
    )
    assert result["reason"] == "already_configured"


async def test_reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Another prefix, unless it is taken, or none."""
    entry.add_to_hass(hass)
    MockConfigEntry(domain=DOMAIN, unique_id="guests", data={CONF_PREFIX: "guests"}).add_to_hass(
        hass
    )

    async def change(prefix: str) -> ConfigFlowResult:
        result = await entry.start_reconfigure_flow(hass)
        assert result["step_id"] == "reconfigure"
        return await _answer(hass, result, prefix, without_tool=True)

    assert (await change("#"))["errors"] == {CONF_PREFIX: "invalid_prefix"}
    assert (await change("guests"))["reason"] == "already_configured"
    assert (await change("ql_release"))["reason"] == "reconfigure_successful"
    assert (await change("attic"))["reason"] == "reconfigure_successful"
    assert (entry.unique_id, entry.data[CONF_PREFIX], entry.title) == (
        "attic",
        "attic",
        "QL Release (attic)",
    )


async def test_options(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What people are told of."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["step_id"] == "init"
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {CONF_CONFIDENCE: 0.8}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {CONF_CONFIDENCE: 0.8}


PROFILE = {"sessions_per_week": 4, "hold_s": 20}
NEW = PROFILE | {"with_plan": False}


async def test_a_person_is_added(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """With an id that says nothing of them."""
    entry.add_to_hass(hass)
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "person"), context={"source": SOURCE_USER}
    )
    assert result["step_id"] == "user"
    answers = {"name": " Anna ", "threshold_n": 80, "body_mass_kg": 70.5, **NEW}
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (anna,) = entry.subentries.values()
    assert anna.title == "Anna"
    assert anna.unique_id == anna.data["person"]
    assert anna.data["person"].startswith("p-")
    assert (anna.data["threshold_n"], anna.data["sessions_per_week"]) == (80, 4)
    assert anna.data["threshold_at"] is not None


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"name": "  "}, {"name": "invalid_name"}),
        ({"name": "not_set"}, {"name": "invalid_name"}),
        ({"name": "Anna"}, {"name": "name_taken"}),
        ({"name": "Ben", "person": "Ben!"}, {"person": "invalid_id"}),
        ({"name": "Ben", "person": "p1"}, {"person": "id_taken"}),
    ],
)
async def test_names_and_ids_tell_people_apart(
    hass: HomeAssistant, entry: MockConfigEntry, answers: dict[str, Any], errors: dict[str, str]
) -> None:
    """The form can be corrected."""
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna"))
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "person"), context={"source": SOURCE_USER}
    )
    configure = hass.config_entries.subentries.async_configure
    result = await configure(result["flow_id"], NEW | answers)
    assert result["errors"] == errors
    result = await configure(result["flow_id"], {**NEW, "name": "Ben", "person": "p2"})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_id_is_one_persons_in_all_entries(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Devices and statistics are named by it; a name may be there twice."""
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna"))
    other = MockConfigEntry(domain=DOMAIN, unique_id="attic", data={CONF_PREFIX: "attic"})
    other.add_to_hass(hass)
    result = await hass.config_entries.subentries.async_init(
        (other.entry_id, "person"), context={"source": SOURCE_USER}
    )
    configure = hass.config_entries.subentries.async_configure
    result = await configure(result["flow_id"], NEW | {"name": "Anna", "person": "p1"})
    assert result["errors"] == {"person": "id_taken"}
    result = await configure(result["flow_id"], NEW | {"name": "Anna", "person": "p2"})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("threshold", "kept"), [(80.0, "2026-11-01T10:00:00+00:00"), (85.0, None), (None, None)]
)
async def test_a_person_is_changed(
    hass: HomeAssistant, entry: MockConfigEntry, threshold: float | None, kept: str | None
) -> None:
    """What was measured is kept while the threshold is the one that was."""
    entry.add_to_hass(hass)
    at = "2026-11-01T10:00:00+00:00"
    anna = subentry("p1", "Anna", threshold_n=80.0, threshold_at=at, calibrated_at=at, **PROFILE)
    hass.config_entries.async_add_subentry(entry, anna)
    result = await entry.start_subentry_reconfigure_flow(hass, anna.subentry_id)
    assert result["menu_options"] == ["profile", "plan"]
    configure = hass.config_entries.subentries.async_configure
    await configure(result["flow_id"], {"next_step_id": "profile"})
    result = await configure(result["flow_id"], {**PROFILE, "name": ""})
    assert result["errors"] == {"name": "invalid_name"}
    figures = {} if threshold is None else {"threshold_n": threshold}
    result = await configure(result["flow_id"], {**PROFILE, "name": "Anne", **figures})
    assert result["reason"] == "reconfigure_successful"
    (changed,) = entry.subentries.values()
    assert (changed.title, changed.data["person"]) == ("Anne", "p1")
    assert (changed.data["threshold_n"], changed.data["calibrated_at"]) == (threshold, kept)
